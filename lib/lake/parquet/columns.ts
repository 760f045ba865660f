import { ByteDictionary, grown } from '../../strace/byte-dictionary.ts';
import type { Name } from '../../strace/name.ts';
import { bitWidth, putHybrid } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import { type EncodedChunk, type EncodedPage, putSized } from './column-chunk.ts';
import { putDeltaBinaryPacked } from './delta.ts';

/** Rows of one data page, at most. */
const PAGE_ROWS = 1 << 15;
/** Bytes of text in one data page, about. */
const PAGE_BYTES = 1 << 20;

let nextMark = 0;

/** One column of a row group while its rows come in. */
export interface ColumnBuilder {
  /** The column chunk of the rows so far; valid until `clear`. */
  encode(): EncodedChunk;
  /** Begins the next row group. */
  clear(): void;
  /** Bytes the column takes now, about. */
  readonly byteLength: number;
}

/** BIGINT column; nullable. */
export class Int64Column implements ColumnBuilder {
  #path: string[];
  #isDelta: boolean;
  /** Low and high halves by turns, nulls left out. */
  #pairs: Int32Array = new Int32Array(1 << 12);
  #levels: Uint8Array = new Uint8Array(1 << 11);
  #rows = 0;
  #values = 0;

  /** `isDelta`: neighbours are close (times, line numbers), so write differences. */
  constructor(name: string, isDelta: boolean) {
    this.#path = [name];
    this.#isDelta = isDelta;
  }

  get byteLength(): number {
    return this.#values * 8;
  }

  add(low: number, high: number): void {
    const at = this.#values * 2;
    if (at + 2 > this.#pairs.length) this.#pairs = grown(this.#pairs, at + 2);
    this.#pairs[at] = low;
    this.#pairs[at + 1] = high;
    this.#values++;
    this.#addLevel(1);
  }

  /** Adds a safe integer. */
  addNumber(value: number): void {
    const high = Math.floor(value / 4294967296);
    this.add((value - high * 4294967296) | 0, high | 0);
  }

  addNull(): void {
    this.#addLevel(0);
  }

  clear(): void {
    this.#rows = 0;
    this.#values = 0;
  }

  encode(): EncodedChunk {
    const range = this.#range();
    return {
      path: this.#path,
      type: 'INT64',
      pages: this.#pages(),
      nullCount: this.#rows - this.#values,
      ...range,
    };
  }

  #addLevel(level: number): void {
    if (this.#rows === this.#levels.length) this.#levels = grown(this.#levels, this.#rows + 1);
    this.#levels[this.#rows++] = level;
  }

  *#pages(): Generator<EncodedPage> {
    const sink = new ByteSink(PAGE_ROWS * 4);
    let value = 0;
    for (let row = 0; row < this.#rows; row += PAGE_ROWS) {
      const end = Math.min(row + PAGE_ROWS, this.#rows);
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.#levels, row, end, 1));
      let next = value;
      for (let i = row; i < end; i++) next += this.#levels[i];
      const pairs = this.#pairs.subarray(value * 2, next * 2);
      const isDelta = this.#isDelta && putDeltaBinaryPacked(sink, pairs, next - value);
      if (!isDelta) sink.putBytes(new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength));
      const encoding = isDelta ? 'DELTA_BINARY_PACKED' : 'PLAIN';
      yield { valueCount: end - row, encoding, bytes: sink.view() };
      value = next;
    }
  }

  #range(): { min?: bigint; max?: bigint } {
    if (this.#values === 0) return {};
    const pairs = this.#pairs;
    let min = 0;
    let max = 0;
    for (let i = 2; i < this.#values * 2; i += 2) {
      if (isLess(pairs, i, min)) min = i;
      if (isLess(pairs, max, i)) max = i;
    }
    return { min: toBigInt(pairs, min), max: toBigInt(pairs, max) };
  }
}

function isLess(pairs: Int32Array, a: number, b: number): boolean {
  if (pairs[a + 1] !== pairs[b + 1]) return pairs[a + 1] < pairs[b + 1];
  return pairs[a] >>> 0 < pairs[b] >>> 0;
}

function toBigInt(pairs: Int32Array, at: number): bigint {
  return (BigInt(pairs[at + 1]) << 32n) | BigInt(pairs[at] >>> 0);
}

/** Dictionary indexes of a column with their nulls. */
class IndexPages {
  indexes: Int32Array = new Int32Array(1 << 11);
  levels: Uint8Array = new Uint8Array(1 << 11);
  rows = 0;
  values = 0;

  add(index: number): void {
    if (this.rows === this.levels.length) this.levels = grown(this.levels, this.rows + 1);
    if (index < 0) {
      this.levels[this.rows++] = 0;
      return;
    }
    if (this.values === this.indexes.length) this.indexes = grown(this.indexes, this.values + 1);
    this.levels[this.rows++] = 1;
    this.indexes[this.values++] = index;
  }

