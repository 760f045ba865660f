import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { describe, expect, it } from 'vitest';
import type { EncodedPage } from '../../lib/lake/parquet/column-chunk.ts';
import { ConstantColumn } from '../../lib/lake/parquet/constant-column.ts';
import { DictionaryColumn } from '../../lib/lake/parquet/dictionary-column.ts';
import { ParquetFileWriter } from '../../lib/lake/parquet/file-writer.ts';
import { IntColumn } from '../../lib/lake/parquet/int-column.ts';
import { Int64Column } from '../../lib/lake/parquet/int64-column.ts';
import { lastPage, PAGE_ROWS } from '../../lib/lake/parquet/pages.ts';
import { encodeRowGroup } from '../../lib/lake/parquet/row-group.ts';
import { StringListColumn } from '../../lib/lake/parquet/string-list-column.ts';
import { TextColumn } from '../../lib/lake/parquet/text-column.ts';
import { WasmHeap } from '../../lib/lake/wasm/wasm-heap.ts';
import { readFooter, readRows, schemaOf } from './parquet-bytes.ts';

const int64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const edges = fc.constantFrom(0n, -1n, 1n, (1n << 63n) - 1n, -(1n << 63n), 1n << 32n, -(1n << 31n));

describe('the RLE and bit-packing hybrid', () => {
  it('holds numbers of any width', () => {
    const heap = new WasmHeap();
    // beyond 24 bits the reader is wrong; a dictionary of a row group never grows so large
    const numbers = fc.integer({ min: 0, max: 24 }).chain((bits) => {
      const run = fc.tuple(fc.nat(2 ** bits - 1), fc.integer({ min: 1, max: 9 }));
      const runs = fc.array(run, { minLength: 1, maxLength: 100 });
      return runs.map((each) => each.flatMap(([value, count]) => Array(count).fill(value)));
    });
    fc.assert(
      fc.property(numbers, fc.nat(50), (values, skipped) => {
        const max = values.reduce((a, b) => Math.max(a, b));
        const numbers = [...Array(skipped).fill(0), ...values.map((value) => value + 1)];
        const address = heap.stage(numbers.length * 4);
        heap.viewInts(address, numbers.length).set(numbers);
        heap.exports.putIndexPage(address + skipped * 4, values.length, max + 1);
        const page = skipLevels(lastPage(heap));
        const width = page.view.getUint8(page.offset++);
        expect(width).toBe(max === 0 ? 0 : Math.floor(Math.log2(max)) + 1);
        const read = new Int32Array(values.length);
        readRleBitPackedHybrid(page, width, read, page.view.byteLength - page.offset);
        expect([...read]).toEqual(values);
      }),
    );
  });
});

