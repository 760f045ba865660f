import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A log of the mix, recorded on this machine. */
export interface RecordedLog {
  name: string;
  path: string;
  sizeBytes: number;
}

/** The three logs of the mix one after another, `times` over, as one log. */
export function joinMix(folder: string, logs: readonly RecordedLog[], times = 1): RecordedLog {
  const path = join(folder, 'mix.log');
  rmSync(path, { force: true });
  for (let i = 0; i < times; i++) {
    for (const log of logs) appendFileSync(path, readFileSync(log.path));
  }
  return {
    name: times === 1 ? 'mix' : `mix, ${times} times`,
    path,
    sizeBytes: statSync(path).size,
  };
}

/** What a log of the mix is recorded from; shell text that runs until the log is large enough. */
interface Recipe {
  name: string;
  options: string[];
  /** Shell text of a piece; `$1` is the folder with what was built before. */
  script: string;
}

const MEGABYTE = 1_000_000;
/** The options that stracepy asks for, so that every contestant can read the logs. */
const BASE = ['-q', '-f', '-tt', '-T'];
/** Those of them that have strace tell what descriptors refer to. */
const DECORATIONS = ['-y', '-yy'];

const recipes: Recipe[] = [
  {
    name: 'build',
    options: [...BASE, '-s', '32'],
    script: 'for i in $(seq 20); do gcc -O0 -o "$1/hello" "$1/hello.c"; done',
  },
  {
    name: 'reads',
    options: [...BASE, '-s', '2048'],
    script: 'grep -r "no such words" /usr/include >/dev/null; true',
  },
  { name: 'threads', options: [...BASE, '-s', '32'], script: '"$1/threads" 1 9000' },
];

/**
 * Records the mix with strace into `folder`, about `size` bytes in equal shares, unless it is there:
 * many short lines of a build, long lines of `-s 2048` reads, and threads of which 40 % of the lines
 * are unfinished. `isPlain`: without -y, so that descriptors are mere numbers. Needs strace and gcc.
 */
export function recordMix(folder: string, size: number, isPlain = false): RecordedLog[] {
  mkdirSync(folder, { recursive: true });
  buildPrograms(folder);
  return recipes.map((recipe) => {
    const name = isPlain ? `${recipe.name}-plain` : recipe.name;
    const path = join(folder, `${name}-${Math.round(size / MEGABYTE)}.log`);
    const options = [...recipe.options, ...(isPlain ? [] : DECORATIONS)];
    if (!existsSync(path)) record({ ...recipe, options }, path, size / recipes.length, folder);
    return { name, path, sizeBytes: statSync(path).size };
  });
}

function buildPrograms(folder: string): void {
  const threads = fileURLToPath(new URL('threads.c', import.meta.url));
  writeFileSync(join(folder, 'hello.c'), '#include <stdio.h>\nint main() { puts("hello"); }\n');
  run('gcc', ['-O2', '-o', join(folder, 'threads'), threads, '-lpthread']);
}

/** Runs strace again and again, each run appended to the log, until the share is full. */
function record(recipe: Recipe, path: string, share: number, folder: string): void {
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  for (let size = 0; size < share; size = statSync(partial).size) {
    process.stderr.write(`recording ${recipe.name}: ${Math.floor(size / MEGABYTE)} MB\r`);
    run('strace', [
      ...recipe.options,
      '-A',
      '-o',
      partial,
      'sh',
      '-c',
      recipe.script,
      'sh',
      folder,
    ]);
  }
  renameSync(partial, path);
  process.stderr.write(`recorded ${path}                    \n`);
}

function run(command: string, options: string[]): void {
  try {
    execFileSync(command, options, { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing) throw error;
    throw new Error(`${command} is missing: apt-get install ${command}`, { cause: error });
  }
}