  clear(): void {
    this.rows = 0;
    this.values = 0;
  }

  *encode(dictionarySize: number): Generator<EncodedPage> {
    const width = bitWidth(Math.max(dictionarySize - 1, 0));
    const sink = new ByteSink(PAGE_ROWS * 2);
    let value = 0;
    for (let row = 0; row < this.rows; row += PAGE_ROWS) {
      const end = Math.min(row + PAGE_ROWS, this.rows);
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.levels, row, end, 1));
      let next = value;
      for (let i = row; i < end; i++) next += this.levels[i];
      sink.putByte(width);
      if (next > value) putHybrid(sink, this.indexes, value, next, width);
      yield { valueCount: end - row, encoding: 'RLE_DICTIONARY', bytes: sink.view() };
      value = next;
    }
  }
}

/** INT column of few distinct values; nullable. */
export class SmallIntColumn implements ColumnBuilder {
  #path: string[];
  #ids = new Map<number, number>();
  #pages = new IndexPages();
  #last = Number.NaN;
  #lastId = -1;

  constructor(name: string) {
    this.#path = [name];
  }

  get byteLength(): number {
    return this.#pages.values * 4;
  }

  add(value: number): void {
    if (value !== this.#last) {
      let id = this.#ids.get(value);
      if (id === undefined) {
        id = this.#ids.size;
        this.#ids.set(value, id);
      }
      this.#last = value;
      this.#lastId = id;
    }
    this.#pages.add(this.#lastId);
  }

  addNull(): void {
    this.#pages.add(-1);
  }

  clear(): void {
    this.#ids.clear();
    this.#pages.clear();
    this.#last = Number.NaN;
  }

  encode(): EncodedChunk {
    const values = [...this.#ids.keys()];
    const plain = Int32Array.from(values);
    return {
      path: this.#path,
      type: 'INT32',
      dictionary: { count: values.length, bytes: new Uint8Array(plain.buffer) },
      pages: this.#pages.encode(values.length),
      nullCount: this.#pages.rows - this.#pages.values,
      ...(values.length > 0 && { min: plain.reduce(lesser), max: plain.reduce(greater) }),
    };
  }
}

function lesser(a: number, b: number): number {
  return Math.min(a, b);
}

function greater(a: number, b: number): number {
  return Math.max(a, b);
}

/** STRING column whose values come back on many rows; nullable. */
export class DictionaryColumn implements ColumnBuilder {
  #path: string[];
  #dictionary = new ByteDictionary();
  #pages = new IndexPages();
  #mark = nextMark++;

  constructor(name: string) {
    this.#path = [name];
  }

  get byteLength(): number {
    return this.#dictionary.byteLength + this.#pages.values * 4;
  }

  /** Adds a name, or NULL; a name met again costs no look-up. */
  addName(name: Name | undefined): void {
    if (name === undefined) {
      this.#pages.add(-1);
      return;
    }
    if (name.mark !== this.#mark) {
      name.mark = this.#mark;
      name.id = this.#dictionary.intern(name.bytes, 0, name.bytes.length);
    }
    this.#pages.add(name.id);
  }

  /** Adds bytes that must be UTF-8. */
  addBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#pages.add(this.#dictionary.intern(bytes, start, end));
  }

  addNull(): void {
    this.#pages.add(-1);
  }

  clear(): void {
    this.#dictionary.clear();
    this.#pages.clear();
    this.#mark = nextMark++;
  }

  encode(): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: plainDictionary(this.#dictionary),
      pages: this.#pages.encode(this.#dictionary.count),
      nullCount: this.#pages.rows - this.#pages.values,
      ...byteRange(this.#dictionary),
    };
  }
}

/** A dictionary in PLAIN encoding: each string behind its length. */
function plainDictionary(dictionary: ByteDictionary): { count: number; bytes: Uint8Array } {
  const sink = new ByteSink(dictionary.byteLength + dictionary.count * 4);
  for (let id = 0; id < dictionary.count; id++) {
    sink.putInt32(dictionary.starts[id + 1] - dictionary.starts[id]);
    sink.putBytes(dictionary.bytesOf(id));
  }
  return { count: dictionary.count, bytes: sink.view() };
}

function byteRange(dictionary: ByteDictionary): { min?: Uint8Array; max?: Uint8Array } {
  if (dictionary.count === 0) return {};
  let min = 0;
  let max = 0;
  for (let id = 1; id < dictionary.count; id++) {
    if (compareStrings(dictionary, id, min) < 0) min = id;
    if (compareStrings(dictionary, id, max) > 0) max = id;
  }
  return { min: dictionary.bytesOf(min).slice(), max: dictionary.bytesOf(max).slice() };
}

