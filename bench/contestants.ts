import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cost } from './child/report-cost.ts';

/** A way to make something of a log. */
export interface Contestant {
  name: string;
  /** Command that reads `log`, writes into `folder` and prints its Cost as JSON on its last line. */
  command(log: string, folder: string): string[];
}

const child = (name: string) => fileURLToPath(new URL(`child/${name}`, import.meta.url));
const node = process.execPath;

/** The contestants, `convert` the bundled conversion; stracepy only when a checkout of it is given. */
export function listContestants(convert: string, stracepy: string | undefined): Contestant[] {
  const all: Contestant[] = [
    {
      name: 'stracelake, 1 thread',
      command: (log, folder) => [node, convert, log, folder, '1'],
    },
    {
      name: 'stracelake, 2 threads',
      command: (log, folder) => [node, convert, log, folder, '2'],
    },
    {
      name: 'DuckDB regexp_extract, 1 thread',
      command: (log, folder) => [node, child('duckdb.ts'), log, folder, '1'],
    },
    { name: 'zstd -1', command: (log, folder) => [node, child('zstd.ts'), log, folder] },
  ];
  if (stracepy === undefined) return all;
  if (!existsSync(join(stracepy, 'stracepy', 'strace2csv.py'))) {
    throw new Error(`stracepy not found in ${stracepy}: give the folder of a checkout`);
  }
  const python: Contestant = {
    name: 'stracepy',
    command: (log, folder) => ['python3', child('stracepy.py'), stracepy, log, folder],
  };
  return [...all, python];
}

/** Runs a contestant once. */
export function runOnce(contestant: Contestant, log: string, folder: string): Cost {
  const [command, ...options] = contestant.command(log, folder);
  const output = execFileSync(command, options, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 << 20,
    // the command line tool keeps its compiled code, too
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'stracelake-bench-compile-cache') },
  });
  return JSON.parse(output.trimEnd().split('\n').at(-1) as string);
}
