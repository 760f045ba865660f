import { LogRefusedError } from './errors.ts';
import { isSessionId } from './session-id.ts';

/** What the user metadata of an uploaded log (`--metadata session=...,date=...`) says. */
export interface LogMetadata {
  /** Name of the session, in place of the one derived from the key. */
  session?: string;
  /** Date of the log's first line, `YYYY-MM-DD`. */
  date?: string;
  /** Offset of the log's local time from UTC, minutes east. */
  utcOffsetMinutes?: number;
  labels: Record<string, string>;
}

const LABEL = 'label-';

/** Reads object metadata (names in lower case); throws LogRefusedError for a value that makes no sense. */
export function parseLogMetadata(metadata: Record<string, string>): LogMetadata {
  return {
    session: metadata.session === undefined ? undefined : parseSession(metadata.session),
    date: metadata.date === undefined ? undefined : parseDate(metadata.date),
    utcOffsetMinutes:
      metadata['utc-offset'] === undefined ? undefined : parseOffset(metadata['utc-offset']),
    labels: Object.fromEntries(
      Object.entries(metadata)
        .filter(([name]) => name.startsWith(LABEL) && name.length > LABEL.length)
        .map(([name, value]): [string, string] => [name.slice(LABEL.length), value])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function parseSession(value: string): string {
  if (isSessionId(value)) return value;
  throw badMetadata(
    'session',
    value,
    'a name of at most 100 letters, digits, ".", "_" and "-" that begins with a letter or digit',
  );
}

function parseDate(value: string): string {
  const date = new Date(`${value}T00:00:00Z`);
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(date.getTime());
  if (isDate && date.toISOString().startsWith(value)) return value;
  throw badMetadata('date', value, 'the date of the first line such as 2026-11-23');
}

function parseOffset(value: string): number {
  if (value === 'Z') return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(value);
  const minutes = match ? Number(match[2]) * 60 + Number(match[3]) : Number.NaN;
  if (match && minutes <= 14 * 60 && Number(match[3]) < 60)
    return match[1] === '-' ? -minutes : minutes;
  throw badMetadata('utc-offset', value, 'an offset from UTC such as +02:00');
}

function badMetadata(name: string, value: string, wanted: string): LogRefusedError {
  return new LogRefusedError(
    'bad metadata',
    `The object's metadata "${name}" is ${JSON.stringify(value)}; it must be ${wanted}. ` +
      'Upload the log again with it mended.',
  );
}
