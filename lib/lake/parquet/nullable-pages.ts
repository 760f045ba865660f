import type { Encoding } from 'hyparquet';
import { bitWidth, putHybrid, putPresence } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import { type EncodedPage, putSized } from './column-chunk.ts';

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
  const sink = new ByteSink();
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
export function encodeIndexes(
  numbers: Int32Array,
  rows: number,
  dictionarySize: number,
): Generator<EncodedPage> {
  const width = bitWidth(Math.max(dictionarySize - 1, 0));
  return encodePages(numbers, rows, (sink, start, end, count) => {
    sink.putByte(width);
    if (count === 0) return 'RLE_DICTIONARY';
    let length = 0;
    for (let row = start; row < end; row++) {
      const number = numbers[row];
      if (number !== 0) compact[length++] = number - 1;
    }
    putHybrid(sink, compact, 0, count, width);
    return 'RLE_DICTIONARY';
  });
}
