/** Prefix of the uploads bucket under which logs are put. */
export const LOGS_PREFIX = 'logs/';

/** Prefix of the lake bucket under which the Parquet files of all sessions lie. */
export const CALLS_PREFIX = 'calls/';

/** Prefix of the lake bucket under which the session manifests lie. */
export const SESSIONS_PREFIX = 'sessions/';

/** Prefix of one session's Parquet files, a Hive partition: `calls/session=<id>/`. */
export function callsPrefix(session: string): string {
  return `${CALLS_PREFIX}session=${session}/`;
}

/** Key of one Parquet file: `calls/session=<id>/part-NNNNN-<generation>.parquet`. */
export function partKey(session: string, index: number, generation: string): string {
  return `${callsPrefix(session)}part-${String(index).padStart(5, '0')}-${generation}.parquet`;
}

/** Key of a session's manifest: `sessions/<id>.json`. */
export function manifestKey(session: string): string {
  return `${SESSIONS_PREFIX}${session}.json`;
}

/** Prefix of the lake bucket under which the statistics of all sessions lie, a folder for each day. */
export const STATS_PREFIX = 'call_stats/';

/** Prefix of the lake bucket under which it is noted where the statistics of a session may lie. */
export const STATS_NOTES_PREFIX = 'call_stats_of/';

/** Prefix of one day's statistics, a Hive partition: `call_stats/day=YYYY-MM-DD/`. */
export function statsDayPrefix(day: string): string {
  return `${STATS_PREFIX}day=${day}/`;
}

/** Where one generation of a session has its statistics. */
interface StatsPlace {
  day: string;
  session: string;
  generation: string;
}

/** Key of a session's statistics: `call_stats/day=YYYY-MM-DD/<id>-<generation>.parquet`. */
export function statsKey({ day, session, generation }: StatsPlace): string {
  return `${statsDayPrefix(day)}${session}-${generation}.parquet`;
}

/** What a key of statistics says; undefined for any other key. */
export function readStatsKey(key: string): StatsPlace | undefined {
  const match = /^call_stats\/day=([\d-]{10})\/(.+)-([0-9a-f]{8})\.parquet$/.exec(key);
  return match ? { day: match[1], session: match[2], generation: match[3] } : undefined;
}

/** Prefix of the notes on one session: `call_stats_of/<id>/`. */
export function statsNotesPrefix(session: string): string {
  return `${STATS_NOTES_PREFIX}${session}/`;
}

/** Key of the note that there may be statistics: `call_stats_of/<id>/YYYY-MM-DD-<generation>`. */
export function statsNoteKey({ day, session, generation }: StatsPlace): string {
  return `${statsNotesPrefix(session)}${day}-${generation}`;
}
