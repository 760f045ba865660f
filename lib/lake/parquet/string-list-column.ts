import { grown } from '../../strace/byte-dictionary.ts';
import { bitWidth, putHybrid, putRun } from './bit-packing.ts';
import {
  type ColumnBuilder,
  type EncodedChunk,
  type EncodedPage,
  pageSink,
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
  #firsts: Int32Array = new Int32Array(0);

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

  /**
   * Fills every row from the number (plus 1; 0 for none) that `keys` gives it: `lists[key - 1]` are the
   * numbers of its elements. Only for a column without elements so far.
   */
  setFrom(keys: Int32Array, rows: number, lists: readonly (readonly number[])[]): void {
    const starts = Int32Array.from([0, ...lists.map((list) => list.length)]);
    for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
    const flat = Int32Array.from(lists.flat());
    const widest = lists.reduce((most, list) => Math.max(most, list.length), 0);
    if (this.#indexes.length < rows * widest) this.#indexes = new Int32Array(rows * widest);
    const indexes = this.#indexes;
    const counts = this.#counts;
    let values = 0;
    for (let row = 0; row < rows; row++) {
      const key = keys[row];
      if (key === 0) continue;
      const from = starts[key - 1];
      const to = starts[key];
      counts[row] = to - from;
      for (let i = from; i < to; i++) indexes[values++] = flat[i];
    }
    this.#values = values;
  }

  /** Number plus 1 of the first string of each row; 0 for an empty one. */
  firsts(rows: number): Int32Array {
    if (this.#firsts.length < rows) this.#firsts = new Int32Array(rows + (rows >> 3));
    const numbers = this.#firsts;
    let at = 0;
    for (let row = 0; row < rows; row++) {
      const count = this.#counts[row];
      numbers[row] = count > 0 ? this.#indexes[at] + 1 : 0;
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
    if (this.#values === 0) {
      yield* encodeEmptyLists(rows);
      return;
    }
    const width = bitWidth(Math.max(this.dictionary.count - 1, 0));
    const sink = pageSink;
    let value = 0;
    for (let row = 0; row < rows; row += PAGE_ROWS) {
      const end = Math.min(row + PAGE_ROWS, rows);
      const { entries, values } = this.#setLevels(row, end);
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
  #setLevels(start: number, end: number): { entries: number; values: number } {
    const counts = this.#counts;
    let values = 0;
    let entries = end - start;
    for (let row = start; row < end; row++) {
      const count = counts[row];
      values += count;
      if (count > 1) entries += count - 1;
    }
    if (entries > repetition.length) {
      repetition = new Int32Array(entries * 2);
      definition = new Int32Array(entries * 2);
    }
    let at = 0;
    for (let row = start; row < end; row++) {
      const count = counts[row];
      repetition[at] = 0;
      definition[at++] = count === 0 ? 0 : 1;
      for (let i = 1; i < count; i++) {
        repetition[at] = 1;
        definition[at++] = 1;
      }
    }
    return { entries, values };
  }
}

/** Levels of the page that is put together. */
let repetition = new Int32Array(PAGE_ROWS * 2);
let definition = new Int32Array(PAGE_ROWS * 2);

/** Pages of lists that are all empty. */
function* encodeEmptyLists(rows: number): Generator<EncodedPage> {
  const sink = pageSink;
  for (let row = 0; row < rows; row += PAGE_ROWS) {
    const count = Math.min(PAGE_ROWS, rows - row);
    sink.clear();
    for (let level = 0; level < 2; level++) putSized(sink, () => putRun(sink, 0, count, 1));
    sink.putByte(0);
    yield { valueCount: count, nullCount: count, encoding: 'RLE_DICTIONARY', bytes: sink.view() };
  }
}
