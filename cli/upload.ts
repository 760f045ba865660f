import { basename } from 'node:path';
import { LOGS_PREFIX } from '../lib/lake/keys.ts';
import { CommandEndedError, UsageError, WorkError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import { findLogFiles, type LogFile } from './log-input.ts';
import type { ServiceOptions } from './options.ts';
import { Progress } from './progress.ts';
import { findService, withService } from './service-choice.ts';
import type { Service } from './service-request.ts';
import type { Terminal } from './terminal.ts';
import { createBucketTransport } from './upload-bucket.ts';
import { createServiceTransport, type StoredLog, type Transport } from './upload-transport.ts';
import { beginningOf, type SettledUpload, waitForSession } from './upload-wait.ts';

/** What is said of uploaded logs. */
export interface UploadOptions extends ServiceOptions {
  name?: string;
  session?: string;
  label?: string[];
  date?: string;
  utcOffset?: string;
  bucket?: string;
  wait: boolean;
  /** Seconds. */
  timeout: number;
  json?: boolean;
}

/** How the upload of one log ended. */
export interface UploadResult {
  file: string;
  keys: string[];
  session: string;
  status: 'uploaded' | SettledUpload['status'];
  /** Address of the session; null when no service is known. */
  url: string | null;
  lines: number | null;
  rows: number | null;
  failure: SettledUpload['failure'];
}

/** Uploads logs and prints the addresses of their sessions; ends with 1 when one of them failed. */
export async function upload(
  names: readonly string[],
  options: UploadOptions,
  terminal: Terminal,
): Promise<void> {
  const results = await uploadLogs(names, options, terminal);
  if (options.json) await terminal.print(jsonLine({ uploads: results }));
  for (const result of results) {
    if (!options.json && result.status !== 'failed')
      await terminal.print(`${result.url ?? result.session}\n`);
  }
  if (results.some(({ status }) => status === 'failed')) throw new CommandEndedError(1);
}

/** Uploads logs one after another, telling on stderr how it goes. */
export async function uploadLogs(
  names: readonly string[],
  options: UploadOptions,
  terminal: Terminal,
): Promise<UploadResult[]> {
  const logs = await Promise.all(names.map((name) => findUpload(name)));
  const isOne = logs.length === 1;
  if (!isOne && options.session !== undefined) throw new UsageError('--session is for one log');
  if (!isOne && options.name && !options.name.endsWith('/'))
    throw new UsageError('--name is for one log; ending in / it is for any number');
  const metadata = readMetadata(options);
  const useAll = async (service: Service | undefined, transport: Transport) => {
    const results: UploadResult[] = [];
    for (const log of logs)
      results.push(await uploadLog(log, metadata, options, { service, transport, terminal }));
    return results;
  };
  const { bucket } = options;
  if (bucket !== undefined)
    return await useAll(await findService(options, terminal), createBucketTransport(bucket));
  return await withService(options, 'nowhere to upload to', terminal, (service) =>
    useAll(service, createServiceTransport(service)),
  );
}

interface UploadLog {
  name: string;
  files: LogFile[];
}

interface Way {
  service: Service | undefined;
  transport: Transport;
  terminal: Terminal;
}

async function uploadLog(
  { name, files }: UploadLog,
  metadata: Record<string, string>,
  options: UploadOptions,
  { service, transport, terminal }: Way,
): Promise<UploadResult> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const progress = new Progress(`uploading ${basename(name)}`, total, terminal.streams.stderr);
  const stored: StoredLog[] = [];
  const firstKey = `${LOGS_PREFIX}${nameOf(files[0], options.name)}`;
  const failedBefore =
    service && options.session !== undefined ? await beginningOf(service, firstKey) : undefined;
  try {
    for (const file of files) {
      const key = `${LOGS_PREFIX}${nameOf(file, options.name)}`;
      stored.push(await transport(file, key, metadata, progress.add));
    }
  } finally {
    progress.stop();
  }
  const { session, url } = stored[0];
  const result = { file: name, keys: stored.map(({ key }) => key), session, url: url ?? null };
  if (!options.wait || !service) {
    if (options.wait) terminal.note(`${name}: uploaded; without a service there is no waiting`);
    return { ...result, status: 'uploaded', lines: null, rows: null, failure: null };
  }
  const settled = await waitForSession(
    service,
    stored,
    { seconds: options.timeout, failedBefore },
    terminal,
  );
  tell(name, settled, terminal);
  return { ...result, ...settled };
}

function tell(
  name: string,
  { session, status, failure, lines, rows }: SettledUpload,
  terminal: Terminal,
) {
  if (status === 'ready')
    terminal.note(`${name}: session ${session} is ready, ${rows} rows from ${lines} lines`);
  else terminal.note(`stracelake: ${name} failed: ${failure?.title}. ${failure?.detail}`);
}

async function findUpload(name: string): Promise<UploadLog> {
  if (name === '-') throw new UsageError('stdin cannot be uploaded: write the log to a file');
  const files = await findLogFiles(name);
  if (files.length === 0) throw new WorkError(`log not found: ${name}`);
  const empty = files.every(({ size }) => size === 0);
  if (empty) throw new WorkError(`log is empty: ${name}`);
  return { name, files: files.filter(({ size }) => size > 0) };
}

/** Name below `logs/`: that of the file, after a folder or under another name as `--name` says. */
function nameOf({ path, member }: LogFile, given: string | undefined): string {
  const own = basename(path);
  if (given === undefined) return own;
  if (given.endsWith('/')) return given + own;
  return member ? given + own.slice(basename(member.group).length) : given;
}

function readMetadata({ session, date, utcOffset, label = [] }: UploadOptions) {
  const labels = label.map((text): [string, string] => {
    const [, name, value] = /^([a-z0-9-]+)=(.+)$/s.exec(text) ?? [];
    if (name !== undefined) return [`label-${name}`, value];
    throw new UsageError(
      `--label wants name=value, the name of small letters, digits and -, this is none: ${text}`,
    );
  });
  return Object.fromEntries([
    ...(session === undefined ? [] : [['session', session]]),
    ...(date === undefined ? [] : [['date', date]]),
    ...(utcOffset === undefined ? [] : [['utc-offset', utcOffset]]),
    ...labels,
  ]);
}
