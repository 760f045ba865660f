import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTestLog } from '../recorded-logs.ts';
import { parseLog, type Row } from './parsed-log.ts';

/** What the table of `strace -C` says of one system call. */
interface Counted {
  calls: number;
  errors: number;
  seconds: number;
}

/** Why a call that strace prints is not in its table. */
const uncounted: Record<string, (row: Row) => boolean> = {
  'a call that never returned': (row) => row.ret === null && row.error === null,
  'a number without a name (before 7.1)': (row) => /^syscall_0x/.test(row.syscall as string),
};

describe.each(['gcc_C.log', 'torture_C.log'])('%s', (name) => {
  const log = readTestLog(name);

  it("has the calls and errors of strace's table", () => {
    const { rows } = parseLog(log);
    expect(withoutTimes(countRows(rows))).toEqual(withoutTimes(readTable(log)));
    expect(reasonsOf(rows)).toEqual(
      name === 'gcc_C.log' ? ['a call that never returned'] : Object.keys(uncounted),
    );
  });
});

describe('a log recorded now', () => {
  const log = record();
  const { rows, census } = parseLog(log);
  const table = readTable(log);

  it('has no line that cannot be read', () => {
    expect(census.unparsed).toEqual([]);
    expect(census.counts.unfinished).toBeGreaterThan(0);
    expect(census.counts.signal).toBeGreaterThan(0);
  });

  it("has the calls and errors of strace's table", () => {
    expect(withoutTimes(countRows(rows))).toEqual(withoutTimes(table));
    expect(reasonsOf(rows)).toContain('a call that never returned');
  });

  it("has the seconds of strace's table, to the microsecond it prints", () => {
    for (const [syscall, { seconds }] of countRows(rows)) {
      expect(Math.abs(seconds - (table.get(syscall)?.seconds ?? 0)), syscall).toBeLessThan(6e-7);
    }
  });
});

/** A shell with children, a signal and failures, and a program of many threads, under strace. */
function record(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-'));
  const file = join(folder, 'log');
  const script = `
    cat /etc/hostname | wc -c
    ls /nonexistent/file
    sleep 5 & kill $!; wait
    "$0" -e 'for (let i = 0; i < 8; i++) require("fs").readFile("/etc/hostname", () => {})'
    exit 0`;
  // -w counts the time that -T prints; without it the table has the time spent in the kernel
  const options = ['-f', '-ttt', '-y', '-C', '-w', '--syscall-times=ns', '-o', file];
  try {
    execFileSync('strace', [...options, 'sh', '-c', script, process.execPath], { stdio: 'ignore' });
    return readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing) throw new Error('strace is missing: apt-get install strace', { cause: error });
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `% time seconds usecs/call calls errors syscall`, a line a system call. */
function readTable(log: Buffer): Map<string, Counted> {
  const text = log.toString('latin1');
  const lines = text.slice(text.lastIndexOf('% time')).split('\n').slice(2);
  const end = lines.findIndex((line) => line.startsWith('------'));
  return new Map(
    lines.slice(0, end).map((line) => {
      const [, seconds, , calls, ...rest] = line.trim().split(/\s+/);
      const errors = rest.length > 1 ? Number(rest[0]) : 0;
      return [rest.at(-1) as string, { calls: Number(calls), errors, seconds: Number(seconds) }];
    }),
  );
}

function countRows(rows: Row[]): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const row of rows) {
    if (row.kind !== 'call' || reasonOf(row) !== undefined) continue;
    const count = counts.get(row.syscall as string) ?? { calls: 0, errors: 0, seconds: 0 };
    counts.set(row.syscall as string, count);
    count.calls++;
    if (row.error !== null) count.errors++;
    count.seconds += (row.duration_ns ?? 0) / 1e9;
  }
  return counts;
}

function reasonOf(row: Row): string | undefined {
  return Object.keys(uncounted).find((reason) => uncounted[reason](row));
}

function reasonsOf(rows: Row[]): string[] {
  const calls = rows.filter((row) => row.kind === 'call');
  const found = new Set(calls.map(reasonOf));
  return Object.keys(uncounted).filter((reason) => found.has(reason));
}

function withoutTimes(counts: Map<string, Counted>): string[] {
  return [...counts]
    .map(([syscall, { calls, errors }]) => `${syscall}: ${calls} calls, ${errors} errors`)
    .sort();
}
