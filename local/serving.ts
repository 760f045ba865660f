import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataFolderTakenError } from './errors.ts';

/** A service that runs on a data folder. */
export interface Serving {
  pid: number;
  apiUrl: string;
  s3Url: string;
}

/** The service that runs on a data folder now, or undefined. */
export async function findServing(dataDir: string): Promise<Serving | undefined> {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const serving = parse(text);
  return serving && isAlive(serving.pid) ? serving : undefined;
}

/** Takes a data folder for this process; throws DataFolderTakenError when another one has it. */
export async function claimFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const other = await findServing(dataDir);
  if (other) throw new DataFolderTakenError(dataDir, other.pid);
  await announce(dataDir, { apiUrl: '', s3Url: '' });
}

/** Writes down where the service of this process is reached. */
export async function announce(dataDir: string, urls: Omit<Serving, 'pid'>): Promise<void> {
  await writeFile(fileOf(dataDir), `${JSON.stringify({ pid: process.pid, ...urls })}\n`);
}

/** Gives the data folder back. */
export async function releaseFolder(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'serving.json');
}

function parse(text: string): Serving | undefined {
  try {
    return JSON.parse(text) as Serving;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
