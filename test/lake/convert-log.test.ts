import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callColumns } from '../../lib/lake/columns.ts';
import { type ConvertOptions, convertLog } from '../../lib/lake/convert-log.ts';
import type { ParseSummary } from '../../lib/lake/manifest.ts';
import { logNames, readTestLog } from '../recorded-logs.ts';
import { anyLog } from '../strace/any-log.ts';
import { parseLog, type Row } from '../strace/parsed-log.ts';
import { readFooter, readRows } from './parquet-bytes.ts';

const options: ConvertOptions = { session: 's', date: '2026-11-23' };
const cases = new URL('../strace/cases/', import.meta.url);
const caseNames = (await readdir(cases)).filter((name) => name.endsWith('.log'));
const inputs: [string, () => Promise<Uint8Array>][] = [
  ...logNames.map((name): (typeof inputs)[0] => [name, async () => readTestLog(name)]),
  ...caseNames.map((name): (typeof inputs)[0] => [name, () => readFile(new URL(name, cases))]),
];

let folder: string;
let instance: DuckDBInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-'));
  instance = await DuckDBInstance.create(':memory:');
});

afterAll(async () => {
  instance.closeSync();
  await rm(folder, { recursive: true });
});

describe.each(inputs)('the files of %s', (_name, read) => {
  it('hold the rows of the parser, to two other readers', async () => {
    const log = await read();
    const { parts, summary } = await convert(log);
    const expected = parseLog(log);
    const rows = expected.rows.map((row) => ({ session: 's', ...row }));
    expect(parts).toHaveLength(rows.length === 0 ? 0 : 1);
    expect(summary.rows).toBe(rows.length);
    expect(summary.lines).toBe(expected.lines);
    expect(summary.log_bytes).toBe(log.length);
    const calls = rows.filter(({ kind }) => kind === 'call');
    const errors = calls.filter(({ error }) => error !== null);
    expect(summary).toMatchObject({ calls: calls.length, errors: errors.length });
    const counts = Object.values(summary.lines_by_kind);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(summary.lines);
    expect((await Promise.all(parts.map((part) => readRows(part)))).flat().map(inOrder)).toEqual(
      rows.map(inOrder),
    );
    expect((await readWithDuckDb(parts)).map(inOrder)).toEqual(rows.map(inOrder));
  });
});

it('has the rows of the parser whatever the log is', async () => {
  await fc.assert(
    fc.asyncProperty(anyLog, async (log) => {
      const { parts, summary } = await convert(log);
      const { rows, lines } = parseLog(log);
      const read = (await Promise.all(parts.map((part) => readRows(part)))).flat();
      expect(read.map(inOrder)).toEqual(rows.map((row) => inOrder({ session: 's', ...row })));
      expect(summary.lines).toBe(lines);
      const counts = Object.values(summary.lines_by_kind);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(lines);
    }),
    { numRuns: 200 },
  );
});

it('has no file when a log has no row', async () => {
  const logs = ['', '\n', 'make: done\n', '12 \n'];
  for (const log of logs) expect((await convert(Buffer.from(log))).parts).toEqual([]);
});

it('holds one row', async () => {
  const { parts } = await convert(Buffer.from('close(3) = 0\n'));
  const [row] = (await readRows(parts[0])) as unknown as Row[];
  expect(row).toMatchObject({ session: 's', syscall: 'close', ret: 0n, pid: null, time_ns: null });
});

it('has every declared column, in order', async () => {
  const { parts } = await convert(Buffer.from('close(3) = 0\n'));
  const [row] = await readRows(parts[0]);
  expect(Object.keys(row)).toEqual(callColumns.map((column) => column.name));
});

it.each(['gcc_C.log', 'torture_C.log'])("agrees with strace's table in %s", async (name) => {
  const { summary } = await convert(readTestLog(name));
  expect(summary.strace_table?.rows.length).toBeGreaterThan(20);
  expect(summary.strace_table?.differences).toEqual([]);
});

it("reads strace's table of each personality", async () => {
  const { summary } = await convert(await readFile(new URL('summary-twice.log', cases)));
  expect(summary.strace_table).toMatchObject({
    rows: [{ syscall: 'close' }, { syscall: 'read' }],
    differences: [],
  });
});

