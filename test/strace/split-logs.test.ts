import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSplitLogs, type SplitLog } from '../../lib/strace/split-logs.ts';

/** A file held in memory, read in pieces of `size` bytes; counts how often it is open. */
class MemoryLog implements SplitLog {
  opened = 0;
  readonly pid: number;
  readonly #bytes: Buffer;
  readonly #size: number;

  constructor(pid: number, text: string, size = 7) {
    this.pid = pid;
    this.#bytes = Buffer.from(text);
    this.#size = size;
  }

  async *open(): AsyncGenerator<Uint8Array> {
    this.opened++;
    try {
      for (let at = 0; at < this.#bytes.length; at += this.#size) {
        yield this.#bytes.subarray(at, at + this.#size);
      }
    } finally {
      this.opened--;
    }
  }
}

async function merge(files: Record<number, string>, size = 7): Promise<string> {
  const logs = Object.entries(files).map(([pid, text]) => new MemoryLog(Number(pid), text, size));
  let merged = '';
  for await (const chunk of mergeSplitLogs(logs)) merged += Buffer.from(chunk).toString();
  expect(logs.map((log) => log.opened)).toEqual(logs.map(() => 0));
  return merged;
}

const lines = (...text: string[]) => text.map((line) => `${line}\n`).join('');

