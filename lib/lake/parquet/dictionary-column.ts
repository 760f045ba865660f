import { type ByteDictionary, grown } from '../../strace/byte-dictionary.ts';
import type { Name } from '../../strace/name.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { encodeIndexes } from './nullable-pages.ts';
import { byteRange, plainDictionary, StringDictionary } from './string-dictionary.ts';

const decoder = new TextDecoder();

/** STRING column whose values come back on many rows; nullable. */
export class DictionaryColumn implements ColumnBuilder {
  /** The distinct strings so far. */
  readonly dictionary = new StringDictionary();
  /** Number plus 1 of each row's string; 0 for NULL. */
  numbers: Int32Array = new Int32Array(0);
  #path: string[];

  constructor(name: string) {
    this.#path = [name];
  }

  reserve(rows: number): void {
    if (rows > this.numbers.length) this.numbers = grown(this.numbers, rows);
  }

  /** Sets a row to a name; one met again costs no look-up. */
  setName(row: number, name: Name): void {
    this.numbers[row] = this.dictionary.internName(name) + 1;
  }

  /** Sets a row to bytes that must be UTF-8. */
  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.numbers[row] = this.dictionary.intern(bytes, start, end) + 1;
  }

  /** Sets every row to the string of another dictionary that `numbers` gives it, plus 1. */
  setFrom(other: ByteDictionary, numbers: Int32Array, rows: number): void {
    const mapped = new Int32Array(other.count + 1);
    for (let row = 0; row < rows; row++) {
      const number = numbers[row];
      if (number === 0) continue;
      if (mapped[number] === 0) {
        const { arena, starts } = other;
        mapped[number] = this.dictionary.intern(arena, starts[number - 1], starts[number]) + 1;
      }
      this.numbers[row] = mapped[number];
    }
  }

  /** The distinct strings by number. */
  texts(): string[] {
    const { count } = this.dictionary;
    return Array.from({ length: count }, (_, id) => decoder.decode(this.dictionary.bytesOf(id)));
  }

  clear(): void {
    this.dictionary.clear();
    this.numbers.fill(0);
  }

  encode(rows: number): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: plainDictionary(this.dictionary),
      pages: encodeIndexes(this.numbers, rows, this.dictionary.count),
      ...byteRange(this.dictionary),
    };
  }
}
