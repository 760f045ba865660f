import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type ParsedLog, parseLog } from '../strace/parsed-log.ts';
import { type Counted, countRows, readTable, withoutTimes } from '../strace/strace-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'stracelake-record-'));
afterAll(() => rmSync(folder, { recursive: true }));
const torture = fileURLToPath(new URL('../logs/torture.c', import.meta.url));
execFileSync('gcc', ['-w', '-o', join(folder, 'torture'), torture, '-lpthread']);
writeFileSync(join(folder, 'hello.c'), 'int main() { return 0; }\n');

const programs: Record<string, string[]> = {
  torture: [join(folder, 'torture')],
  shell: [
    'sh',
    '-c',
    'ls /etc /none | grep -c a; (sleep 0.1; exit 3) & wait $!; cat < /etc/passwd >&2',
  ],
  build: ['gcc', '-O1', '-o', join(folder, 'out'), join(folder, 'hello.c')],
  node: [process.execPath, '-e', 'require("fs").readdir("/", () => {}); setTimeout(() => {}, 5)'],
};

/** Options of strace beside `-C`; `-T` alone prints microseconds, which do not add up exactly. */
const times = ['-T', '--syscall-times=ns'];
const optionSets: string[][] = [
  [],
  ['-f'],
  ['-f', '-t'],
  ['-f', '-tt', ...times],
  ['-f', '-ttt', ...times],
  ['-f', '-r', ...times],
  ['-f', '-r', '-tt', '-y', ...times],
  ['-f', '-tt', '-T', '-y', '-yy', '-s', '2048'],
  ['-f', '-tt', '-Y', '-yy', '-i', '-n', ...times],
  ['-f', '--absolute-timestamps=format:unix,precision:ns', ...times],
  ['-f', '--absolute-timestamps=precision:ms', '--relative-timestamps=ns'],
  ['-f', '-ttt', '-x', '-v', '-s', '5'],
  ['-f', '-ttt', '-xx', '-y'],
  ['-f', '-ttt', '--strings-in-hex=non-ascii-chars', '-s', '100'],
  ['-f', '-ttt', '-X', 'raw'],
  ['-f', '-ttt', '-X', 'verbose', '-yy'],
  ['-f', '-ttt', '-e', 'raw=all', ...times],
  ['-f', '-ttt', '-e', 'read=all', '-e', 'write=all', ...times],
  ['-f', '-ttt', '-a', '1', '-qq', ...times],
  ['-f', '-ttt', '-z', '-y', ...times],
  ['-f', '-ttt', '-Z', ...times],
  ['-f', '-tt', '-e', 'trace=%file,%process', '-y', ...times],
  [
    '-f',
    '-ttt',
    '-e',
    'inject=close:error=EIO:when=7',
    '-e',
    'inject=read:delay_exit=1000',
    ...times,
  ],
  ['-f', '-ttt', '-S', 'name', '-U', 'name,calls,errors,time-total'],
];

describe.each(Object.keys(programs))('%s', (name) => {
  const options = optionSets.map((each): [string, string[]] => [each.join(' '), each]);
  const agree = (target: 'file' | 'stderr') => (_text: string, each: string[]) => {
    const file = join(folder, 'log');
    record(file, target, each, programs[name]);
    expect(check(readFileSync(file), each, target)).toEqual([]);
  };

  it.each(options)("agrees with strace's table: %s, to a file", agree('file'));
  // what strace and its program write to one stderr at once may tear a line, once in hundreds of runs
  it.each(options)("agrees with strace's table: %s, to stderr", { retry: 2 }, agree('stderr'));
});

/** The program's own output goes into a log that strace writes to stderr. */
function record(
  file: string,
  target: 'file' | 'stderr',
  options: string[],
  command: string[],
): void {
  const script = target === 'file' ? 'exec strace "$@" >/dev/null 2>&1' : 'exec strace "$@" 2>"$0"';
  const into = target === 'file' ? ['-o', file] : [];
  const words = ['-c', script, file, '-C', '-w', ...options, ...into, ...command];
  const { error, signal } = spawnSync('sh', words, { stdio: 'ignore', timeout: 60_000 });
  if (error !== undefined || signal !== null) throw error ?? new Error(`strace died: ${signal}`);
}

/** What is wrong with a recorded log, in words. */
function check(log: Buffer, options: string[], target: 'file' | 'stderr'): string[] {
  const parsed = parseLog(log);
  const isFiltered = options.includes('-z') || options.includes('-Z');
  const hasTimes = options.includes('--syscall-times=ns') && !isFiltered;
  return [
    ...checkLines(parsed, target),
    ...checkCounts(printedOf(readTable(log), options), parsed),
    ...(hasTimes ? checkSeconds(log, parsed) : []),
  ];
}

/** What of the table's calls is printed: strace counts what -z and -Z hide. */
function printedOf(table: Map<string, Counted>, options: string[]): Map<string, Counted> {
  const kept = [...table].map(([syscall, counted]): [string, Counted] => {
    const { calls, errors } = counted;
    if (options.includes('-z')) return [syscall, { ...counted, calls: calls - errors, errors: 0 }];
    if (options.includes('-Z')) return [syscall, { ...counted, calls: errors }];
    return [syscall, counted];
  });
  return new Map(kept.filter(([, { calls }]) => calls > 0));
}

function checkLines({ census, lines }: ParsedLog, target: 'file' | 'stderr'): string[] {
  const total = Object.values(census.counts).reduce((sum, count) => sum + count);
  const samples = census.unparsed.flatMap((entry) => entry.samples.map(({ text }) => text));
  return [
    ...(total === lines ? [] : [`${total} of ${lines} lines counted`]),
    ...samples.map((text) => `unparsed: ${text.slice(0, 150)}`),
    ...(target === 'file' && census.counts.output > 0
      ? [`${census.counts.output} lines of output`]
      : []),
  ];
}

function checkCounts(table: Map<string, Counted>, { rows }: ParsedLog): string[] {
  const ours = withoutTimes(countRows(rows));
  const theirs = withoutTimes(table);
  return [
    ...ours.filter((line) => !theirs.includes(line)).map((line) => `only read: ${line}`),
    ...theirs.filter((line) => !ours.includes(line)).map((line) => `only in the table: ${line}`),
  ];
}

function checkSeconds(log: Buffer, { rows }: ParsedLog): string[] {
  const table = readTable(log);
  return [...countRows(rows)].flatMap(([syscall, { seconds }]) => {
    const theirs = table.get(syscall)?.seconds ?? 0;
    return Math.abs(seconds - theirs) < 6e-7
      ? []
      : [`${syscall}: ${seconds} s read, ${theirs} s in the table`];
  });
}
