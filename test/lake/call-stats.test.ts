import { describe, expect, it } from 'vitest';
import { CallStats } from '../../lib/lake/call-stats.ts';
import { convertLog } from '../../lib/lake/convert-log.ts';
import type { RecordingOptions } from '../../lib/lake/manifest.ts';
import { statsColumns } from '../../lib/lake/stats-columns.ts';
import { encodeStats, type StatsHead } from '../../lib/lake/stats-file.ts';
import { statsTimeOf } from '../../lib/lake/stats-time.ts';
import { logNames, readTestLog } from '../recorded-logs.ts';
import { countRows } from './counted-rows.ts';
import { readRows } from './parquet-bytes.ts';

const head: StatsHead = {
  session: 'app',
  day: '2026-11-23',
  day_from: 'metadata',
  recorded_ns: 1_795_424_400_123_456_789n,
  elapsed_ns: null,
  labels: { branch: 'main', job: 'a=b' },
};

type Row = Record<string, unknown>;

async function convert(log: Uint8Array): Promise<{ calls: Row[]; stats: CallStats }> {
  const stats = new CallStats();
  const calls: Row[] = [];
  const parts = convertLog(inOne(log), { session: 'app', date: '2026-11-23', stats });
  for await (const { body } of parts) {
    calls.push(...(await readRows(Buffer.concat(await Array.fromAsync(body)))));
  }
  return { calls, stats };
}

async function* inOne(bytes: Uint8Array) {
  yield bytes;
}

/** The same sums, row by row. */
function sumUp(calls: Row[]): Row[] {
  const groups = new Map<string, Row[]>();
  for (const call of calls.filter(({ kind }) => kind === 'call')) {
    const key = JSON.stringify([call.executable, call.syscall, call.error]);
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()].map((group) => {
    const sum = (name: string) => {
      const values = group.map((call) => call[name]).filter((value) => value != null) as bigint[];
      return values.length === 0 ? null : values.reduce((a, b) => a + b, 0n);
    };
    const durations = group.map((call) => call.duration_ns as bigint | null);
    const known = durations.filter((duration) => duration != null);
    return {
      executable: group[0].executable,
      syscall: group[0].syscall,
      error: group[0].error,
      calls: BigInt(group.length),
      duration_ns: sum('duration_ns'),
      longest_ns: known.length === 0 ? null : known.toSorted((a, b) => Number(a - b)).at(-1),
      bytes: sum('bytes'),
      direction: group.find((call) => call.direction != null)?.direction ?? null,
    };
  });
}

const keyOf = (row: Row) => JSON.stringify([row.executable, row.syscall, row.error]);
const sorted = (rows: Row[]) => rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

describe('the statistics of a session', () => {
  it.each(logNames)('are the sums of its calls: %s', async (name) => {
    const { calls, stats } = await convert(readTestLog(name));
    const { bytes, rows } = encodeStats(stats, head);
    const read = await readRows(bytes);
    expect(Object.keys(read[0])).toEqual(statsColumns.map((column) => column.name));
    expect(read).toHaveLength(rows);
    const counted = read.map(
      ({ session, day, day_from, recorded_ns, elapsed_ns, labels, processes, ...row }) => {
        const constant = { session, day, day_from, recorded_ns, elapsed_ns };
        expect({ ...constant, labels }).toEqual({ ...head, labels: ['branch=main', 'job=a=b'] });
        const known = new Set(calls.map((call) => call.process).filter((process) => process));
        expect(processes).toBe(BigInt(Math.max(known.size, 1)));
        return row;
      },
    );
    expect(sorted(counted)).toEqual(sorted(sumUp(calls)));
  });

  it('have one row when there is no call', async () => {
    const { stats } = await convert(Buffer.from('100 10:00:00 +++ exited with 0 +++\n'));
    const [row, ...others] = await readRows(encodeStats(stats, head).bytes);
    expect(row).toMatchObject({ calls: 0n, syscall: null, duration_ns: null, processes: 1n });
    expect(others).toEqual([]);
  });

  it('are exact beyond 2^53', () => {
    const long = 2 ** 51 + 1;
    const stats = new CallStats();
    for (let chunk = 0; chunk < 3; chunk++) {
      const read = { syscall: 'read', duration_ns: long, bytes: long };
      const calls = countRows([
        ...[read, read, read],
        { syscall: 'read', bytes: long },
        { syscall: 'read', duration_ns: 3 },
      ]);
      stats.add({ calls, processes: [7] });
    }
    expect(stats.rows()).toEqual([
      {
        executable: null,
        syscall: 'read',
        error: null,
        calls: 15,
        duration_ns: 9n * BigInt(long) + 9n,
        longest_ns: long,
        bytes: 12n * BigInt(long),
      },
    ]);
    expect(stats.processes).toBe(1);
  });

  it('are exact beyond 2^64', () => {
    const read = { syscall: 'read', duration_ns: 2 ** 62, bytes: 2 ** 62 };
    const stats = new CallStats();
    stats.add({ calls: countRows(Array(9).fill(read)), processes: [] });
    const [row] = stats.rows();
    expect(row).toMatchObject({ duration_ns: 9n << 62n, longest_ns: 2 ** 62, bytes: 9n << 62n });
  });

  it('tell many groups apart', () => {
    const count = 5000;
    const calls = countRows(
      Array.from({ length: count }, (_, i) => ({
        executable: i === 0 ? undefined : `n${i}`,
        syscall: `n${(i % 100) + 1}`,
        error: i % 3 === 0 ? undefined : `n${i}`,
      })),
    );
    expect(calls).toHaveLength(count);
    expect(calls[4321]).toMatchObject({ executable: 'n4321', syscall: 'n22', error: 'n4321' });
    expect(calls[3]).toMatchObject({ executable: 'n3', syscall: 'n4', error: null, calls: 1 });
  });
});

describe('the day of a session', () => {
  const uploaded = new Date('2026-11-23T22:30:00Z');
  const timeOf = (start_time: string | null, clock: RecordingOptions['clock'], hasDate = false) =>
    statsTimeOf(
      { start_time, end_time: start_time, options: { clock } as RecordingOptions },
      uploaded,
      hasDate,
    );

  it.each([
    ['2026-11-20T23:59:59.999999999Z', 'epoch', false, '2026-11-20', 'log'],
    ['2026-11-20T01:00:00.000000000Z', 'time-of-day', true, '2026-11-20', 'metadata'],
    ['2026-11-23T01:00:00.000000000Z', 'time-of-day', false, '2026-11-23', 'upload'],
    ['2026-11-24T01:00:00.000000000Z', 'epoch', false, '2026-11-24', 'log'],
    ['2026-11-25T01:00:00.000000000Z', 'epoch', false, '2026-11-23', 'upload'],
    ['1970-01-01T00:00:07.000000000Z', 'epoch', false, '2026-11-23', 'upload'],
    [null, 'none', true, '2026-11-23', 'upload'],
  ] as const)(
    '%s by the clock %s (date given: %s) is %s of the %s',
    (start, clock, has, day, from) => {
      const time = timeOf(start, clock, has);
      expect(time).toMatchObject({ day, day_from: from });
      expect(new Date(Number(time.recorded_ns / 1_000_000n)).toISOString().slice(0, 10)).toBe(day);
    },
  );

  it('has its time to the nanosecond', () => {
    const { recorded_ns, elapsed_ns } = timeOf('2026-11-20T23:59:59.999999999Z', 'epoch');
    expect(recorded_ns % 1_000_000_000n).toBe(999_999_999n);
    expect(elapsed_ns).toBe(0n);
  });
});
