import { LogRefusedError } from './errors.ts';
import { REDACTION_FORM, readRedaction } from './redaction-setting.ts';
import { isSessionId } from './session-id.ts';

/** What the user metadata of an uploaded log (`--metadata session=...,date=...`) says. */
export interface LogMetadata {
  /** Name of the session, in place of the one derived from the key. */
  session?: string;
  /** Date of the log's first line, `YYYY-MM-DD`. */
  date?: string;
  /** Offset of the log's local time from UTC, minutes east. */
  utcOffsetMinutes?: number;
  /** Rules of redaction, by name. */
  redact: string[];
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
    redact: metadata.redact === undefined ? [] : parseRedaction(metadata.redact),
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
  const date = readDate(value);
  if (date !== undefined) return date;
  throw badMetadata('date', value, `${DATE_FORM} of its first line`);
}

function parseRedaction(value: string): string[] {
  const rules = readRedaction(value);
  if (rules !== undefined) return rules;
  throw badMetadata('redact', value, REDACTION_FORM);
}

function parseOffset(value: string): number {
  const minutes = readUtcOffset(value);
  if (minutes !== undefined) return minutes;
  throw badMetadata('utc-offset', value, OFFSET_FORM);
}

/** What `readDate` reads, in words. */
export const DATE_FORM = 'a date such as 2026-11-23';

/** The date itself when the text is one (`2026-11-23`), else undefined. */
export function readDate(text: string): string | undefined {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime())) return undefined;
  // 30 February rolls over into March.
  return date.toISOString().startsWith(text) ? text : undefined;
}

/** What `readUtcOffset` reads, in words. */
export const OFFSET_FORM = 'an offset from UTC such as +02:00';

/** Minutes east of UTC (`+02:00`, `-0330`, `Z`), or undefined when the text is no offset. */
export function readUtcOffset(text: string): number | undefined {
  if (text === 'Z') return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (Number(match[3]) >= 60 || minutes > 14 * 60) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}

function badMetadata(name: string, value: string, wanted: string): LogRefusedError {
  return new LogRefusedError(
    'bad metadata',
    `The object's metadata "${name}" is ${JSON.stringify(value)}; it must be ${wanted}. ` +
      'Upload the log again with it mended.',
  );
}
