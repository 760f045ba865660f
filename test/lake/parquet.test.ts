import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { describe, expect, it } from 'vitest';
import { bitWidth, putHybrid } from '../../lib/lake/parquet/bit-packing.ts';
import { ByteSink } from '../../lib/lake/parquet/byte-sink.ts';
import { putDeltaBinaryPacked } from '../../lib/lake/parquet/delta.ts';
import { DictionaryColumn } from '../../lib/lake/parquet/dictionary-column.ts';
import { ParquetFileWriter } from '../../lib/lake/parquet/file-writer.ts';
import { IntDictionaryColumn } from '../../lib/lake/parquet/int-dictionary-column.ts';
import { Int64Column } from '../../lib/lake/parquet/int64-column.ts';
import { encodeRowGroup } from '../../lib/lake/parquet/row-group.ts';
import { StringListColumn } from '../../lib/lake/parquet/string-list-column.ts';
import { TextColumn } from '../../lib/lake/parquet/text-column.ts';
import { readFooter, readRows, schemaOf } from './parquet-bytes.ts';

const int64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const edges = fc.constantFrom(0n, -1n, 1n, (1n << 63n) - 1n, -(1n << 63n), 1n << 32n, -(1n << 31n));

describe('the RLE and bit-packing hybrid', () => {
  it('holds numbers of any width', () => {
    // beyond 24 bits the reader is wrong; a dictionary of a row group never grows so large
    const numbers = fc
      .integer({ min: 0, max: 24 })
      .chain((bits) => fc.array(fc.nat(2 ** bits - 1), { minLength: 1, maxLength: 300 }));
    fc.assert(
      fc.property(numbers, fc.nat(50), (values, skipped) => {
        const width = bitWidth(values.reduce((max, value) => Math.max(max, value)));
        const sink = new ByteSink(1);
        const padded = Int32Array.from([...Array(skipped).fill(0), ...values]);
        putHybrid(sink, padded, skipped, padded.length, width);
        const read = new Int32Array(values.length);
        readRleBitPackedHybrid(reader(sink), width, read, sink.length);
        expect([...read]).toEqual(values);
      }),
    );
  });
});

describe('delta binary packing', () => {
  it('holds any 64-bit numbers, or declines', () => {
    const close = fc
      .tuple(int64, fc.array(fc.integer({ min: -1e9, max: 1e9 })))
      .map(([first, steps]) => {
        let last = first;
        return steps.map((step) => {
          last = BigInt.asIntN(64, last + BigInt(step));
          return last;
        });
      });
    fc.assert(
      fc.property(fc.oneof(close, fc.array(fc.oneof(int64, edges))), (values) => {
        const sink = new ByteSink(1);
        sink.putByte(7);
        const isPacked = putDeltaBinaryPacked(sink, pairsOf(values), values.length);
        if (!isPacked) {
          expect(sink.length).toBe(1);
          expect(values.some((value, i) => i > 0 && isFar(value, values[i - 1]))).toBe(true);
          return;
        }
        const read = new BigInt64Array(values.length);
        const from = reader(sink);
        from.offset = 1;
        if (values.length > 0) deltaBinaryUnpack(from, values.length, read);
        expect([...read]).toEqual(values);
      }),
      { numRuns: 500 },
    );
  });
});

interface Values {
  delta: bigint | null;
  plain: bigint | null;
  small: number | null;
  large: bigint | null;
  word: string | null;
  text: string | null;
  list: string[];
}

const string = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'a', 'b', '\0', '\u{10ffff}'),
  fc.constantFrom('z'.repeat(70), 'é'.repeat(40), '\u{10ffff}'.repeat(20), '\0'.repeat(80)),
);
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 4 });
const row: fc.Arbitrary<Values> = fc.record({
  delta: orNull(fc.oneof(int64, edges, fc.bigInt(1n << 60n, (1n << 60n) + 1000n))),
  plain: orNull(fc.oneof(int64, edges)),
  small: orNull(fc.oneof(fc.nat(3), fc.integer())),
  large: orNull(fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(0n, BigInt(Number.MAX_SAFE_INTEGER)))),
  word: orNull(string),
  text: orNull(string),
  list: fc.array(string, { maxLength: 4 }),
});

