import { readStatsKey, statsKey, statsNoteKey, statsNotesPrefix } from './keys.ts';
import type { SessionFile } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import type { WrittenSession } from './session-files.ts';
import { type SessionSources, sessionOf } from './session-sources.ts';
import { encodeStats } from './stats-file.ts';
import { statsTimeOf } from './stats-time.ts';

/** What writing and sweeping statistics needs. */
export interface StatsPorts {
  store: ObjectStore;
  lakeBucket: string;
  now(): Date;
}

/** Nobody takes longer than this from the note to the file. */
const NOTE_KEPT_MS = 3_600_000;

/**
 * Puts a session's statistics in place of those of its other generations. A note of where they lie
 * goes before them, so that whoever comes after finds them on whatever day: a crash leaves no stray.
 */
export async function writeSessionStats(
  ports: StatsPorts,
  sources: SessionSources,
  { stats, summary, uploaded }: Pick<WrittenSession, 'stats' | 'summary' | 'uploaded'>,
): Promise<SessionFile> {
  const { store, lakeBucket } = ports;
  const { metadata, generation } = sources;
  const session = sessionOf(sources);
  const time = statsTimeOf(summary, uploaded, metadata.date !== undefined);
  const { bytes, rows } = encodeStats(stats, { ...time, session, labels: metadata.labels });
  const place = { day: time.day, session, generation };
  const key = statsKey(place);
  await store.writeText(lakeBucket, statsNoteKey(place), `${key}\n`, 'text/plain');
  await removeOtherStats(ports, session, key);
  const body = async function* () {
    yield bytes;
  };
  await store.writeStream(lakeBucket, key, body(), 'application/vnd.apache.parquet');
  return { key, rows, size_bytes: bytes.length };
}

/**
 * Removes a session's statistics except those under one key. Notes stay for an hour: a worker that was
 * overtaken may yet write what its note says, and then the next sweep takes it away.
 */
export async function removeOtherStats(
  { store, lakeBucket, now }: StatsPorts,
  session: string,
  kept?: string,
): Promise<void> {
  const prefix = statsNotesPrefix(session);
  const place = kept === undefined ? undefined : readStatsKey(kept);
  const keptNote = place && statsNoteKey(place);
  const notes = (await store.list(lakeBucket, prefix)).filter(({ key }) => key !== keptNote);
  if (notes.length === 0) return;
  const files = notes.map(({ key }) => {
    const name = key.slice(prefix.length);
    return statsKey({ session, day: name.slice(0, 10), generation: name.slice(11) });
  });
  await store.remove(lakeBucket, files);
  const past = now().getTime() - NOTE_KEPT_MS;
  const old = notes.filter(({ lastModified }) => lastModified.getTime() < past);
  if (old.length === 0) return;
  await store.remove(
    lakeBucket,
    old.map(({ key }) => key),
  );
}
