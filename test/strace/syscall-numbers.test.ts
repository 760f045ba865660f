import { expect, test } from 'vitest';
import { callOf } from '../../lib/strace/syscall-numbers.ts';
import { parseLog } from './parsed-log.ts';

test.each([
  ['syscall_0x1b3', 'clone3'],
  ['syscall_435', 'clone3'],
  ['syscall_424', 'pidfd_send_signal'],
  ['syscall_0x1d7', 'rseq_slice_yield'],
])('knows %s as %s', (text, call) => {
  expect(callOf(text)).toBe(call);
});

// 332 is statx on x86-64 and another call elsewhere; 1431 is none
test.each(['syscall_332', 'syscall_0x14c', 'syscall_1431', 'syscall_', 'clone3', 'syscall_435x'])(
  'leaves %s as it is',
  (text) => {
    expect(callOf(text)).toBe(text);
  },
);

test('a child of a call that strace knew by its number alone executes what its parent does', () => {
  const { rows } = parseLog(
    Buffer.from(
      [
        '7 execve("/bin/a", ["a"], 0x7ffc /* 3 vars */) = 0',
        '7 syscall_435(0x7ffd1c0, 0x58, 0x7f1, 0x7f2, 0, 0) = 0x8',
        '8 getpid() = 8',
        '',
      ].join('\n'),
    ),
  );
  expect(rows.map(({ pid, executable, syscall }) => [pid, executable, syscall])).toEqual([
    [7, '/bin/a', 'execve'],
    [7, '/bin/a', 'syscall_435'],
    [8, '/bin/a', 'getpid'],
  ]);
  expect(rows[1].classes).toEqual(['process']);
});
