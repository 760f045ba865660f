import { readDate } from '../lake/log-metadata.ts';

const DAY_MS = 86_400_000;

/** What `readDay` reads besides dates: days from today. */
const RELATIVE_DAY = /^[+-]?\d{1,4}$/;

/** A day as `YYYY-MM-DD` of such a date, or of a number of days from today (`-7`); else undefined. */
export function readDay(text: string, today: string): string | undefined {
  if (!RELATIVE_DAY.test(text)) return readDate(text);
  const day = new Date(Date.parse(today) + Number(text) * DAY_MS);
  return day.toISOString().slice(0, 10);
}
