import type { Encoding } from 'hyparquet';
import { bitWidth, putHybrid, putPresence, putRun } from './bit-packing.ts';
import type { ByteSink } from './byte-sink.ts';
import { type EncodedPage, pageSink, putSized } from './column-chunk.ts';

/** Rows of one data page, at most. */
export const PAGE_ROWS = 1 << 17;

/** What stands in each row: 0 for NULL. */
export type Marks = Int32Array | Uint8Array;

/** Rows from `start` to `end` that are not NULL. */
export function countValues(marks: Marks, start: number, end: number): number {
  let count = 0;
  for (let row = start; row < end; row++) count += marks[row] === 0 ? 0 : 1;
  return count;
}

/** Appends the values of rows `start` to `end`, `count` of them not NULL. */
export type PutValues = (sink: ByteSink, start: number, end: number, count: number) => Encoding;

/** Pages of a nullable column: which rows have a value, then what `putValues` appends. */
export function* encodePages(
  marks: Marks,
  rows: number,
  putValues: PutValues,
): Generator<EncodedPage> {
  const sink = pageSink;
  for (let row = 0; row < rows; row += PAGE_ROWS) {
    const end = Math.min(row + PAGE_ROWS, rows);
    const count = countValues(marks, row, end);
    sink.clear();
    putSized(sink, () => putPresence(sink, marks, row, end, count));
    const encoding = putValues(sink, row, end, count);
    const valueCount = end - row;
    yield { valueCount, nullCount: valueCount - count, encoding, bytes: sink.view() };
  }
}

const compact = new Int32Array(PAGE_ROWS);

/** Pages of indexes into a dictionary; `numbers` holds the index plus 1 of each row's value. */
export function* encodeIndexes(
  numbers: Int32Array,
  rows: number,
  dictionarySize: number,
): Generator<EncodedPage> {
  const width = bitWidth(Math.max(dictionarySize - 1, 0));
  const sink = pageSink;
  for (let row = 0; row < rows; row += PAGE_ROWS) {
    const end = Math.min(row + PAGE_ROWS, rows);
    const count = dictionarySize === 0 ? 0 : gatherIndexes(numbers, row, end);
    sink.clear();
    putSized(sink, () => putPresence(sink, numbers, row, end, count));
    sink.putByte(width);
    if (count > 0) putHybrid(sink, compact, 0, count, width);
    const valueCount = end - row;
    const nullCount = valueCount - count;
    yield { valueCount, nullCount, encoding: 'RLE_DICTIONARY', bytes: sink.view() };
  }
}

/** Pages of a column without NULLs whose rows all have the only string of its dictionary. */
export function* encodeConstant(rows: number): Generator<EncodedPage> {
  const sink = pageSink;
  for (let row = 0; row < rows; row += PAGE_ROWS) {
    const count = Math.min(PAGE_ROWS, rows - row);
    sink.clear();
    putSized(sink, () => putRun(sink, 1, count, 1));
    sink.putByte(0);
    putRun(sink, 0, count, 0);
    yield { valueCount: count, nullCount: 0, encoding: 'RLE_DICTIONARY', bytes: sink.view() };
  }
}

/** Puts the indexes of rows `start` to `end` into `compact`, without the NULLs; returns how many. */
function gatherIndexes(numbers: Int32Array, start: number, end: number): number {
  let count = 0;
  for (let row = start; row < end; row++) {
    const number = numbers[row];
    compact[count] = number - 1;
    count += number === 0 ? 0 : 1;
  }
  return count;
}
