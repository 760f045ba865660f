import { type ByteDictionary, grown } from '../../strace/byte-dictionary.ts';
import type { Name } from '../../strace/name.ts';
import { bitWidth, putHybrid } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import {
  type ColumnBuilder,
  type EncodedChunk,
  type EncodedPage,
  putSized,
} from './column-chunk.ts';
import { PAGE_ROWS } from './levels.ts';
import { byteRange, plainDictionary, StringDictionary } from './string-dictionary.ts';

/** ARRAY<STRING> column, dictionary-encoded; never NULL, possibly empty, elements never NULL. */
export class StringListColumn implements ColumnBuilder {
  #path: string[];
  #dictionary = new StringDictionary();
  #indexes: Int32Array = new Int32Array(1 << 11);
  /** 1 for an element, 0 for a row without any. */
  #definition: Uint8Array = new Uint8Array(1 << 11);
  /** 0 for the first entry of a row, 1 for the others. */
  #repetition: Uint8Array = new Uint8Array(1 << 11);
  #entries = 0;
  #values = 0;

  constructor(name: string) {
    this.#path = [name, 'list', 'element'];
  }

  /** Adds a row of names. */
  addNames(names: readonly Name[]): void {
    if (names.length === 0) this.#addEntry(0, 0);
    for (let i = 0; i < names.length; i++) {
      this.#addEntry(1, i === 0 ? 0 : 1);
      this.#addIndex(this.#dictionary.internName(names[i]));
    }
  }

  /** Adds a row without elements; `extend` may fill it until the next row is added. */
  addEmpty(): void {
    this.#addEntry(0, 0);
  }

  /** Adds an element to the last row. */
  extend(bytes: Uint8Array, start: number, end: number): void {
    const last = this.#entries - 1;
    if (this.#definition[last] === 0) this.#definition[last] = 1;
    else this.#addEntry(1, 1);
    this.#addIndex(this.#dictionary.intern(bytes, start, end));
  }

  /** The distinct strings so far. */
  get dictionary(): ByteDictionary {
    return this.#dictionary;
  }

  /** Adds a row of the strings `bytes[starts[i], starts[i + 1])`; number of the first, or -1. */
  add(bytes: Uint8Array, starts: Int32Array, count: number): number {
    if (count === 0) {
      this.#addEntry(0, 0);
      return -1;
    }
    const first = this.#values;
    for (let i = 0; i < count; i++) {
      this.#addEntry(1, i === 0 ? 0 : 1);
      this.#addIndex(this.#dictionary.intern(bytes, starts[i], starts[i + 1]));
    }
    return this.#indexes[first];
  }

  clear(): void {
    this.#dictionary.clear();
    this.#entries = 0;
    this.#values = 0;
  }

  encode(): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: plainDictionary(this.#dictionary),
      pages: this.#pages(),
      nullCount: this.#entries - this.#values,
      ...byteRange(this.#dictionary),
    };
  }

  #addIndex(index: number): void {
    if (this.#values === this.#indexes.length)
      this.#indexes = grown(this.#indexes, this.#values + 1);
    this.#indexes[this.#values++] = index;
  }

  #addEntry(definition: number, repetition: number): void {
    const at = this.#entries++;
    if (at === this.#definition.length) {
      this.#definition = grown(this.#definition, at + 1);
      this.#repetition = grown(this.#repetition, at + 1);
    }
    this.#definition[at] = definition;
    this.#repetition[at] = repetition;
  }

  *#pages(): Generator<EncodedPage> {
    const width = bitWidth(Math.max(this.#dictionary.count - 1, 0));
    const sink = new ByteSink(PAGE_ROWS * 2);
    let value = 0;
    for (let entry = 0; entry < this.#entries; ) {
      let end = Math.min(entry + PAGE_ROWS, this.#entries);
      // a row does not cross pages
      while (end < this.#entries && this.#repetition[end] === 1) end++;
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.#repetition, entry, end, 1));
      putSized(sink, () => putHybrid(sink, this.#definition, entry, end, 1));
      let next = value;
      for (let i = entry; i < end; i++) next += this.#definition[i];
      sink.putByte(width);
      if (next > value) putHybrid(sink, this.#indexes, value, next, width);
      yield { valueCount: end - entry, encoding: 'RLE_DICTIONARY', bytes: sink.view() };
      value = next;
      entry = end;
    }
  }
}
