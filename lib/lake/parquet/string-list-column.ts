import { grown } from '../../strace/byte-dictionary.ts';
import { bitWidth, putHybrid } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import {
  type ColumnBuilder,
  type EncodedChunk,
  type EncodedPage,
  putSized,
} from './column-chunk.ts';
import { PAGE_ROWS } from './nullable-pages.ts';
import { byteRange, plainDictionary, StringDictionary } from './string-dictionary.ts';

/** ARRAY<STRING> column, dictionary-encoded; never NULL, possibly empty, elements never NULL. */
export class StringListColumn implements ColumnBuilder {
  /** The distinct strings so far. */
  readonly dictionary = new StringDictionary();
  #path: string[];
  /** Elements of each row. */
  #counts: Int32Array = new Int32Array(0);
  /** Numbers of all elements, row by row. */
  #indexes: Int32Array = new Int32Array(1 << 11);
  #values = 0;

  constructor(name: string) {
    this.#path = [name, 'list', 'element'];
  }

  reserve(rows: number): void {
    if (rows > this.#counts.length) this.#counts = grown(this.#counts, rows);
  }

  /** Adds an element to a row; rows come in order. */
  add(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.addNumber(row, this.dictionary.intern(bytes, start, end));
  }

  /** Adds string `number` of the dictionary to a row; rows come in order. */
  addNumber(row: number, number: number): void {
    const at = this.#values++;
    if (at === this.#indexes.length) this.#indexes = grown(this.#indexes, at + 1);
    this.#indexes[at] = number;
    this.#counts[row]++;
  }

  /** Number plus 1 of the first string of each row; 0 for an empty one. */
  firsts(rows: number): Int32Array {
    const numbers = new Int32Array(rows);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      const count = this.#counts[row];
      if (count > 0) numbers[row] = this.#indexes[at] + 1;
      at += count;
    }
    return numbers;
  }

  clear(): void {
    this.dictionary.clear();
    this.#counts.fill(0);
    this.#values = 0;
  }

  encode(rows: number): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: plainDictionary(this.dictionary),
      pages: this.#pages(rows),
      ...byteRange(this.dictionary),
    };
  }

  *#pages(rows: number): Generator<EncodedPage> {
    const width = bitWidth(Math.max(this.dictionary.count - 1, 0));
    const sink = new ByteSink();
    let value = 0;
    for (let row = 0; row < rows; row += PAGE_ROWS) {
      const end = Math.min(row + PAGE_ROWS, rows);
      const { repetition, definition, values } = this.#levels(row, end);
      const entries = definition.length;
      sink.clear();
      putSized(sink, () => putHybrid(sink, repetition, 0, entries, 1));
      putSized(sink, () => putHybrid(sink, definition, 0, entries, 1));
      sink.putByte(width);
      if (values > 0) putHybrid(sink, this.#indexes, value, value + values, width);
      yield {
        valueCount: entries,
        nullCount: entries - values,
        encoding: 'RLE_DICTIONARY',
        bytes: sink.view(),
      };
      value += values;
    }
  }

  /**
   * An entry for each element, and one for each empty row: repetition 0 for the first of a row, 1 for
   * the others; definition 1 for an element, 0 for none.
   */
  #levels(
    start: number,
    end: number,
  ): { repetition: Uint8Array; definition: Uint8Array; values: number } {
    let values = 0;
    let entries = end - start;
    for (let row = start; row < end; row++) {
      const count = this.#counts[row];
      values += count;
      if (count > 1) entries += count - 1;
    }
    const repetition = new Uint8Array(entries);
    const definition = new Uint8Array(entries);
    let at = 0;
    for (let row = start; row < end; row++) {
      const count = this.#counts[row];
      if (count === 0) {
        at++;
        continue;
      }
      definition[at++] = 1;
      for (let i = 1; i < count; i++) {
        repetition[at] = 1;
        definition[at++] = 1;
      }
    }
    return { repetition, definition, values };
  }
}
