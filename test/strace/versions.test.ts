import { describe, expect, it } from 'vitest';
import { logNames, readTestLog } from '../recorded-logs.ts';
import { parseLog } from './parsed-log.ts';
import { countRows, readTable, withoutTimes } from './strace-table.ts';

const versions = logNames
  .filter((name) => name.startsWith('version_'))
  .map((name) => name.slice('version_'.length, -'.log'.length));

it('knows logs from 4.8 to 7.2', () => {
  expect(versions).toEqual(expect.arrayContaining(['4.8', '4.26', '5.18', '7.2']));
});

describe.each(versions)('strace %s', (version) => {
  const log = readTestLog(`version_${version}.log`);
  const { rows } = parseLog(log);

  it('has the calls and errors of its table', () => {
    expect(withoutTimes(countRows(rows))).toEqual(withoutTimes(readTable(log)));
  });

  it('knows what every thread executes', () => {
    expect(rows.filter((row) => row.executable === null)).toEqual([]);
  });

  it('knows what is done with a library', () => {
    const calls = rows.filter((row) => row.path?.endsWith('/libc.so.6'));
    const uses = calls.map(({ syscall, fd, bytes, direction }) => {
      // before 4.9 pread64 is called pread
      return [syscall?.replace('64', ''), fd, bytes, direction].join(' ');
    });
    const counts = [...Map.groupBy(uses, (use) => use)].map(([use, { length }]) => [use, length]);
    expect(Object.fromEntries(counts)).toEqual({
      'openat 3  ': 5,
      'read 3 832 in': 5,
      'pread 3 784 in': 10,
      'newfstatat   ': 5,
      'mmap 3  ': 20,
      'close 3  ': 5,
    });
  });

  it('knows the class of all that any version names', () => {
    const exits = rows.filter((row) => /^_?exit/.test(row.syscall ?? ''));
    expect(exits.length).toBeGreaterThan(5);
    expect(exits.flatMap((row) => row.classes)).toEqual(exits.map(() => 'process'));
  });
});
