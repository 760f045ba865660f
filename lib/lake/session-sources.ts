import { createHash } from 'node:crypto';
import { LogRefusedError } from './errors.ts';
import { type LogMetadata, parseLogMetadata } from './log-metadata.ts';
import type { SessionSource } from './manifest.ts';
import type { ObjectHead, ObjectStore } from './object-store.ts';
import { sessionIdOf, splitMemberOf } from './session-id.ts';

/** The objects a session is made from: one log, or all members of an `-ff` group. */
export interface SessionSources {
  bucket: string;
  /** In order of key, at least one. */
  heads: ObjectHead[];
  /** The session of the key alone, whatever the metadata says. */
  derivedSession: string;
  /** Whether the objects are members of an `-ff` group. */
  isSplit: boolean;
  /** Metadata of the first object. */
  metadata: LogMetadata;
  /** Why the metadata cannot be used; `metadata` is empty then. */
  refusal?: LogRefusedError;
  /** Names this state of the objects, 8 hexadecimal digits. */
  generation: string;
}

// Part of every generation, so that sessions are made anew when the way they are made changes.
const LAKE_VERSION = 2;
const EMPTY: LogMetadata = { redact: [], labels: {} };

/** Looks up the objects that share the session of an uploaded key; undefined when they are gone. */
export async function findSources(
  store: ObjectStore,
  bucket: string,
  key: string,
): Promise<SessionSources | undefined> {
  const group = splitMemberOf(key)?.group;
  const heads =
    group === undefined ? await headOne(store, bucket, key) : await listGroup(store, bucket, group);
  if (heads.length === 0) return undefined;
  const metadata = readMetadata(heads[0].metadata);
  return {
    bucket,
    heads,
    derivedSession: sessionIdOf(key),
    isSplit: group !== undefined,
    ...metadata,
    generation: generationOf(heads),
  };
}

/** The session the objects belong to. */
export function sessionOf(sources: SessionSources): string {
  return sources.metadata.session ?? sources.derivedSession;
}

/** The objects as a manifest lists them. */
export function describeSources(sources: SessionSources): SessionSource[] {
  return sources.heads.map((head) => ({
    bucket: sources.bucket,
    key: head.key,
    etag: head.etag,
    version_id: head.versionId ?? null,
    size_bytes: head.size,
    last_modified: toSeconds(head.lastModified),
  }));
}

async function headOne(store: ObjectStore, bucket: string, key: string): Promise<ObjectHead[]> {
  const head = await store.head(bucket, key);
  return head ? [head] : [];
}

/** Members in order of key; only the first with its metadata. */
async function listGroup(store: ObjectStore, bucket: string, group: string): Promise<ObjectHead[]> {
  const members = (await store.list(bucket, `${group}.`))
    .filter((head) => splitMemberOf(head.key)?.group === group)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (members.length === 0) return [];
  const first = await store.head(bucket, members[0].key);
  return first ? [first, ...members.slice(1)] : members.slice(1);
}

function readMetadata(
  metadata: Record<string, string>,
): Pick<SessionSources, 'metadata' | 'refusal'> {
  try {
    return { metadata: parseLogMetadata(metadata) };
  } catch (error) {
    if (error instanceof LogRefusedError) return { metadata: EMPTY, refusal: error };
    throw error;
  }
}

/** Changes with anything that changes the rows: the objects, their time and their metadata. */
function generationOf(heads: ObjectHead[]): string {
  const state = [
    LAKE_VERSION,
    Object.entries(heads[0].metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
    heads.map((head) => [head.key, head.etag, head.size, toSeconds(head.lastModified)]),
  ];
  return createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 8);
}

// Listing and heading an object give its time in different precision.
function toSeconds(time: Date): string {
  return new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString();
}
