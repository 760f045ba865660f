import { execFileSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { convertLog } from '../lib/lake/convert-log.ts';
import type { SessionManifest } from '../lib/lake/manifest.ts';

/** What is recorded: compilations, a search, pipes, a copy in small pieces, threads and sockets. */
const SCRIPT = `
  cd "$1"
  printf '#include <stdio.h>\\nint main() { puts("a"); }\\n' > a.c
  for i in 1 2 3; do cp a.c a$i.c; gcc -O0 -c a$i.c -o a$i.o; done
  gcc a1.o -o a && ./a > out.txt
  grep -r "no such words" /usr/include/linux > found.txt
  dd if=/dev/zero of=zeros bs=16 count=2000 2>/dev/null
  for i in 1 2 3 4 5; do cat out.txt | wc -c; done
  "$2" -e '
    const http = require("http");
    const server = http.createServer((_, answer) => answer.end("x")).listen(0, "127.0.0.1", async () => {
      for (let i = 0; i < 20; i++) await (await fetch("http://127.0.0.1:" + server.address().port)).text();
      process.exit();
    })'
  rm -f zeros a.c a?.c a?.o`;

/** Numbers of processes of one repetition are below this. */
const PIDS = 10_000_000;
/** Calls whose arguments or results name processes. */
const NAMES_PIDS = /clone|fork|wait4|waitid|kill|SIGCHLD/;

interface Line {
  pid: number;
  /** Microseconds since 1970. */
  time: number;
  rest: string;
  namesPids: boolean;
}

/**
 * A session of about so many calls in `folder`, made unless it is there: a recorded log again and again,
 * each time later and with other processes. Keys of its files are names in the folder.
 */
export async function makeSession(folder: string, calls: number): Promise<SessionManifest> {
  const file = join(folder, 'manifest.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as SessionManifest;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const log = repeat(record(folder), calls);
  const parts = convertLog(log, { session: 'long', threads: availableParallelism() });
  const files: SessionManifest['files'] = [];
  for (;;) {
    const step = await parts.next();
    if (step.done) return writeManifest(file, files, step.value);
    const key = `part-${step.value.index}.parquet`;
    await pipeline(step.value.body, createWriteStream(join(folder, key)));
    files.push({ key, rows: step.value.rows, size_bytes: step.value.sizeBytes });
  }
}

function writeManifest(
  file: string,
  files: SessionManifest['files'],
  summary: Partial<SessionManifest>,
): SessionManifest {
  const manifest: SessionManifest = {
    version: 1,
    session: 'long',
    status: 'ready',
    generation: 'bench',
    sources: [],
    labels: {},
    started_at: new Date().toISOString(),
    finished_at: null,
    date_from: 'log',
    files,
    failure: null,
    ...summary,
  };
  writeFileSync(`${file}.partial`, JSON.stringify(manifest));
  renameSync(`${file}.partial`, file);
  return manifest;
}

function record(folder: string): Line[] {
  const log = join(folder, 'base.log');
  const work = join(folder, 'work');
  mkdirSync(work);
  const options = ['-q', '-f', '-ttt', '-T', '-y', '-yy', '-o', log];
  execFileSync('strace', [...options, 'sh', '-c', SCRIPT, 'sh', work, process.execPath], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  rmSync(work, { recursive: true });
  const lines = readFileSync(log, 'latin1').split('\n');
  return lines.flatMap((text) => {
    const match = /^(\d+) +(\d+)\.(\d{6})(.*)$/s.exec(text);
    if (!match) return [];
    const [, pid, seconds, micros, rest] = match;
    const time = Number(seconds) * 1e6 + Number(micros);
    return { pid: Number(pid), time, rest: rest!, namesPids: NAMES_PIDS.test(rest!) };
  });
}

async function* repeat(lines: Line[], calls: number): AsyncGenerator<Uint8Array> {
  const pids = new Set(lines.map(({ pid }) => pid));
  const span = lines.at(-1)!.time - lines[0]!.time + 500_000;
  const ofCalls = lines.filter(({ rest }) => !rest.includes('<unfinished ...>')).length;
  for (let round = 0; round * ofCalls < calls; round++) {
    const offset = (round * 40_000) % PIDS;
    const shift = (number: string) =>
      pids.has(Number(number)) ? String(Number(number) + offset) : number;
    let text = '';
    for (const { pid, time, rest, namesPids } of lines) {
      const at = time + round * span;
      const micros = String(at % 1e6).padStart(6, '0');
      const shown = namesPids ? rest.replace(/(?<![\w.])\d+(?![\w.])/g, shift) : rest;
      text += `${pid + offset} ${Math.floor(at / 1e6)}.${micros}${shown}\n`;
    }
    yield Buffer.from(text, 'latin1');
  }
}