function compareStrings(dictionary: ByteDictionary, a: number, b: number): number {
  const { arena, starts } = dictionary;
  const length = Math.min(starts[a + 1] - starts[a], starts[b + 1] - starts[b]);
  for (let i = 0; i < length; i++) {
    const difference = arena[starts[a] + i] - arena[starts[b] + i];
    if (difference !== 0) return difference;
  }
  return starts[a + 1] - starts[a] - (starts[b + 1] - starts[b]);
}

/** STRING column of long, mostly distinct values, copied straight into PLAIN pages; nullable. */
export class TextColumn implements ColumnBuilder {
  #path: string[];
  #plain = new ByteSink(1 << 16);
  #levels: Uint8Array = new Uint8Array(1 << 11);
  #rows = 0;
  #nulls = 0;
  /** Row and byte where each page begins. */
  #breaks: { row: number; byte: number }[] = [{ row: 0, byte: 0 }];

  constructor(name: string) {
    this.#path = [name];
  }

  get byteLength(): number {
    return this.#plain.length;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const plain = this.#plain;
    const length = end - start;
    plain.reserve(length + 4);
    plain.setInt32(plain.length, length);
    const target = plain.bytes;
    const from = plain.length + 4;
    if (length < 96) {
      for (let i = start, o = from; i < end; ) target[o++] = bytes[i++];
    } else {
      target.set(bytes.subarray(start, end), from);
    }
    plain.length = from + length;
    this.#addLevel(1);
  }

  addNull(): void {
    this.#nulls++;
    this.#addLevel(0);
  }

  clear(): void {
    this.#plain.clear();
    this.#rows = 0;
    this.#nulls = 0;
    this.#breaks = [{ row: 0, byte: 0 }];
  }

  encode(): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      pages: this.#pages(),
      nullCount: this.#nulls,
    };
  }

  #addLevel(level: number): void {
    if (this.#rows === this.#levels.length) this.#levels = grown(this.#levels, this.#rows + 1);
    this.#levels[this.#rows++] = level;
    const last = this.#breaks[this.#breaks.length - 1];
    if (this.#plain.length - last.byte >= PAGE_BYTES || this.#rows - last.row >= PAGE_ROWS) {
      this.#breaks.push({ row: this.#rows, byte: this.#plain.length });
    }
  }

  *#pages(): Generator<EncodedPage> {
    const sink = new ByteSink(PAGE_BYTES * 2);
    for (const [i, { row, byte }] of this.#breaks.entries()) {
      const next = this.#breaks[i + 1] ?? { row: this.#rows, byte: this.#plain.length };
      if (next.row === row) continue;
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.#levels, row, next.row, 1));
      sink.putBytes(this.#plain.bytes.subarray(byte, next.byte));
      yield { valueCount: next.row - row, encoding: 'PLAIN', bytes: sink.view() };
    }
  }
}

/** ARRAY<STRING> column, dictionary-encoded; never NULL, possibly empty, elements never NULL. */
export class StringListColumn implements ColumnBuilder {
  #path: string[];
  #dictionary = new ByteDictionary();
  #indexes: Int32Array = new Int32Array(1 << 11);
  /** 1 for an element, 0 for a row without any. */
  #definition: Uint8Array = new Uint8Array(1 << 11);
  /** 0 for the first entry of a row, 1 for the others. */
  #repetition: Uint8Array = new Uint8Array(1 << 11);
  #entries = 0;
  #values = 0;
  #mark = nextMark++;

  constructor(name: string) {
    this.#path = [name, 'list', 'element'];
  }

  get byteLength(): number {
    return this.#dictionary.byteLength + this.#values * 4;
  }

  /** Adds a row of names. */
  addNames(names: readonly Name[]): void {
    if (names.length === 0) this.#addEntry(0, 0);
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (name.mark !== this.#mark) {
        name.mark = this.#mark;
        name.id = this.#dictionary.intern(name.bytes, 0, name.bytes.length);
      }
      this.#addEntry(1, i === 0 ? 0 : 1);
      this.#addIndex(name.id);
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

  /** Adds a row of the strings `bytes[starts[i], starts[i + 1])`. */
  add(bytes: Uint8Array, starts: Int32Array, count: number): void {
    if (count === 0) this.#addEntry(0, 0);
    for (let i = 0; i < count; i++) {
      this.#addEntry(1, i === 0 ? 0 : 1);
      this.#addIndex(this.#dictionary.intern(bytes, starts[i], starts[i + 1]));
    }
  }

  clear(): void {
    this.#dictionary.clear();
    this.#entries = 0;
    this.#values = 0;
    this.#mark = nextMark++;
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
