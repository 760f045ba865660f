import type { convertLog } from './convert-log.ts';
import { LogRefusedError, SourcesChangedError } from './errors.ts';
import { emptyLog } from './foreign-log.ts';
import type { SessionManifest } from './manifest.ts';
import { readManifest, writeManifest } from './manifests.ts';
import type { ObjectStore } from './object-store.ts';
import { dropSession, isIntact, removeOtherFiles, writeSessionFiles } from './session-files.ts';
import { sessionIdOf } from './session-id.ts';
import { findRival, nameTaken } from './session-rival.ts';
import { describeSources, findSources, type SessionSources, sessionOf } from './session-sources.ts';
import { removeOtherStats, writeSessionStats } from './session-stats.ts';

/** What an ingest needs from outside. */
export interface IngestPorts {
  store: ObjectStore;
  lakeBucket: string;
  convert: typeof convertLog;
  /** Rules of redaction for every log, by name, beside those that its metadata asks for. */
  redact?: readonly string[];
  now(): Date;
}

/** How the ingest of an object ended. */
export type IngestOutcome =
  | { status: 'ready' | 'unchanged' | 'failed'; manifest: SessionManifest }
  /** The object is not there any more. */
  | { status: 'gone' };

/** Title of the failure of a session given up after errors that a retry might have mended. */
const GAVE_UP = 'ingest given up';

const ROUNDS = 5;

/**
 * Makes the session of an uploaded object: Parquet files first, manifest last. A log that can never
 * be ingested ends as a `failed` manifest; errors that a retry may mend are thrown, and what was
 * done until then is invisible to readers and swept by the retry.
 */
export async function ingestSession(
  ports: IngestPorts,
  bucket: string,
  key: string,
): Promise<IngestOutcome> {
  for (let round = 0; round < ROUNDS; round++) {
    const sources = await findSources(ports.store, bucket, key);
    if (!sources) return forgetSession(ports, sessionIdOf(key));
    const outcome = await ingestSources(ports, sources);
    if (outcome) return outcome;
  }
  throw new SourcesChangedError(key);
}

/** Writes a `failed` manifest for an object whose ingest is not tried again. */
export async function giveUpSession(
  ports: IngestPorts,
  bucket: string,
  key: string,
  reason: string,
): Promise<void> {
  const sources = await findSources(ports.store, bucket, key);
  if (!sources) return;
  const detail = `${reason}. The log itself is kept: upload it again to have it tried once more.`;
  const refusal = new LogRefusedError(GAVE_UP, detail);
  await failSession(ports, sources, sessionOf(sources), refusal);
}

/** Whether the state an object is in now has been ingested, for good or ill; true when it is gone. */
export async function isSettled(
  { store, lakeBucket }: Pick<IngestPorts, 'store' | 'lakeBucket'>,
  bucket: string,
  key: string,
): Promise<boolean> {
  const sources = await findSources(store, bucket, key);
  if (!sources) return true;
  for (const session of new Set([sessionOf(sources), sources.derivedSession])) {
    const known = await readManifest(store, lakeBucket, session);
    const isDone = known?.status === 'ready' || known?.status === 'failed';
    const isCurrent = known?.generation === sources.generation;
    if (isDone && isCurrent && known.failure?.title !== GAVE_UP) return true;
  }
  return false;
}

/** One round; undefined when the objects changed under it. */
async function ingestSources(
  ports: IngestPorts,
  sources: SessionSources,
): Promise<IngestOutcome | undefined> {
  const { store, lakeBucket } = ports;
  const { derivedSession } = sources;
  if (sources.refusal) return failSession(ports, sources, derivedSession, sources.refusal);
  const session = sessionOf(sources);
  const known = await readManifest(store, lakeBucket, session);
  if (known?.status === 'ready' && known.generation === sources.generation) {
    await removeOtherFiles(store, lakeBucket, session, known.files);
    await removeOtherStats(ports, session, known.stats?.key);
    return { status: 'unchanged', manifest: known };
  }
  const rival = await findRival(store, sources, known);
  if (rival?.prevails) {
    return failSession(ports, sources, derivedSession, nameTaken(session, rival.sources));
  }
  let outcome: IngestOutcome | undefined;
  try {
    outcome = await makeSession(ports, sources);
  } catch (error) {
    if (!(error instanceof LogRefusedError)) throw error;
    outcome = await failSession(ports, sources, session, error);
  }
  if (outcome && rival) {
    const refusal = nameTaken(session, sources);
    await failSession(ports, rival.sources, rival.sources.derivedSession, refusal);
  }
  if (outcome && session !== derivedSession) await dropUnnamed(ports, sources);
  return outcome;
}

