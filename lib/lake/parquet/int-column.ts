import { grown } from '../../strace/byte-dictionary.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { Int64Dictionary } from './int64-dictionary.ts';
import { encodeIndexes } from './nullable-pages.ts';

/** INT column of values that come back on many rows, such as pids; nullable. -1 stands for NULL. */
export class IntColumn implements ColumnBuilder {
  #path: string[];
  /** Value plus 1 of each row (wrapping around): 0 for NULL. */
  #values: Int32Array = new Int32Array(0);
  /** Number plus 1 of each row's value in the dictionary; 0 for NULL. */
  #numbers: Int32Array = new Int32Array(0);
  #dictionary = new Int64Dictionary();

  constructor(name: string) {
    this.#path = [name];
  }

  reserve(rows: number): void {
    if (rows > this.#values.length) this.#values = grown(this.#values, rows);
  }

  set(row: number, value: number): void {
    this.#values[row] = value + 1;
  }

  /** The distinct values; call it behind `encode`. */
  values(): number[] {
    const { count, pairs } = this.#dictionary;
    return Array.from({ length: count }, (_, id) => pairs[id * 2]);
  }

  clear(): void {
    this.#values.fill(0);
    this.#dictionary.clear();
  }

  encode(rows: number): EncodedChunk {
    const numbers = this.#numberValues(rows);
    const values = Int32Array.from(this.values());
    const count = values.length;
    return {
      path: this.#path,
      type: 'INT32',
      dictionary: { count, bytes: new Uint8Array(values.buffer) },
      pages: encodeIndexes(numbers, rows, count),
      ...rangeOf(values),
    };
  }

  #numberValues(rows: number): Int32Array {
    const values = this.#values;
    if (this.#numbers.length < rows) this.#numbers = new Int32Array(rows + (rows >> 3));
    const numbers = this.#numbers;
    let last = 0;
    let number = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row];
      if (value !== last) {
        last = value;
        number = value === 0 ? 0 : this.#dictionary.intern((value - 1) | 0, 0) + 1;
      }
      numbers[row] = number;
    }
    return numbers;
  }
}

function rangeOf(values: Int32Array): { min?: number; max?: number } {
  if (values.length === 0) return {};
  let [min] = values;
  let max = min;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