describe('mergeSplitLogs', () => {
  it('orders the lines by time of day and puts the pid before them', async () => {
    const merged = await merge({
      100: lines('10:00:00.000001 fork() = 101', '10:00:00.000005 wait4(-1) = 101'),
      101: lines('10:00:00.000002 getpid() = 101', '10:00:00.000004 +++ exited with 0 +++'),
    });
    expect(merged).toBe(
      lines(
        '100 10:00:00.000001 fork() = 101',
        '101 10:00:00.000002 getpid() = 101',
        '101 10:00:00.000004 +++ exited with 0 +++',
        '100 10:00:00.000005 wait4(-1) = 101',
      ),
    );
  });

  it('orders by epoch times down to the nanosecond', async () => {
    const merged = await merge({
      1: lines('1795426288.000000002 a() = 0', '1795426289.000000000 d() = 0'),
      2: lines('1795426288.000000001 b() = 0', '1795426288.999999999 c() = 0'),
    });
    expect(merged.match(/[abcd](?=\()/g)?.join('')).toBe('bacd');
  });

  it('goes on over midnight inside a file and in files that begin after it', async () => {
    const merged = await merge({
      7: lines('23:59:59.5 a() = 0', '00:00:01.5 c() = 0', '00:00:03.5 e() = 0'),
      8: lines('00:00:00.5 b() = 0', '00:00:02.5 d() = 0'),
    });
    expect(merged.match(/[abcde](?=\()/g)?.join('')).toBe('abcde');
  });

  it('keeps stack frames and dumps behind their line, without a pid', async () => {
    const merged = await merge({
      1: lines(
        '10:00:01 a() = 0',
        ' > /lib/x.so(f+0x1) [0x2]',
        ' | 00000  61  a |',
        '10:00:03 c() = 0',
      ),
      2: lines('10:00:01 b() = 0', ' > /lib/y.so() [0x3]'),
    });
    expect(merged).toBe(
      lines(
        '1 10:00:01 a() = 0',
        ' > /lib/x.so(f+0x1) [0x2]',
        ' | 00000  61  a |',
        '2 10:00:01 b() = 0',
        ' > /lib/y.so() [0x3]',
        '1 10:00:03 c() = 0',
      ),
    );
  });

  it('puts files without times one after another in order of pid', async () => {
    const merged = await merge({
      20: lines('a() = 0', 'b() = 0'),
      3: lines('c() = 0', 'd() = 0'),
      100: 'e() = 0',
    });
    expect(merged).toBe(
      lines('3 c() = 0', '3 d() = 0', '20 a() = 0', '20 b() = 0', '100 e() = 0 <cut off ...>'),
    );
  });

  it('leaves out what -r counts from the line before in whichever file', async () => {
    const files = { 7: lines('     0.000000 fork() = 8', '     0.000130 [  61] wait4(8) = 8') };
    expect(await merge({ ...files, 8: lines('     0.000020 exit(0) = ?', ' > a() [0x1]') })).toBe(
      lines('7 fork() = 8', '7 wait4(8) = 8', '8 exit(0) = ?', ' > a() [0x1]'),
    );
    expect(await merge(files)).toBe(
      lines('7      0.000000 fork() = 8', '7      0.000130 [  61] wait4(8) = 8'),
    );
  });

  it('goes on over an idle gap of more than half a day', async () => {
    const merged = await merge({
      7: lines('20:00:00.5 a() = 0', '14:00:01.5 c() = 0'),
      8: lines('20:00:01.5 b() = 0', '15:00:01.5 d() = 0', '01:00:00.5 e() = 0'),
    });
    expect(merged.match(/[abcde](?=\()/g)?.join('')).toBe('abcde');
  });

  it('leaves lines alone that have a pid already', async () => {
    expect(await merge({ 5: lines('5<cat> 10:00:00 a() = 0') })).toBe('5<cat> 10:00:00 a() = 0\n');
  });

  it('takes empty files, and none at all', async () => {
    expect(await merge({ 1: '', 2: '10:00:00 a() = 0\n', 3: '\n' })).toBe('2 10:00:00 a() = 0\n\n');
    expect(await merge({})).toBe('');
  });

  it('keeps only the files open that are being read', async () => {
    const log = (i: number) =>
      new MemoryLog(i, lines(`10:00:${10 + i}.1 a() = 0`, `10:00:${10 + i}.2 b() = 0`));
    const logs = Array.from({ length: 40 }, (_, i) => log(i + 1));
    let most = 0;
    for await (const _ of mergeSplitLogs(logs)) {
      most = Math.max(most, logs.filter((each) => each.opened > 0).length);
    }
    expect(most).toBeLessThanOrEqual(2);
  });

  it('closes its files when the reader stops or a file fails', async () => {
    const long = '10:00:00 read(3, "abcdefghijklmnopqrstuvwxyz") = 26\n'.repeat(10_000);
    const logs = [new MemoryLog(1, long, 1000), new MemoryLog(2, long, 1000)];
    for await (const _ of mergeSplitLogs(logs)) break;
    expect(logs.map((log) => log.opened)).toEqual([0, 0]);

    const failing: SplitLog = {
      pid: 3,
      async *open() {
        yield Buffer.from('10:00:00 a() = 0\n');
        throw new Error('connection lost');
      },
    };
    const reading = (async () => {
      for await (const _ of mergeSplitLogs([...logs, failing]));
    })();
    await expect(reading).rejects.toThrow('connection lost');
    expect(logs.map((log) => log.opened)).toEqual([0, 0]);
  });

  it('gives the stable sort of the lines by time, however the files are cut into chunks', async () => {
    const file = fc
      .array(fc.nat(50), { maxLength: 20 })
      .map((times) => times.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 6 }),
        fc.integer({ min: 1, max: 60 }),
        async (files, size) => {
          const stamp = (time: number) => `17954262${10 + time}.5`;
          const text = files.map((times, pid) =>
            times.map((time, i) => `${stamp(time)} call_${pid}_${i}() = 0\n`).join(''),
          );
          const merged = await merge(
            Object.fromEntries(text.map((each, i) => [i + 1, each])),
            size,
          );
          const all = text.flatMap((each, i) =>
            each
              .split('\n')
              .slice(0, -1)
              .map((line) => `${i + 1} ${line}`),
          );
          const got = merged.split('\n').slice(0, -1);
          expect([...got].sort()).toEqual([...all].sort());
          const times = got.map((line) => line.split(' ')[1]);
          expect(times).toEqual([...times].sort());
          for (let pid = 0; pid < files.length; pid++) {
            const own = got.filter((line) => line.includes(`call_${pid}_`));
            expect(own).toEqual(all.filter((line) => line.includes(`call_${pid}_`)));
          }
        },
      ),
    );
  });
});
