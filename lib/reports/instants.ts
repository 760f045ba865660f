const NANOSECONDS_PER_MS = 1_000_000n;
const DAY_NS = 86_400_000_000_000n;

/** First and last time of a session, ISO 8601 with up to nine digits, or null. */
export interface TimeRange {
  start_time?: string | null;
  end_time?: string | null;
}

/**
 * Nanoseconds since 1970-01-01 UTC of `2026-11-23`, `2026-11-23T09:23:46.107746Z`, the same with an
 * offset, or a time of day (`09:23:46`: the day of the range that has it); undefined for anything else.
 */
export function parseInstant(text: string, range: TimeRange = {}): bigint | undefined {
  const timeOfDay = /^\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/.test(text);
  return timeOfDay ? parseTimeOfDay(text, range) : parseDateTime(text);
}

function parseDateTime(text: string): bigint | undefined {
  // A plus sign that was not percent-encoded in the URL arrives as a space.
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(?:Z|([-+ ])(\d\d):?(\d\d))?)?$/.exec(
      text,
    );
  if (!match) return undefined;
  const [, date, time = '00:00', fraction = '', sign, hours = '0', minutes = '0'] = match;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const milliseconds = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(milliseconds) || new Date(midnight).toISOString().slice(0, 10) !== date)
    return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const instant =
    BigInt(milliseconds - offset) * NANOSECONDS_PER_MS + BigInt(fraction.padEnd(9, '0'));
  return BigInt.asIntN(64, instant) === instant ? instant : undefined;
}

function parseTimeOfDay(text: string, range: TimeRange): bigint | undefined {
  if (!range.start_time) return undefined;
  const start = parseDateTime(range.start_time);
  const end = parseDateTime(range.end_time ?? range.start_time);
  const first = parseDateTime(`${range.start_time.slice(0, 10)}T${text}Z`);
  if (start === undefined || end === undefined || first === undefined) return undefined;
  const next = first + DAY_NS;
  return first < start && next <= end ? next : first;
}
