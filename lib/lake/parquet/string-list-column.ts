import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { encodePages } from './pages.ts';
import { StringDictionary } from './string-dictionary.ts';

/** ARRAY<STRING> column, dictionary-encoded; never NULL, possibly empty, elements never NULL. */
export class StringListColumn implements ColumnBuilder {
  /** Address of the column. */
  readonly pointer: number;
  /** The distinct strings so far. */
  readonly dictionary: StringDictionary;
  readonly #heap: WasmHeap;
  readonly #path: string[];

  constructor(name: string, heap: WasmHeap) {
    this.#path = [name, 'list', 'element'];
    this.#heap = heap;
    this.pointer = heap.exports.makeListColumn();
    this.dictionary = new StringDictionary(heap, heap.exports.listDictionaryOf(this.pointer));
  }

  reserve(rows: number): void {
    this.#heap.exports.reserveListColumn(this.pointer, rows);
  }

  /** Adds an element to a row; rows come in order. */
  add(row: number, bytes: Uint8Array, start: number, end: number): void {
    const address = this.#heap.stageBytes(bytes, start, end);
    this.#heap.exports.addListBytes(this.pointer, row, address, end - start);
  }

  clear(rows: number): void {
    this.#heap.exports.clearListColumn(this.pointer, rows);
    this.dictionary.forgetNames();
  }

  encode(rows: number): EncodedChunk {
    const { exports } = this.#heap;
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: this.dictionary.page(),
      pages: encodePages(this.#heap, rows, (start, end) =>
        exports.putListColumnPage(this.pointer, start, end),
      ),
      ...this.dictionary.range(),
    };
  }
}
