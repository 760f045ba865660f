import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { encodePages } from './pages.ts';

/** STRING column with one and the same value in every row. */
export class ConstantColumn implements ColumnBuilder {
  readonly #heap: WasmHeap;
  readonly #path: string[];
  readonly #value: Uint8Array;

  constructor(name: string, value: Uint8Array, heap: WasmHeap) {
    this.#path = [name];
    this.#value = value;
    this.#heap = heap;
  }

  reserve(): void {}

  clear(): void {}

  encode(rows: number): EncodedChunk {
    const value = this.#value;
    const { exports } = this.#heap;
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: { count: 1, read: () => plainString(value) },
      pages: encodePages(this.#heap, rows, (start, end) => exports.putConstantPage(end - start)),
      min: value,
      max: value,
    };
  }
}

function plainString(value: Uint8Array): Uint8Array {
  const length = new Uint8Array(Uint32Array.of(value.length).buffer);
  return Uint8Array.of(...length, ...value);
}
