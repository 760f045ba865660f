import { describe, expect, test } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import type { ParseSummary } from '../../lib/lake/manifest.ts';
import { mergeSplitLogs } from '../../lib/strace/split-logs.ts';
import { recordShell } from './recording.ts';

/** Option sets whose logs end with strace's own table, so that every call can be counted against it. */
const OPTION_SETS: Record<string, string[]> = {
  plain: ['-C'],
  f: ['-f', '-C'],
  'f-t': ['-f', '-t', '-C'],
  'f-tt-T-y-yy': ['-f', '-tt', '-T', '-y', '-yy', '-s', '2048', '-C'],
  'f-ttt-T': ['-f', '-ttt', '-T', '-C', '-w'],
  'f-r': ['-f', '-r', '-C'],
  'f-r-tt': ['-f', '-r', '-tt', '-C'],
  seconds: ['-f', '--absolute-timestamps=precision:s', '--syscall-times=s', '-C'],
  milliseconds: ['-f', '--absolute-timestamps=precision:ms', '--syscall-times=ms', '-C'],
  nanoseconds: ['-f', '--absolute-timestamps=format:unix,precision:ns', '--syscall-times=ns', '-C'],
  'i-n': ['-f', '-tt', '-i', '-n', '-C'],
  Y: ['-f', '-ttt', '-T', '-Y', '-y', '-yy', '-C'],
  'X-raw': ['-f', '-ttt', '-X', 'raw', '-C'],
  'X-verbose': ['-f', '-ttt', '-X', 'verbose', '-C'],
  'e-raw': ['-f', '-ttt', '-e', 'raw=all', '-C'],
  x: ['-f', '-ttt', '-x', '-y', '-C'],
  xx: ['-f', '-ttt', '-xx', '-y', '-C'],
  'hex-chars': ['-f', '-ttt', '--strings-in-hex=non-ascii-chars', '-C'],
  v: ['-f', '-ttt', '-v', '-s', '8', '-C'],
  k: ['-f', '-tt', '-k', '-C'],
  dump: ['-f', '-ttt', '-e', 'read=all', '-e', 'write=all', '-C'],
  inject: ['-f', '-ttt', '-T', '-e', 'inject=openat:delay_exit=10:when=3', '-C'],
  'inject-error': ['-f', '-ttt', '-T', '-e', 'inject=newfstatat:error=EPERM:when=5', '-C'],
  'file-class': ['-f', '-ttt', '-e', 'trace=%file', '-C'],
  'process-class': ['-f', '-ttt', '-e', 'trace=%process', '-C'],
  quiet: ['-f', '-ttt', '-qq', '-C'],
  column: ['-f', '-ttt', '-a', '80', '-C'],
  failed: ['-f', '-ttt', '-Z', '-C'],
  successful: ['-f', '-ttt', '-z', '-C'],
};

async function parse(log: AsyncIterable<Uint8Array>): Promise<ParseSummary> {
  const parts = convertLog(log, { session: 's', storedAt: new Date() });
  for (;;) {
    const step = await parts.next();
    if (step.done) return step.value;
    for await (const _bytes of step.value.body);
  }
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function expectWhole(summary: ParseSummary): void {
  expect(summary.unparsed).toEqual([]);
  const counted = Object.values(summary.lines_by_kind).reduce((sum, count) => sum + count, 0);
  expect(counted).toBe(summary.lines);
  expect(summary.rows).toBeGreaterThan(0);
}

describe('a log recorded now has every line read and every call that strace counted', () => {
  test.each(Object.entries(OPTION_SETS))('%s', async (_name, options) => {
    const { files } = recordShell(options);
    expect(files).toHaveLength(1);
    const summary = await parse(streamOf(files[0].bytes));
    expectWhole(summary);
    expect(summary.strace_table?.rows.length).toBeGreaterThan(0);
    // -z and -Z print some of the calls but count all of them
    const isFiltered = options.includes('-z') || options.includes('-Z');
    if (!isFiltered) expect(summary.strace_table?.differences).toEqual([]);
  });
});

describe('a log recorded now without a table has every line read', () => {
  test('captured from stderr', async () => {
    const { files } = recordShell(['-f', '-tt', '-T'], true);
    expectWhole(await parse(streamOf(files[0].bytes)));
  });

  test('a file for each thread', async () => {
    const { files } = recordShell(['-ff', '-ttt', '-T']);
    expect(files.length).toBeGreaterThan(5);
    const members = files.map(({ name, bytes }) => ({
      pid: Number(name.slice('log.'.length)),
      open: () => streamOf(bytes),
    }));
    expectWhole(await parse(mergeSplitLogs(members)));
  });
});
