import { readStatsKey, STATS_PREFIX, statsDayPrefix } from './keys.ts';
import type { ObjectStore } from './object-store.ts';

/** Where the statistics of one session lie. */
export interface StatsFile {
  key: string;
  etag: string;
}

/** Which statistics to list: of days from `from` to `to`, `YYYY-MM-DD`, of ids that begin so. */
export interface StatsRange {
  from: string;
  to: string;
  prefix: string;
}

/** Sorts behind every key of a day. */
const LAST = '~';

/** Lists the statistics of the sessions of some days, a request for each thousand of them. */
export async function listStats(
  store: ObjectStore,
  lakeBucket: string,
  { from, to, prefix }: StatsRange,
): Promise<StatsFile[]> {
  const first = statsDayPrefix(from);
  const last = `${statsDayPrefix(to)}${LAST}`;
  const heads = await store.list(lakeBucket, STATS_PREFIX, { after: first, until: last });
  return heads.flatMap(({ key, etag }) => {
    const place = readStatsKey(key);
    const isWanted = key > first && key <= last && place?.session.startsWith(prefix);
    return isWanted ? [{ key, etag }] : [];
  });
}
