import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { ColumnBuilder, EncodedChunk, EncodedPage } from './column-chunk.ts';
import { lastPage } from './pages.ts';

/** STRING column of long, mostly distinct values, in PLAIN pages; nullable. */
export class TextColumn implements ColumnBuilder {
  /** Address of the column. */
  readonly pointer: number;
  readonly #heap: WasmHeap;
  readonly #path: string[];

  constructor(name: string, heap: WasmHeap) {
    this.#path = [name];
    this.#heap = heap;
    this.pointer = heap.exports.makeTextColumn();
  }

  reserve(rows: number): void {
    this.#heap.exports.reserveTextColumn(this.pointer, rows);
  }

  /** Sets a row to bytes that must be UTF-8; rows come in order. */
  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    const address = this.#heap.exports.takeText(this.pointer, row, end - start);
    this.#heap.write(address, bytes, start, end);
  }

  clear(rows: number): void {
    this.#heap.exports.clearTextColumn(this.pointer, rows);
  }

  encode(rows: number): EncodedChunk {
    return { path: this.#path, type: 'BYTE_ARRAY', pages: this.#pages(rows) };
  }

  *#pages(rows: number): Generator<EncodedPage> {
    const { exports } = this.#heap;
    const count = exports.textPageCount(this.pointer);
    for (let number = 0; number < count; number++) {
      exports.putTextColumnPage(this.pointer, number, rows);
      yield lastPage(this.#heap);
    }
  }
}
