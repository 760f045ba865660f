import { zstdDecompressSync } from 'node:zlib';
import { type FileMetaData, parquetMetadataAsync, parquetRead, type RowGroup } from 'hyparquet';
import { callColumns } from '../lake/columns.ts';
import type { SessionFile } from '../lake/manifest.ts';
import type { ObjectStore } from '../lake/object-store.ts';
import type { CallRow } from './call-row.ts';

/** Where the Parquet files of a session are read from. */
export interface CallSource {
  store: Pick<ObjectStore, 'readRange'>;
  bucket: string;
  files: readonly SessionFile[];
}

/** A Parquet file and what its footer says. */
export interface ParquetObject {
  key: string;
  metadata: FileMetaData;
}

const BATCH_ROWS = 4096;

const compressors = {
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
};

/**
 * Rows of a session in the order of the log, some thousands at a time. Columns that are not wanted, or that
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
    for (const index of object.metadata.row_groups.keys())
      yield* readRows(await readColumns(source, object, index, wanted), columns);
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

/** Values of the columns of one row group, each in runs one after another. */
interface GroupColumns {
  rowCount: number;
  runs: Map<string, ArrayLike<unknown>[]>;
}

async function readColumns(
  { store, bucket }: CallSource,
  { key, metadata }: ParquetObject,
  index: number,
  columns: string[],
): Promise<GroupColumns> {
  const group = metadata.row_groups[index]!;
  const { start, end } = extentOf(group);
  const bytes = bufferOf(await store.readRange(bucket, key, start, end - start));
  const runs = new Map<string, ArrayLike<unknown>[]>(columns.map((name) => [name, []]));
  await parquetRead({
    // Of the whole file only this group is there; nothing else is asked for.
    file: { byteLength: end, slice: (from, to = end) => bytes.slice(from - start, to - start) },
    metadata: { ...metadata, row_groups: [group], num_rows: group.num_rows },
    columns,
    compressors,
    onChunk: ({ columnName, columnData }) => runs.get(columnName)!.push(columnData),
  });
  return { rowCount: Number(group.num_rows), runs };
}

/** Rows of a group in batches: as objects they take far more memory than their columns do. */
function* readRows(
  { rowCount, runs }: GroupColumns,
  columns: readonly string[],
): Generator<CallRow[]> {
  const readers = columns.map((name) => ({ name, next: valuesOf(runs.get(name) ?? [], name) }));
  for (let from = 0; from < rowCount; from += BATCH_ROWS) {
    const rows: CallRow[] = [];
    for (let at = from; at < Math.min(rowCount, from + BATCH_ROWS); at++) {
      const row: Record<string, unknown> = { ...emptyRow };
      for (const { name, next } of readers) row[name] = next();
      rows.push(row as unknown as CallRow);
    }
    yield rows;
  }
}

/** Gives the values of a column one after another. */
function valuesOf(runs: readonly ArrayLike<unknown>[], name: string): () => unknown {
  const none = emptyRow[name as keyof CallRow];
  let run = 0;
  let at = 0;
  return () => {
    while (at === runs[run]?.length) {
      run++;
      at = 0;
    }
    return runs[run]?.[at++] ?? none;
  };
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
