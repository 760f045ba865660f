import type { Name } from '../../strace/name.ts';
import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { encodePages } from './pages.ts';
import { StringDictionary } from './string-dictionary.ts';

/** STRING column whose values come back on many rows; nullable. */
export class DictionaryColumn implements ColumnBuilder {
  /** Address of the column. */
  readonly pointer: number;
  /** The distinct strings so far. */
  readonly dictionary: StringDictionary;
  readonly #heap: WasmHeap;
  readonly #path: string[];

  constructor(name: string, heap: WasmHeap) {
    this.#path = [name];
    this.#heap = heap;
    this.pointer = heap.exports.makeDictionaryColumn();
    this.dictionary = new StringDictionary(heap, heap.exports.dictionaryOf(this.pointer));
  }

  reserve(rows: number): void {
    this.#heap.exports.reserveDictionaryColumn(this.pointer, rows);
  }

  /** Sets a row to a name; one met again costs no look-up. */
  setName(row: number, name: Name): void {
    const number = this.dictionary.internName(name);
    this.#heap.exports.setDictionaryNumber(this.pointer, row, number);
  }

  /** Sets a row to bytes that must be UTF-8. */
  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    const address = this.#heap.stageBytes(bytes, start, end);
    this.#heap.exports.setDictionaryBytes(this.pointer, row, address, end - start);
  }

  clear(rows: number): void {
    this.#heap.exports.clearDictionaryColumn(this.pointer, rows);
    this.dictionary.forgetNames();
  }

  encode(rows: number): EncodedChunk {
    const { exports } = this.#heap;
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: this.dictionary.page(),
      pages: encodePages(this.#heap, rows, (start, end) =>
        exports.putDictionaryColumnPage(this.pointer, start, end),
      ),
      ...this.dictionary.range(),
    };
  }
}
