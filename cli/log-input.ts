import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { decompress } from '../lib/lake/decompress.ts';
import { LOGS_PREFIX } from '../lib/lake/keys.ts';
import { type SplitMember, sessionIdOf, splitMemberOf } from '../lib/lake/session-id.ts';
import { mergeSplitLogs } from '../lib/strace/split-logs.ts';
import { WorkError } from './errors.ts';

/** A log on this machine. */
export interface LogInput {
  /** Session the log would be, uploaded under its own name. */
  session: string;
  /** Bytes on disk; undefined for stdin. */
  sizeBytes?: number;
  /** When it was last written to: the date of last resort. */
  storedAt: Date;
  /** Its bytes, decompressed and merged; `onBytes` is told of bytes read from disk. */
  read(onBytes: (count: number) => void): AsyncIterable<Uint8Array>;
}

interface LogFile {
  path: string;
  size: number;
  mtime: Date;
  member?: SplitMember;
}

/** Finds the log a user names: `-`, a file, or the name before .PID of an -ff run; else undefined. */
export async function findLog(name: string): Promise<LogInput | undefined> {
  if (name === '-') return { session: 'stdin', storedAt: new Date(), read: readStdin };
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new WorkError(
      `is a folder (name a file in it, or for an -ff run the name before .PID): ${name}`,
    );
  }
  const files = found
    ? [{ path: name, size: found.size, mtime: found.mtime, member: splitMemberOf(name) }]
    : await findMembers(name);
  if (files.length === 0) return undefined;
  return {
    session: sessionIdOf(`${LOGS_PREFIX}${basename(files[0].path)}`),
    sizeBytes: files.reduce((sum, file) => sum + file.size, 0),
    storedAt: new Date(Math.min(...files.map((file) => file.mtime.getTime()))),
    read: (onBytes) => readFiles(files, onBytes),
  };
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
    return decompress(countBytes(createReadStream(files[0].path), onBytes));
  }
  return mergeSplitLogs(
    files.map(({ path, member }) => ({
      pid: member?.pid ?? 0,
      open: () => decompress(countBytes(createReadStream(path), onBytes)),
    })),
  );
}

function readStdin(onBytes: (count: number) => void): AsyncIterable<Uint8Array> {
  return decompress(countBytes(process.stdin, onBytes));
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
