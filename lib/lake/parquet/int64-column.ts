import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { encodePages } from './pages.ts';

/** How neighbours of a column are: close (times, line numbers), or the same again (durations). */
export type Int64Habit = 'close' | 'repeated';

/** BIGINT column; nullable. Written as differences or through a dictionary where that is shorter. */
export class Int64Column implements ColumnBuilder {
  /** Address of the column. */
  readonly pointer: number;
  readonly #heap: WasmHeap;
  readonly #path: string[];
  readonly #habit: Int64Habit;

  constructor(name: string, habit: Int64Habit, heap: WasmHeap) {
    this.#path = [name];
    this.#habit = habit;
    this.#heap = heap;
    this.pointer = heap.exports.makeInt64Column();
  }

  reserve(rows: number): void {
    this.#heap.exports.reserveInt64Column(this.pointer, rows);
  }

  /** Sets a row to the low and the high half of its value. */
  set(row: number, low: number, high: number): void {
    this.#heap.exports.setInt64(this.pointer, row, low, high);
  }

  /** Sets a row to a safe integer. */
  setNumber(row: number, value: number): void {
    this.#heap.exports.setInt64Number(this.pointer, row, value);
  }

  /** Sets a row to a time in nanoseconds: seconds and nanoseconds within the second. */
  setTime(row: number, seconds: number, nanos: number): void {
    this.#heap.exports.setInt64Time(this.pointer, row, seconds, nanos);
  }

  clear(rows: number): void {
    this.#heap.exports.clearInt64Column(this.pointer, rows);
  }

  encode(rows: number): EncodedChunk {
    const head = { path: this.#path, type: 'INT64' as const };
    const { exports } = this.#heap;
    const { pointer } = this;
    const count = exports.countInt64s(pointer, rows);
    if (this.#habit === 'close') {
      exports.rangeInt64s(pointer, rows);
      const pages = this.#pages(rows, exports.putInt64Deltas);
      return { ...head, pages, ...this.#range(count) };
    }
    const distinct = exports.numberInt64s(pointer, rows);
    // a dictionary of which most entries are used once only costs
    if (distinct * 2 > count) {
      const pages = this.#pages(rows, exports.putInt64Plain);
      return { ...head, pages, ...this.#range(count) };
    }
    const read = () => this.#heap.view(exports.distinctInt64s(pointer), distinct * 8);
    return {
      ...head,
      dictionary: { count: distinct, read },
      pages: this.#pages(rows, exports.putInt64Indexes),
      ...this.#range(count),
    };
  }

  #pages(rows: number, put: (pointer: number, start: number, end: number) => void) {
    return encodePages(this.#heap, rows, (start, end) => put(this.pointer, start, end));
  }

  #range(count: number): { min?: bigint; max?: bigint } {
    if (count === 0) return {};
    const { exports } = this.#heap;
    return { min: exports.leastInt64(this.pointer), max: exports.greatestInt64(this.pointer) };
  }
}
