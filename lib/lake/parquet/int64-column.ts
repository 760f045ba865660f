import { grown } from '../../strace/byte-dictionary.ts';
import type { ByteSink } from './byte-sink.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { putDeltaBinaryPacked } from './delta.ts';
import { Int64Dictionary, pairRange } from './int64-dictionary.ts';
import { countValues, encodeIndexes, encodePages } from './nullable-pages.ts';

const TWO_32 = 4294967296;

/** How neighbours of a column are: close (times, line numbers), or the same again (durations). */
export type Int64Habit = 'close' | 'repeated';

/** BIGINT column; nullable. Written as differences or through a dictionary where that is shorter. */
export class Int64Column implements ColumnBuilder {
  #path: string[];
  #habit: Int64Habit;
  /** Low and high half of each row's value by turns, and 1 for the rows that have one. */
  #pairs: Int32Array = new Int32Array(0);
  #marks: Uint8Array = new Uint8Array(0);
  /** Number plus 1 of each row's value in the dictionary; 0 for NULL. */
  #numbers: Int32Array = new Int32Array(0);
  #dictionary = new Int64Dictionary();

  constructor(name: string, habit: Int64Habit) {
    this.#path = [name];
    this.#habit = habit;
  }

  reserve(rows: number): void {
    if (rows <= this.#marks.length) return;
    this.#marks = grown(this.#marks, rows);
    this.#pairs = grown(this.#pairs, this.#marks.length * 2);
  }

  set(row: number, low: number, high: number): void {
    this.#pairs[row * 2] = low;
    this.#pairs[row * 2 + 1] = high;
    this.#marks[row] = 1;
  }

  /** Sets a row to a safe integer that is not negative. */
  setNumber(row: number, value: number): void {
    this.set(row, value | 0, value < TWO_32 ? 0 : Math.floor(value / TWO_32));
  }

  /** Takes over from another column the rows that `isTaken`. */
  setFrom(other: Int64Column, rows: number, isTaken: (row: number, high: number) => boolean): void {
    for (let row = 0; row < rows; row++) {
      if (other.#marks[row] === 0) continue;
      const high = other.#pairs[row * 2 + 1];
      if (isTaken(row, high)) this.set(row, other.#pairs[row * 2], high);
    }
  }

  /** The number in a row, NaN for NULL; one beyond 2^53 is rounded. */
  numberAt(row: number): number {
    if (this.#marks[row] === 0) return Number.NaN;
    return this.#pairs[row * 2 + 1] * TWO_32 + (this.#pairs[row * 2] >>> 0);
  }

  clear(): void {
    this.#marks.fill(0);
    this.#dictionary.clear();
  }

  encode(rows: number): EncodedChunk {
    const count = countValues(this.#marks, 0, rows);
    const head = { path: this.#path, type: 'INT64' as const };
    if (this.#habit === 'close') {
      const pages = encodePages(this.#marks, rows, (sink, start, end, values) =>
        this.#putDeltas(sink, this.#compact(start, end, values), values),
      );
      return { ...head, pages, ...pairRange(this.#compact(0, rows, count), count) };
    }
    const numbers = this.#numberValues(rows);
    const dictionary = this.#dictionary;
    const range = pairRange(dictionary.pairs, dictionary.count);
    // a dictionary of which most entries are used once only costs
    if (dictionary.count * 2 > count) {
      const pages = encodePages(this.#marks, rows, (sink, start, end, values) => {
        sink.putBytes(bytesOf(this.#compact(start, end, values)));
        return 'PLAIN';
      });
      return { ...head, pages, ...range };
    }
    return {
      ...head,
      dictionary: {
        count: dictionary.count,
        bytes: bytesOf(dictionary.pairs.subarray(0, dictionary.count * 2)),
      },
      pages: encodeIndexes(numbers, rows, dictionary.count),
      ...range,
    };
  }

  #putDeltas(sink: ByteSink, pairs: Int32Array, count: number): 'DELTA_BINARY_PACKED' | 'PLAIN' {
    if (putDeltaBinaryPacked(sink, pairs, count)) return 'DELTA_BINARY_PACKED';
    sink.putBytes(bytesOf(pairs));
    return 'PLAIN';
  }

  /** The values of rows `start` to `end` without the NULLs; a view when there is none. */
  #compact(start: number, end: number, count: number): Int32Array {
    const rows = this.#pairs.subarray(start * 2, end * 2);
    if (count === end - start) return rows;
    const pairs = new Int32Array(count * 2);
    let to = 0;
    for (let row = start; row < end; row++) {
      if (this.#marks[row] === 0) continue;
      pairs[to++] = this.#pairs[row * 2];
      pairs[to++] = this.#pairs[row * 2 + 1];
    }
    return pairs;
  }

  #numberValues(rows: number): Int32Array {
    if (this.#numbers.length < rows) this.#numbers = new Int32Array(rows + (rows >> 3));
    const numbers = this.#numbers;
    const dictionary = this.#dictionary;
    const pairs = this.#pairs;
    const marks = this.#marks;
    for (let row = 0; row < rows; row++) {
      numbers[row] =
        marks[row] === 0 ? 0 : dictionary.intern(pairs[row * 2], pairs[row * 2 + 1]) + 1;
    }
    return numbers;
  }
}

function bytesOf(pairs: Int32Array): Uint8Array {
  return new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength);
}
