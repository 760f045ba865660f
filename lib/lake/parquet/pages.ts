import type { Encoding } from 'hyparquet';
import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { EncodedPage } from './column-chunk.ts';

/** Rows of one data page, at most. */
export const PAGE_ROWS = 1 << 17;

/** The encodings that are written, as Parquet numbers them. */
const ENCODINGS: Record<number, Encoding> = {
  0: 'PLAIN',
  5: 'DELTA_BINARY_PACKED',
  8: 'RLE_DICTIONARY',
};

/** Pages of a column, each put together by `put` from the rows `start` to `end`. */
export function* encodePages(
  heap: WasmHeap,
  rows: number,
  put: (start: number, end: number) => void,
): Generator<EncodedPage> {
  for (let row = 0; row < rows; row += PAGE_ROWS) {
    put(row, Math.min(row + PAGE_ROWS, rows));
    yield lastPage(heap);
  }
}

/** The page that was put together last. */
export function lastPage(heap: WasmHeap): EncodedPage {
  const { exports } = heap;
  return {
    valueCount: exports.pageValues(),
    nullCount: exports.pageNulls(),
    encoding: ENCODINGS[exports.pageEncoding()],
    bytes: heap.view(exports.pageAddress(), exports.pageLength()),
  };
}