it("tells where it disagrees with strace's table", async () => {
  const text = readTestLog('gcc_C.log').toString('latin1');
  const log = text.replace(/^.* access\(.* = -1 ENOENT .*\n/m, '');
  const { summary } = await convert(Buffer.from(log, 'latin1'));
  expect(summary.strace_table?.differences).toEqual([
    { syscall: 'access', column: 'calls', strace: 66, parsed: 65 },
    { syscall: 'access', column: 'errors', strace: 44, parsed: 43 },
  ]);
});

describe('a long log', () => {
  const copies = 51;
  const log = readTestLog('gcc.log');

  it('becomes row groups of some megabytes, in little memory', async () => {
    const before = process.memoryUsage().rss;
    const { parts, summary } = await convert(repeat(log, copies));
    const grown = process.memoryUsage().rss - before;
    const { row_groups } = readFooter(parts[0]);
    const count = parseLog(log).rows.length * copies;
    expect(parts).toHaveLength(1);
    expect(summary.log_bytes).toBe(log.length * copies);
    expect(summary.rows).toBe(count);
    expect(row_groups.length).toBeGreaterThanOrEqual(3);
    expect(row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0)).toBe(count);
    expect(grown).toBeLessThan(300 << 20);
    const rows = await readRows(parts[0], ['seq']);
    const lines = rows.map((row) => Number(row.seq));
    expect(new Set(lines).size).toBe(count);
    expect(Math.max(...lines.slice(-10))).toBe(summary.lines);
  }, 20_000);

  it('lets go of the pieces that it owns, once they were read', async () => {
    const pieces = Array.from({ length: 3 }, () => Uint8Array.from(log));
    const part = Uint8Array.from(log).subarray(1);
    const { summary } = await convert(
      (async function* () {
        yield* pieces;
        yield part;
      })(),
      { ...options, ownsPieces: true },
    );
    expect(summary.log_bytes).toBe(4 * log.length - 1);
    expect(pieces.map(({ length }) => length)).toEqual([0, 0, 0]);
    expect(part).toEqual(Uint8Array.from(log).subarray(1));
  });

  it('has the same files however its bytes arrive', async () => {
    const whole = await convert(repeat(log, 20));
    const pieces = await convert(inPieces(repeat(log, 20), 65_537));
    expect(pieces.parts.map((part) => Buffer.compare(part, whole.parts[0]))).toEqual([0]);
    expect(pieces.summary).toEqual(whole.summary);
  });

  it('has the same files from two threads', async () => {
    const one = await convert(repeat(log, 80));
    const threads = { ...options, threads: 2, chunksAlone: 2 };
    const started = once(process, 'worker');
    const two = await convert(repeat(log, 80), threads);
    await started;
    expect(two.parts.map((part) => Buffer.compare(part, one.parts[0]))).toEqual([0]);
    expect(two.summary).toEqual(one.summary);
  });
});

/** The parts' bytes, and what convertLog counted. */
async function convert(
  log: Uint8Array | AsyncIterable<Uint8Array>,
  how = options,
): Promise<{ parts: Uint8Array[]; summary: ParseSummary }> {
  const parts: Uint8Array[] = [];
  const conversion = convertLog(log instanceof Uint8Array ? streamOf(log) : log, how);
  for (;;) {
    const next = await conversion.next();
    if (next.done) return { parts, summary: next.value };
    const bytes = await Array.fromAsync(next.value.body, (piece) => piece.slice());
    parts.push(Buffer.concat(bytes));
    expect(next.value.sizeBytes).toBe(parts.at(-1)?.length);
  }
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* repeat(bytes: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < times; i++) yield bytes;
}

async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  }
}

async function readWithDuckDb(parts: Uint8Array[]): Promise<Record<string, unknown>[]> {
  if (parts.length === 0) return [];
  const file = join(folder, 'part.parquet');
  await writeFile(file, Buffer.concat(parts));
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
    return reader.getRowObjectsJS();
  } finally {
    connection.closeSync();
  }
}

/** A row with its columns in the order they are declared in, all 64-bit ones as bigint. */
function inOrder(row: object): unknown[] {
  const values = new Map<string, unknown>(Object.entries(row));
  return callColumns.map(({ name, type }) => {
    const value = values.get(name);
    return type === 'bigint' && typeof value === 'number' ? BigInt(value) : value;
  });
}