describe('a file', () => {
  it('holds what was put into it, group by group', async () => {
    const groups = fc.array(fc.array(row, { minLength: 1, maxLength: 40 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(groups, async (rows) => {
        const file = write(rows);
        expect(await readRows(file)).toEqual(rows.flat());
        expectTrueStatistics(file, rows);
      }),
      { numRuns: 150 },
    );
  });

  it('holds columns of many pages', async () => {
    const rows = Array.from({ length: 70_001 }, (_, i): Values => {
      const isNull = i % 7 === 0 || (i > 33_000 && i < 67_000);
      return {
        delta: isNull ? null : BigInt(i) * 1_000_000_007n,
        plain: i < 69_999 ? null : BigInt(i),
        small: isNull ? null : i % 3,
        large: isNull ? null : BigInt(i) * 1000n,
        word: isNull ? null : `word ${i % 1000}`,
        text: i % 11 === 0 ? null : 'x'.repeat(i % 100),
        list: Array.from({ length: i % 4 }, (_, j) => `${i} ${j}`),
      };
    });
    const file = write([rows]);
    expect(await readRows(file)).toEqual(rows);
    expectTrueStatistics(file, [rows]);
  });

  it('may hold nothing but nulls', async () => {
    const nothing = { delta: null, plain: null, small: null, large: null, word: null, text: null };
    const rows = [{ ...nothing, list: [] }];
    expect(await readRows(write([rows]))).toEqual(rows);
  });
});

function write(groups: Values[][]): Uint8Array {
  const columns = {
    delta: new Int64Column('delta', true),
    plain: new Int64Column('plain', false),
    small: new IntDictionaryColumn('small'),
    large: new IntDictionaryColumn('large', 'INT64'),
    word: new DictionaryColumn('word'),
    text: new TextColumn('text'),
    list: new StringListColumn('list'),
  };
  const file = new ParquetFileWriter(
    schemaOf({
      ...{ delta: 'bigint', plain: 'bigint', small: 'int', large: 'bigint' },
      ...{ word: 'text', text: 'text', list: 'list' },
    }),
  );
  const bytes = groups.flatMap((rows) => {
    const builders = Object.values(columns);
    for (const builder of builders) builder.clear();
    for (const each of rows) {
      addInt64(columns.delta, each.delta);
      addInt64(columns.plain, each.plain);
      each.small === null ? columns.small.addNull() : columns.small.add(each.small);
      each.large === null ? columns.large.addNull() : columns.large.add(Number(each.large));
      addText(columns.word, each.word);
      addText(columns.text, each.text);
      const strings = each.list.map((text) => Buffer.from(text));
      const starts = [0];
      for (const { length } of strings) starts.push((starts.at(-1) as number) + length);
      columns.list.add(Buffer.concat(strings), Int32Array.from(starts), strings.length);
    }
    const chunks = builders.map((builder) => builder.encode());
    return file.addRowGroup(encodeRowGroup(chunks, rows.length, (page) => zstdCompressSync(page)));
  });
  return Buffer.concat([...bytes, ...file.finish()]);
}

function addInt64(column: Int64Column, value: bigint | null): void {
  if (value === null) column.addNull();
  else column.add(Number(BigInt.asIntN(32, value)), Number(value >> 32n));
}

function addText(column: DictionaryColumn | TextColumn, text: string | null): void {
  const bytes = text === null ? undefined : Buffer.from(text);
  if (bytes === undefined) column.addNull();
  else if (column instanceof TextColumn) column.add(bytes, 0, bytes.length);
  else column.addBytes(bytes, 0, bytes.length);
}

/** A reader may skip a row group by its statistics, so none may leave a value out. */
function expectTrueStatistics(file: Uint8Array, groups: Values[][]): void {
  const { row_groups } = readFooter(file);
  expect(row_groups.map((group) => Number(group.num_rows))).toEqual(
    groups.map((rows) => rows.length),
  );
  for (const [i, { columns }] of row_groups.entries()) {
    for (const { meta_data } of columns) {
      const [name] = meta_data?.path_in_schema ?? [];
      const values = groups[i].flatMap((each) => each[name as keyof Values] ?? []);
      const { min_value, max_value, null_count } = meta_data?.statistics ?? {};
      const nulls = groups[i].filter(({ [name as keyof Values]: value }) => isEmpty(value)).length;
      expect(Number(null_count)).toBe(nulls);
      if (min_value === undefined || max_value === undefined) continue;
      const outside = values.filter(
        (value) => compare(min_value, value) > 0 || compare(max_value, value) < 0,
      );
      expect(outside).toEqual([]);
    }
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function compare(a: unknown, b: unknown): number {
  if (typeof b === 'string') return Buffer.compare(Buffer.from(a as string), Buffer.from(b));
  return Number(BigInt(a as bigint) - BigInt(b as bigint));
}

function pairsOf(values: bigint[]): Int32Array {
  return new Int32Array(BigInt64Array.from(values).buffer);
}

function isFar(a: bigint, b: bigint): boolean {
  const step = a - b;
  return step > 1n << 50n || step < -(1n << 50n);
}

function reader(sink: ByteSink): { view: DataView; offset: number } {
  const bytes = sink.view().slice();
  return { view: new DataView(bytes.buffer), offset: 0 };
}
