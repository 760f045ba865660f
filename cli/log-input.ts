import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { decompress } from '../lib/lake/decompress.ts';
import { LOGS_PREFIX } from '../lib/lake/keys.ts';
import { type SplitMember, sessionIdOf, splitMemberOf } from '../lib/lake/session-id.ts';
import { TarReader } from '../lib/lake/tar-reader.ts';
import { mergeSplitLogs } from '../lib/strace/split-logs.ts';
import { WorkError } from './errors.ts';
import { isParquet } from './parquet-log.ts';
import { readAhead } from './read-ahead.ts';
import type { Terminal } from './terminal.ts';

/** A log on this machine. */
export interface LogInput {
  /** Session the log would be, uploaded under its own name. */
  session: string;
  /** Bytes on disk; undefined for stdin. */
  sizeBytes?: number;
  /** When it was last written to: the date of last resort. */
  storedAt: Date;
  /** Path of a log that was converted already: a Parquet file. */
  parquet?: string;
  /** Its bytes, decompressed and merged; `onBytes` is told of bytes read from disk. */
  read(onBytes: (count: number) => void): AsyncIterable<Uint8Array>;
}

/** A file of a log on this machine; `size` in bytes. */
export interface LogFile {
  path: string;
  size: number;
  mtime: Date;
  member?: SplitMember;
}

/** Finds the log a user names: `-`, a file, or the name before .PID of an -ff run; else undefined. */
export async function findLog(name: string, terminal?: Terminal): Promise<LogInput | undefined> {
  if (name === '-') return readStdin(terminal?.streams.stdin ?? process.stdin);
  const files = await findLogFiles(name);
  if (files.length === 0) return undefined;
  return {
    session: sessionIdOf(`${LOGS_PREFIX}${basename(files[0].path)}`),
    sizeBytes: files.reduce((sum, file) => sum + file.size, 0),
    storedAt: new Date(Math.min(...files.map((file) => file.mtime.getTime()))),
    ...(isParquet(name) && { parquet: name }),
    read: (onBytes) => readFiles(files, onBytes),
  };
}

/** The files of the log a user names: one, or those of an -ff run; empty when there are none. */
export async function findLogFiles(name: string): Promise<LogFile[]> {
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new WorkError(
      `is a folder (name a file in it, or for an -ff run the name before .PID): ${name}`,
    );
  }
  if (!found) return await findMembers(name);
  return [{ path: name, size: found.size, mtime: found.mtime, member: splitMemberOf(name) }];
}

async function findMembers(name: string): Promise<LogFile[]> {
  const prefix = name.replace(/\.\*?$/, '');
  const folder = dirname(prefix);
  const names = await readdir(folder).catch(() => []);
  const paths = names
    .filter((each) => splitMemberOf(each)?.group === basename(prefix))
    .map((each) => join(folder, each));
  return await Promise.all(
    paths.map(async (path) => {
      const { size, mtime } = await stat(path);
      return { path, size, mtime, member: splitMemberOf(path) };
    }),
  );
}

function readFiles(files: LogFile[], onBytes: (count: number) => void): AsyncIterable<Uint8Array> {
  if (files.length === 1 && !files[0].member) {
    return new TarReader().read(countBytes(readAhead(files[0].path), onBytes));
  }
  return mergeSplitLogs(
    files.map(({ path, member }) => ({
      pid: member?.pid ?? 0,
      open: () => decompress(countBytes(createReadStream(path), onBytes)),
    })),
  );
}

function readStdin(stdin: Readable): LogInput {
  return {
    session: 'stdin',
    storedAt: new Date(),
    read: (onBytes) => new TarReader().read(countBytes(stdin, onBytes)),
  };
}

async function* countBytes(
  source: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk.length);
    yield chunk;
  }
}
