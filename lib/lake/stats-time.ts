import type { ParseSummary } from './manifest.ts';

/** When a log was recorded, and how that is known. */
export interface StatsTime {
  /** Day of `recorded_ns`, `YYYY-MM-DD`. */
  day: string;
  day_from: 'log' | 'metadata' | 'upload';
  /** Nanoseconds since 1970-01-01 UTC. */
  recorded_ns: bigint;
  /** Nanoseconds from the log's first time to its last; null without times. */
  elapsed_ns: bigint | null;
}

/** The first day of the table's partitions: earlier than any log that is not of a wrong clock. */
export const FIRST_DAY = '2000-01-01';

const DAY_MS = 86_400_000;

/**
 * When a log was recorded: by its first time or, when it has none or its clock was plainly wrong
 * (before 2000, or more than a day after the upload), by the upload. UTC.
 */
export function statsTimeOf(
  summary: Pick<ParseSummary, 'start_time' | 'end_time' | 'options'>,
  uploaded: Date,
  hasDate: boolean,
): StatsTime {
  const { start_time, end_time } = summary;
  const start = start_time === null ? undefined : nanosecondsOf(start_time);
  const elapsed_ns =
    start === undefined || end_time === null ? null : nanosecondsOf(end_time) - start;
  const day = start_time?.slice(0, 10) ?? '';
  const latest = dayOf(new Date(uploaded.getTime() + DAY_MS));
  if (start !== undefined && day >= FIRST_DAY && day <= latest) {
    const isDated = summary.options.clock === 'epoch';
    const day_from = isDated ? 'log' : hasDate ? 'metadata' : 'upload';
    return { day, day_from, recorded_ns: start, elapsed_ns };
  }
  return {
    day: dayOf(uploaded),
    day_from: 'upload',
    recorded_ns: BigInt(uploaded.getTime()) * 1_000_000n,
    elapsed_ns,
  };
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** Of a time as a manifest has it: ISO 8601 in UTC with nine digits of the second. */
function nanosecondsOf(time: string): bigint {
  const [seconds, fraction] = time.slice(0, -1).split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction);
}
