import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLog } from '../strace/parsed-log.ts';
import { countRows, readTable, reasonsOf, withoutTimes } from '../strace/strace-table.ts';

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
