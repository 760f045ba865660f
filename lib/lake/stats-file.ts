import { constants, zstdCompressSync } from 'node:zlib';
import { Syscall } from '../strace/syscalls.ts';
import type { CallStats, StatsRow } from './call-stats.ts';
import type { ColumnBuilder } from './parquet/column-chunk.ts';
import { DictionaryColumn } from './parquet/dictionary-column.ts';
import { ParquetFileWriter } from './parquet/file-writer.ts';
import { Int64Column } from './parquet/int64-column.ts';
import { encodeRowGroup } from './parquet/row-group.ts';
import { parquetSchema } from './parquet/schema.ts';
import { StringListColumn } from './parquet/string-list-column.ts';
import { statsColumns } from './stats-columns.ts';
import type { StatsTime } from './stats-time.ts';
import { WasmHeap } from './wasm/wasm-heap.ts';

/** What every row of a session's statistics says. */
export interface StatsHead extends StatsTime {
  session: string;
  labels: Readonly<Record<string, string>>;
}

const schema = parquetSchema(statsColumns);

/** A column, and how it is filled. */
interface Filled {
  column: ColumnBuilder;
  fill(at: number, row: StatsRow): void;
}

/** The Parquet file of a session's statistics: one row group, a few kilobytes. */
export function encodeStats(
  stats: CallStats,
  head: StatsHead,
): { bytes: Uint8Array; rows: number } {
  const rows = stats.rows();
  const columns = makeColumns(stats, head);
  const chunks = statsColumns.map(({ name }) => {
    const { column, fill } = columns[name];
    column.reserve(rows.length);
    for (const [at, row] of rows.entries()) fill(at, row);
    return column.encode(rows.length);
  });
  const file = new ParquetFileWriter(schema);
  const pieces = [...file.addRowGroup(encodeRowGroup(chunks, rows.length, compress))];
  return { bytes: Buffer.concat([...pieces, ...file.finish()]), rows: rows.length };
}

function makeColumns(stats: CallStats, head: StatsHead): Record<string, Filled> {
  const heap = new WasmHeap();
  const { processes } = stats;
  const labels = Object.entries(head.labels).map((label) => label.join('='));
  return {
    session: text(heap, 'session', () => head.session),
    day: text(heap, 'day', () => head.day),
    day_from: text(heap, 'day_from', () => head.day_from),
    recorded_ns: integer(heap, 'recorded_ns', () => head.recorded_ns),
    elapsed_ns: integer(heap, 'elapsed_ns', () => head.elapsed_ns),
    labels: list(heap, 'labels', labels),
    processes: integer(heap, 'processes', () => processes),
    executable: text(heap, 'executable', (row) => row.executable),
    syscall: text(heap, 'syscall', (row) => row.syscall),
    error: text(heap, 'error', (row) => row.error),
    calls: integer(heap, 'calls', (row) => row.calls),
    duration_ns: integer(heap, 'duration_ns', (row) => row.duration_ns),
    longest_ns: integer(heap, 'longest_ns', (row) => row.longest_ns),
    bytes: integer(heap, 'bytes', (row) => row.bytes),
    direction: text(heap, 'direction', (row) =>
      row.bytes === null ? null : directionOf(row.syscall),
    ),
  };
}

function text(heap: WasmHeap, name: string, read: (row: StatsRow) => string | null): Filled {
  const column = new DictionaryColumn(name, heap);
  function fill(at: number, row: StatsRow): void {
    const value = read(row);
    if (value === null) return;
    const bytes = encoder.encode(value);
    column.setBytes(at, bytes, 0, bytes.length);
  }
  return { column, fill };
}

function integer(
  heap: WasmHeap,
  name: string,
  read: (row: StatsRow) => bigint | number | null,
): Filled {
  const column = new Int64Column(name, 'repeated', heap);
  function fill(at: number, row: StatsRow): void {
    const value = read(row);
    if (value === null) return;
    const exact = BigInt(value);
    column.set(at, Number(BigInt.asIntN(32, exact)), Number(BigInt.asIntN(32, exact >> 32n)));
  }
  return { column, fill };
}

function list(heap: WasmHeap, name: string, values: readonly string[]): Filled {
  const column = new StringListColumn(name, heap);
  const elements = values.map((value) => encoder.encode(value));
  function fill(at: number): void {
    for (const bytes of elements) column.add(at, bytes, 0, bytes.length);
  }
  return { column, fill };
}

function directionOf(syscall: string | null): string | null {
  if (syscall === null) return null;
  return new Syscall(syscall, encoder.encode(syscall)).direction?.text ?? null;
}

const encoder = new TextEncoder();

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 9 } });
}