async function makeSession(
  ports: IngestPorts,
  sources: SessionSources,
): Promise<IngestOutcome | undefined> {
  const { store, lakeBucket } = ports;
  const { generation, bucket, heads, metadata } = sources;
  if (heads.every((head) => head.size === 0)) throw emptyLog();
  const session = sessionOf(sources);
  const begun = newManifest(ports, sources, session);
  await writeManifest(store, lakeBucket, begun);
  await removeOtherFiles(store, lakeBucket, session, [], generation);
  const written = await writeSessionFiles(ports, sources);
  const { files, summary, archive, redacted, isSplit } = written;

  const now = await findSources(store, bucket, heads[0].key);
  if (now?.generation !== generation) {
    await store.remove(
      lakeBucket,
      files.map((file) => file.key),
    );
    return undefined;
  }
  // Another worker may have swept these files or begun a newer generation meanwhile.
  if (!(await isIntact(store, lakeBucket, session, files))) return undefined;
  if (!(await isCurrent(ports, session, generation))) return undefined;
  await removeOtherFiles(store, lakeBucket, session, files);
  const stats = await writeSessionStats(ports, sources, written);
  if (!(await isCurrent(ports, session, generation))) {
    await store.remove(lakeBucket, [stats.key]);
    return undefined;
  }

  const manifest: SessionManifest = {
    ...begun,
    ...summary,
    options: { ...summary.options, pids: isSplit ? 'file' : summary.options.pids },
    archive,
    redacted,
    status: 'ready',
    finished_at: ports.now().toISOString(),
    date_from: dateOrigin(summary.options.clock, metadata.date),
    files,
    stats,
  };
  await writeManifest(store, lakeBucket, manifest);
  return { status: 'ready', manifest };
}

/** Whether no other generation of the session was begun. */
async function isCurrent(
  { store, lakeBucket }: IngestPorts,
  session: string,
  generation: string,
): Promise<boolean> {
  return (await readManifest(store, lakeBucket, session))?.generation === generation;
}

async function failSession(
  ports: IngestPorts,
  sources: SessionSources,
  session: string,
  { title, detail }: LogRefusedError,
): Promise<IngestOutcome> {
  const manifest: SessionManifest = {
    ...newManifest(ports, sources, session),
    status: 'failed',
    finished_at: ports.now().toISOString(),
    failure: { title, detail },
  };
  await writeManifest(ports.store, ports.lakeBucket, manifest);
  await removeOtherFiles(ports.store, ports.lakeBucket, session, []);
  await removeOtherStats(ports, session);
  return { status: 'failed', manifest };
}

function newManifest(
  ports: IngestPorts,
  sources: SessionSources,
  session: string,
): SessionManifest {
  return {
    version: 1,
    session,
    status: 'ingesting',
    generation: sources.generation,
    sources: describeSources(sources),
    labels: sources.metadata.labels,
    started_at: ports.now().toISOString(),
    finished_at: null,
    date_from: null,
    files: [],
    failure: null,
  };
}

/** Drops a session whose log was deleted before its ingest ended. */
async function forgetSession(ports: IngestPorts, session: string): Promise<IngestOutcome> {
  const known = await readManifest(ports.store, ports.lakeBucket, session);
  if (known?.status === 'ingesting') await dropSession(ports, session);
  return { status: 'gone' };
}

/** Drops the session that a log had before it was uploaded again under a name of its own. */
async function dropUnnamed(ports: IngestPorts, sources: SessionSources): Promise<void> {
  const { store, lakeBucket } = ports;
  const known = await readManifest(store, lakeBucket, sources.derivedSession);
  if (known?.sources.every((source) => sessionIdOf(source.key) === sources.derivedSession)) {
    await dropSession(ports, sources.derivedSession);
  }
}

function dateOrigin(clock: string, date: string | undefined): SessionManifest['date_from'] {
  if (clock === 'epoch') return 'log';
  if (clock !== 'time-of-day') return null;
  return date ? 'metadata' : 'upload';
}
