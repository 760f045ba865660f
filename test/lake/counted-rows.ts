import { type CallCount, countCalls } from '../../lib/lake/call-counter.ts';
import { DictionaryColumn } from '../../lib/lake/parquet/dictionary-column.ts';
import { Int64Column } from '../../lib/lake/parquet/int64-column.ts';
import { WasmHeap } from '../../lib/lake/wasm/wasm-heap.ts';

/** What counting looks at in a row; what is missing is NULL. */
export interface CountedRow {
  executable?: string;
  syscall?: string;
  error?: string;
  duration_ns?: number;
  bytes?: number;
}

/** Counts rows as a batch does. */
export function countRows(rows: readonly CountedRow[]): CallCount[] {
  const heap = new WasmHeap();
  const columns = {
    executable: new DictionaryColumn('executable', heap),
    syscall: new DictionaryColumn('syscall', heap),
    error: new DictionaryColumn('error', heap),
    duration_ns: new Int64Column('duration_ns', 'repeated', heap),
    bytes: new Int64Column('bytes', 'repeated', heap),
  };
  for (const column of Object.values(columns)) column.reserve(rows.length);
  for (const [at, row] of rows.entries()) {
    for (const name of ['executable', 'syscall', 'error'] as const) {
      const text = Buffer.from(row[name] ?? '');
      if (row[name] !== undefined) columns[name].setBytes(at, text, 0, text.length);
    }
    for (const name of ['duration_ns', 'bytes'] as const) {
      const value = row[name];
      if (value !== undefined) columns[name].setNumber(at, value);
    }
  }
  return countCalls(heap, columns, rows.length);
}
