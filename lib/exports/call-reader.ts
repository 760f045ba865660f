import { zstdDecompressSync } from 'node:zlib';
import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from 'hyparquet';
import { callColumns } from '../lake/columns.ts';
import type { SessionFile } from '../lake/manifest.ts';
import type { ObjectStore } from '../lake/object-store.ts';
import type { CallRow } from './call-row.ts';

/** Where the Parquet files of a session are read from. */
export interface CallSource {
  store: ObjectStore;
  bucket: string;
  files: readonly SessionFile[];
}

/** A Parquet file and what its footer says. */
export interface ParquetObject {
  key: string;
  metadata: FileMetaData;
}

const compressors = {
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
};

/**
 * Rows of a session in the order of the log, a row group at a time. Columns that are not wanted, or that
 * the files lack, are NULL; lists are empty.
 */
export async function* readCalls(
  source: CallSource,
  columns: readonly (keyof CallRow)[] = allColumns,
): AsyncGenerator<CallRow[]> {
  for (const file of source.files) {
    const object = await openParquet(source, file);
    const present = new Set(object.metadata.schema.map(({ name }) => name));
    const wanted = columns.filter((name) => present.has(name));
    for (const [index, group] of object.metadata.row_groups.entries())
      yield await readGroup(source, object, index, group, wanted);
  }
}

/** Reads the footer of a file. */
export async function openParquet(
  { store, bucket }: CallSource,
  { key, size_bytes: byteLength }: SessionFile,
): Promise<ParquetObject> {
  const slice = async (start: number, end = byteLength) =>
    bufferOf(await store.readRange(bucket, key, start, end - start));
  return { key, metadata: await parquetMetadataAsync({ byteLength, slice }) };
}

/** First byte of a row group and the byte after its last. */
export function extentOf({ columns }: RowGroup): { start: number; end: number } {
  const chunks = columns.map(({ meta_data: meta }) => {
    const start = Number(meta!.dictionary_page_offset ?? meta!.data_page_offset);
    return { start, end: start + Number(meta!.total_compressed_size) };
  });
  return {
    start: Math.min(...chunks.map(({ start }) => start)),
    end: Math.max(...chunks.map(({ end }) => end)),
  };
}

const allColumns = callColumns.map(({ name }) => name as keyof CallRow);

const emptyRow = Object.fromEntries(
  callColumns.map(({ name, type }) => [name, type === 'array<string>' ? [] : null]),
) as unknown as CallRow;

async function readGroup(
  { store, bucket }: CallSource,
  { key, metadata }: ParquetObject,
  index: number,
  group: RowGroup,
  columns: string[],
): Promise<CallRow[]> {
  const { start, end } = extentOf(group);
  const bytes = bufferOf(await store.readRange(bucket, key, start, end - start));
  const first = metadata.row_groups
    .slice(0, index)
    .reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  const rows = await parquetReadObjects({
    // Of the whole file only this group is there; nothing else is asked for.
    file: { byteLength: end, slice: (from, to = end) => bytes.slice(from - start, to - start) },
    metadata,
    columns,
    rowStart: first,
    rowEnd: first + Number(group.num_rows),
    compressors,
  });
  return rows.map((row) => completeRow(row, columns));
}

function completeRow(row: Record<string, unknown>, columns: string[]): CallRow {
  const complete: Record<string, unknown> = { ...emptyRow };
  for (const name of columns) complete[name] = row[name] ?? complete[name];
  return complete as unknown as CallRow;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
