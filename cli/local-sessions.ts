import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SessionManifest } from '../lib/lake/manifest.ts';
import { type LocalSession, openLog } from './converted-log.ts';
import { WorkError } from './errors.ts';
import { findLog, type LogInput } from './log-input.ts';
import type { LogOptions } from './options.ts';
import { askJson, download, type Service } from './service-request.ts';
import type { Terminal } from './terminal.ts';

/** Converts logs into sessions, each under a name of its own; their files go into `folder`. */
export async function openLogs(
  names: readonly string[],
  options: LogOptions,
  folder: string,
  terminal: Terminal,
): Promise<LocalSession[]> {
  const sessions: LocalSession[] = [];
  for (const name of names) {
    const log = await findLog(name, terminal);
    if (!log) throw new WorkError(`log not found: ${name}`);
    sessions.push(await openLogAmong(sessions, log, options, folder, terminal));
  }
  return sessions;
}

/** Converts a log into a session that is named as none of the others is. */
export async function openLogAmong(
  others: readonly LocalSession[],
  log: LogInput,
  options: LogOptions,
  folder: string,
  terminal: Terminal,
): Promise<LocalSession> {
  const own = await ownFolder(folder, others.length);
  return rename(await openLog(log, options, own, terminal), others);
}

/** Fetches the calls of a session of a service; throws WorkError when there is no such session. */
export async function fetchSession(
  others: readonly LocalSession[],
  service: Service,
  session: string,
  folder: string,
): Promise<LocalSession> {
  const path = `/sessions/${encodeURIComponent(session)}`;
  const file = join(await ownFolder(folder, others.length), 'calls.parquet');
  const body = await download(service, `${path}/exports/parquet`);
  await pipeline(body, createWriteStream(file));
  const manifest = await askJson<SessionManifest>(service, path);
  if (!manifest) throw new WorkError(`session is gone: ${session}`);
  return rename({ manifest, files: [file] }, others);
}

async function ownFolder(folder: string, number: number): Promise<string> {
  const own = join(folder, String(number));
  await mkdir(own);
  return own;
}

/** Two logs of one name in two folders are two sessions. */
function rename(session: LocalSession, others: readonly LocalSession[]): LocalSession {
  const taken = new Set(others.map(({ manifest }) => manifest.session));
  const { manifest, files } = session;
  let name = manifest.session;
  for (let number = 2; taken.has(name); number++) name = `${manifest.session}.${number}`;
  return { manifest: { ...manifest, session: name }, files };
}
