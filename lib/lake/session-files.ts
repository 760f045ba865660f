import { CallStats } from './call-stats.ts';
import type { convertLog } from './convert-log.ts';
import { FirstLineTap, refuseForeignLog } from './foreign-log.ts';
import { callsPrefix, manifestKey, partKey } from './keys.ts';
import { readLog } from './log-bytes.ts';
import { LogRedactor } from './log-redactor.ts';
import type { ArchiveContents, ParseSummary, SessionFile } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import { type SessionSources, sessionOf } from './session-sources.ts';
import { removeOtherStats, type StatsPorts } from './session-stats.ts';
import { TarReader } from './tar-reader.ts';

const PARQUET = 'application/vnd.apache.parquet';

/** Parquet files written, and what the parser counted. */
export interface WrittenSession {
  files: SessionFile[];
  summary: ParseSummary;
  /** What the tar held; null when the log is none. */
  archive: ArchiveContents | null;
  /** What was redacted, by rule; null when nothing was asked for. */
  redacted: Record<string, number> | null;
  /** Whether the log was merged from files of one thread each. */
  isSplit: boolean;
  /** What was counted of its calls. */
  stats: CallStats;
  /** When the log was stored, the first of its files. */
  uploaded: Date;
}

/** Streams a log into Parquet files; throws LogRefusedError when there is nothing of strace in it. */
export async function writeSessionFiles(
  ports: {
    store: ObjectStore;
    lakeBucket: string;
    convert: typeof convertLog;
    redact?: readonly string[];
  },
  sources: SessionSources,
): Promise<WrittenSession> {
  const { store, lakeBucket } = ports;
  const session = sessionOf(sources);
  const tap = new FirstLineTap();
  const tar = new TarReader();
  const redactor = new LogRedactor([...(ports.redact ?? []), ...sources.metadata.redact]);
  const log = tap.read(redactor.read(readLog(store, sources, tar)));
  const uploaded = earliest(sources.heads.map((head) => head.lastModified));
  const stats = new CallStats();
  const parts = ports.convert(log, {
    session,
    date: sources.metadata.date,
    storedAt: uploaded,
    utcOffsetMinutes: sources.metadata.utcOffsetMinutes,
    ownsPieces: true,
    stats,
  });
  const files: SessionFile[] = [];
  try {
    for (;;) {
      const step = await parts.next();
      if (step.done) {
        refuseForeignLog(step.value, tap.line);
        const isSplit = sources.isSplit || tar.isSplit;
        const archive = tar.contents ?? null;
        const redacted = redactor.counts ?? null;
        return { files, summary: step.value, archive, redacted, isSplit, stats, uploaded };
      }
      const part = step.value;
      const key = partKey(session, part.index, sources.generation);
      await store.writeStream(lakeBucket, key, part.body, PARQUET);
      files.push({ key, rows: part.rows, size_bytes: part.sizeBytes });
    }
  } finally {
    // Lets go of the objects when a part could not be stored.
    await log.return(undefined);
  }
}

/** Whether all files are in the store, whole. */
export async function isIntact(
  store: ObjectStore,
  lakeBucket: string,
  session: string,
  files: SessionFile[],
): Promise<boolean> {
  const stored = await store.list(lakeBucket, callsPrefix(session));
  const sizes = new Map(stored.map((head) => [head.key, head.size]));
  return files.every((file) => sizes.get(file.key) === file.size_bytes);
}

/** Removes the session's Parquet files except those listed and those of the generation given. */
export async function removeOtherFiles(
  store: ObjectStore,
  lakeBucket: string,
  session: string,
  files: SessionFile[],
  generation?: string,
): Promise<void> {
  const kept = new Set(files.map((file) => file.key));
  const strays = (await store.list(lakeBucket, callsPrefix(session)))
    .map((head) => head.key)
    .filter((key) => !kept.has(key))
    .filter((key) => generation === undefined || !key.endsWith(`-${generation}.parquet`));
  if (strays.length > 0) await store.remove(lakeBucket, strays);
}

/** Removes a session, its manifest first. */
export async function dropSession(ports: StatsPorts, session: string): Promise<void> {
  const { store, lakeBucket } = ports;
  await store.remove(lakeBucket, [manifestKey(session)]);
  await removeOtherFiles(store, lakeBucket, session, []);
  await removeOtherStats(ports, session);
}

function earliest(times: Date[]): Date {
  return new Date(Math.min(...times.map((time) => time.getTime())));
}
