import { createWriteStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { convertLog } from '../lib/lake/convert-log.ts';
import { FirstLineTap, refuseForeignLog } from '../lib/lake/foreign-log.ts';
import { DATE_FORM, OFFSET_FORM, readDate, readUtcOffset } from '../lib/lake/log-metadata.ts';
import { LogRedactor } from '../lib/lake/log-redactor.ts';
import type { ParseSummary, SessionManifest } from '../lib/lake/manifest.ts';
import { UsageError } from './errors.ts';
import type { LogInput } from './log-input.ts';
import type { LogOptions } from './options.ts';
import { readParquetManifest } from './parquet-log.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** A session whose Parquet files lie on this machine. */
export interface LocalSession {
  manifest: SessionManifest;
  files: string[];
}

/** A log as Parquet files on disk. */
export interface ConvertedLog {
  /** What the manifest of a session made from the log would say. */
  manifest: SessionManifest;
  files: { path: string }[];
  summary: ParseSummary;
}

/** Converts a log, unless it is converted already, and says which of its lines could not be read. */
export async function openLog(
  log: LogInput,
  options: LogOptions,
  folder: string,
  terminal: Terminal,
): Promise<LocalSession> {
  if (log.parquet !== undefined)
    return { manifest: await readParquetManifest(log.parquet), files: [log.parquet] };
  const { manifest, files, summary } = await convertToFolder(log, options, folder, terminal);
  warnOfUnparsed(summary, terminal);
  return { manifest, files: files.map(({ path }) => path) };
}

/** Says on stderr which lines of a log could not be read. */
export function warnOfUnparsed({ unparsed }: ParseSummary, terminal: Terminal): void {
  for (const { reason, count, samples } of unparsed) {
    const [first] = samples;
    const where = first ? `, such as line ${first.line}: ${first.text.slice(0, 100)}` : '';
    terminal.note(`warning: ${count} lines could not be read (${reason})${where}`);
  }
}

/** Converts a log into Parquet files in `folder`; throws LogRefusedError when it is no strace log. */
export async function convertToFolder(
  log: LogInput,
  options: LogOptions & { redact?: readonly string[] },
  folder: string,
  terminal?: Terminal,
): Promise<ConvertedLog> {
  const times = readOptions(options);
  const progress = new Progress('reading', log.sizeBytes, terminal?.streams.stderr);
  try {
    const tap = new FirstLineTap();
    const redactor = new LogRedactor(options.redact ?? []);
    const parts = convertLog(tap.read(redactor.read(log.read(progress.add))), {
      session: log.session,
      ...times,
      storedAt: log.storedAt,
      threads: availableParallelism(),
      ownsPieces: true,
    });
    const files: ConvertedLog['files'] = [];
    for (;;) {
      const step = await parts.next();
      if (step.done) {
        refuseForeignLog(step.value, tap.line);
        const manifest = { ...manifestOf(log, step.value), redacted: redactor.counts ?? null };
        return { manifest, files, summary: step.value };
      }
      const path = join(folder, `part-${step.value.index}.parquet`);
      await pipeline(step.value.body, createWriteStream(path));
      files.push({ path });
    }
  } finally {
    progress.stop();
  }
}

function manifestOf({ session, storedAt }: LogInput, summary: ParseSummary): SessionManifest {
  return {
    version: 1,
    session,
    status: 'ready',
    generation: '',
    sources: [],
    labels: {},
    started_at: storedAt.toISOString(),
    finished_at: null,
    date_from: null,
    files: [],
    failure: null,
    ...summary,
  };
}

function readOptions({ date, utcOffset }: LogOptions) {
  return {
    date: readOption('--date', date, readDate, DATE_FORM),
    utcOffsetMinutes: readOption('--utc-offset', utcOffset, readUtcOffset, OFFSET_FORM),
  };
}

function readOption<T>(
  name: string,
  text: string | undefined,
  read: (text: string) => T | undefined,
  form: string,
): T | undefined {
  if (text === undefined) return undefined;
  const value = read(text);
  if (value === undefined) throw new UsageError(`${name} must be ${form}, this is none: ${text}`);
  return value;
}
