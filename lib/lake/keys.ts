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
