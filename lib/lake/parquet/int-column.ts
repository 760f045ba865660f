import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { encodePages, lastPage } from './pages.ts';

/** INT column of values that come back on many rows, such as pids; nullable. -1 stands for NULL. */
export class IntColumn implements ColumnBuilder {
  /** Address of the column. */
  readonly pointer: number;
  readonly #heap: WasmHeap;
  readonly #path: string[];

  constructor(name: string, heap: WasmHeap) {
    this.#path = [name];
    this.#heap = heap;
    this.pointer = heap.exports.makeIntColumn();
  }

  reserve(rows: number): void {
    this.#heap.exports.reserveIntColumn(this.pointer, rows);
  }

  set(row: number, value: number): void {
    this.#heap.exports.setInt(this.pointer, row, value);
  }

  /** The distinct values; call it behind `encode`. */
  values(): number[] {
    const bytes = this.#dictionary().slice();
    return [...new Int32Array(bytes.buffer)];
  }

  clear(rows: number): void {
    this.#heap.exports.clearIntColumn(this.pointer, rows);
  }

  encode(rows: number): EncodedChunk {
    const { exports } = this.#heap;
    const count = exports.numberInts(this.pointer, rows);
    return {
      path: this.#path,
      type: 'INT32',
      dictionary: { count, read: () => this.#dictionary() },
      pages: encodePages(this.#heap, rows, (start, end) =>
        exports.putIntColumnPage(this.pointer, start, end),
      ),
      ...(count > 0 && {
        min: exports.leastInt(this.pointer),
        max: exports.greatestInt(this.pointer),
      }),
    };
  }

  #dictionary(): Uint8Array {
    this.#heap.exports.putIntDictionary(this.pointer);
    return lastPage(this.#heap).bytes;
  }
}
