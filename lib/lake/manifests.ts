import { manifestKey, SESSIONS_PREFIX } from './keys.ts';
import type { SessionManifest } from './manifest.ts';
import { manifestCacheOf } from './manifest-cache.ts';
import type { ObjectStore } from './object-store.ts';
import { isSessionId } from './session-id.ts';

/** Requests under way at once; the S3 client has 50 connections. */
const READS_AT_ONCE = 48;
const SUFFIX = '.json';

/** A manifest as a listing shows it, unread. */
export interface ManifestHead {
  session: string;
  etag: string;
  /** When it was written, milliseconds since 1970, in whole seconds as S3 tells it. */
  written: number;
}

/** Manifest of a session, or undefined when there is none (or the name cannot be a session's). */
export async function readManifest(
  store: ObjectStore,
  lakeBucket: string,
  session: string,
): Promise<SessionManifest | undefined> {
  if (!isSessionId(session)) return undefined;
  const text = await store.readText(lakeBucket, manifestKey(session));
  return text === undefined ? undefined : (JSON.parse(text) as SessionManifest);
}

/** The manifests of the sessions whose id begins with a text, unread, in no order. */
export async function listManifestHeads(
  store: ObjectStore,
  lakeBucket: string,
  prefix = '',
): Promise<ManifestHead[]> {
  // Whatever no id can begin with is not asked of S3, which refuses some of it.
  if (prefix !== '' && !isSessionId(prefix)) return [];
  const heads = await store.list(lakeBucket, `${SESSIONS_PREFIX}${prefix}`);
  return heads
    .filter(({ key }) => key.endsWith(SUFFIX))
    .map(({ key, etag, lastModified }) => ({
      session: key.slice(SESSIONS_PREFIX.length, -SUFFIX.length),
      etag,
      written: Math.floor(lastModified.getTime() / 1000) * 1000,
    }));
}

/**
 * Reads manifests, in the order of their heads; those that are gone by now are left out. One that
 * this process has read before is not read again; nobody may change what comes back.
 */
export async function readManifests(
  store: ObjectStore,
  lakeBucket: string,
  heads: readonly ManifestHead[],
): Promise<SessionManifest[]> {
  const cache = manifestCacheOf(store, lakeBucket);
  const manifests: (SessionManifest | undefined)[] = [];
  let next = 0;
  async function readOn(): Promise<void> {
    while (next < heads.length) {
      const at = next++;
      const { session, etag } = heads[at];
      const key = manifestKey(session);
      manifests[at] = cache.get(key, etag);
      if (manifests[at] !== undefined) continue;
      const text = await store.readText(lakeBucket, key);
      if (text === undefined) continue;
      const manifest = JSON.parse(text) as SessionManifest;
      manifests[at] = manifest;
      cache.set(key, etag, manifest, text.length);
    }
  }
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readOn));
  return manifests.filter((manifest) => manifest !== undefined);
}

/** Manifests of all sessions, in order of session id. */
export async function listManifests(
  store: ObjectStore,
  lakeBucket: string,
): Promise<SessionManifest[]> {
  const heads = await listManifestHeads(store, lakeBucket);
  heads.sort((a, b) => (a.session < b.session ? -1 : 1));
  return readManifests(store, lakeBucket, heads);
}

/** Stores a manifest as one line of JSON, as the Glue table `sessions` reads it. */
export async function writeManifest(
  store: ObjectStore,
  lakeBucket: string,
  manifest: SessionManifest,
): Promise<void> {
  const text = `${JSON.stringify(manifest)}\n`;
  await store.writeText(lakeBucket, manifestKey(manifest.session), text, 'application/json');
}