describe('delta binary packing', () => {
  it('holds any 64-bit numbers, or declines', () => {
    const column = new Int64Column('close', 'close', new WasmHeap());
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
      fc.property(fc.oneof(close, fc.array(fc.oneof(int64, edges))), fc.nat(9), (values, nulls) => {
        const rows = nulls + values.length;
        column.reserve(rows);
        for (const [i, value] of values.entries()) setInt64(column, nulls + i, value);
        const pages = [...column.encode(rows).pages].map((page) => ({
          ...page,
          ...skipLevels(page),
        }));
        column.clear(rows);
        expect(pages).toHaveLength(rows === 0 ? 0 : 1);
        for (const page of pages) {
          expect(page.nullCount).toBe(nulls);
          if (page.encoding === 'PLAIN') {
            expect(values.some((value, i) => i > 0 && isFar(value, values[i - 1]))).toBe(true);
            expect([...new BigInt64Array(page.bytes.slice(page.offset).buffer)]).toEqual(values);
            continue;
          }
          const read = new BigInt64Array(values.length);
          if (values.length > 0) deltaBinaryUnpack(page, values.length, read);
          expect([...read]).toEqual(values);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is declined where neighbours are too far apart', () => {
    const column = new Int64Column('close', 'close', new WasmHeap());
    const encodingOf = (...values: bigint[]) => {
      column.reserve(values.length);
      for (const [i, value] of values.entries()) setInt64(column, i, value);
      const [{ encoding }] = column.encode(values.length).pages;
      column.clear(values.length);
      return encoding;
    };
    expect(encodingOf(0n, (1n << 52n) - 1n)).toBe('DELTA_BINARY_PACKED');
    expect(encodingOf(0n, 1n << 52n)).toBe('PLAIN');
    expect(encodingOf(0n, -(1n << 52n) + 1n)).toBe('DELTA_BINARY_PACKED');
    expect(encodingOf(0n, -(1n << 52n))).toBe('PLAIN');
    expect(encodingOf(0n, 0n, (1n << 53n) - 1n)).toBe('DELTA_BINARY_PACKED');
    expect(encodingOf(0n, 0n, 1n << 53n)).toBe('PLAIN');
    expect(encodingOf(-(1n << 63n), (1n << 63n) - 1n)).toBe('PLAIN');
    expect(encodingOf((1n << 63n) - 1n, -(1n << 63n))).toBe('PLAIN');
  });
});

interface Values {
  constant: string;
  close: bigint | null;
  repeated: bigint | null;
  small: number | null;
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
  constant: fc.constant('same'),
  close: orNull(fc.oneof(int64, edges, fc.bigInt(1n << 60n, (1n << 60n) + 1000n))),
  repeated: orNull(fc.oneof(int64, edges, fc.bigInt(-1n, 3n))),
  small: orNull(
    fc.oneof(
      fc.nat(3),
      fc.integer().filter((value) => value !== -1),
    ),
  ),
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
    const rows = Array.from({ length: 2 * PAGE_ROWS + 1 }, (_, i): Values => {
      const isNull = i % 7 === 0 || (i > PAGE_ROWS - 10 && i < 2 * PAGE_ROWS - 10);
      return {
        constant: 'same',
        close: isNull ? null : BigInt(i) * 1_000_000_007n,
        repeated: isNull ? null : BigInt(i % 50_000) * 1000n,
        small: isNull ? null : i % 3,
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
    const nothing = { close: null, repeated: null, small: null, word: null, text: null };
    const rows = [{ constant: 'same', ...nothing, list: [] }];
    expect(await readRows(write([rows]))).toEqual(rows);
  });
});

function write(groups: Values[][]): Uint8Array {
  const heap = new WasmHeap();
  const columns = {
    constant: new ConstantColumn('constant', Buffer.from('same'), heap),
    close: new Int64Column('close', 'close', heap),
    repeated: new Int64Column('repeated', 'repeated', heap),
    small: new IntColumn('small', heap),
    word: new DictionaryColumn('word', heap),
    text: new TextColumn('text', heap),
    list: new StringListColumn('list', heap),
  };
  const file = new ParquetFileWriter(
    schemaOf({
      ...{ constant: 'text', close: 'bigint', repeated: 'bigint', small: 'int' },
      ...{ word: 'text', text: 'text', list: 'list' },
    }),
  );
  const bytes = groups.flatMap((rows) => {
    const builders = Object.values(columns);
    for (const builder of builders) builder.reserve(rows.length);
    for (const [i, each] of rows.entries()) {
      setInt64(columns.close, i, each.close);
      setInt64(columns.repeated, i, each.repeated);
      if (each.small !== null) columns.small.set(i, each.small);
      setText(columns.word, i, each.word);
      setText(columns.text, i, each.text);
      for (const text of each.list) {
        const bytes = Buffer.from(text);
        columns.list.add(i, bytes, 0, bytes.length);
      }
    }
    const chunks = builders.map((builder) => builder.encode(rows.length));
    const group = encodeRowGroup(chunks, rows.length, (page) => zstdCompressSync(page));
    for (const builder of builders) builder.clear(rows.length);
    return file.addRowGroup(group);
  });
  return Buffer.concat([...bytes, ...file.finish()]);
}

function setInt64(column: Int64Column, row: number, value: bigint | null): void {
  if (value === null) return;
  column.set(row, Number(BigInt.asIntN(32, value)), Number(value >> 32n));
}

function setText(column: DictionaryColumn | TextColumn, row: number, text: string | null): void {
  if (text === null) return;
  const bytes = Buffer.from(text);
  column.setBytes(row, bytes, 0, bytes.length);
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

function isFar(a: bigint, b: bigint): boolean {
  const step = a - b;
  return step > 1n << 50n || step < -(1n << 50n);
}

/** A reader of what is behind the definition levels of a page. */
function skipLevels({ bytes }: EncodedPage): { view: DataView; offset: number } {
  const own = bytes.slice();
  const view = new DataView(own.buffer);
  return { view, offset: 4 + view.getInt32(0, true) };
}
