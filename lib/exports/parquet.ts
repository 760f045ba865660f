import type { RowGroup } from 'hyparquet';
import { callSchema } from '../lake/call-batch.ts';
import { ParquetFileWriter } from '../lake/parquet/file-writer.ts';
import { moveRowGroup } from '../lake/parquet/row-group.ts';
import { type CallSource, extentOf, openParquet } from './call-reader.ts';

/** The Parquet files of a session as one: their row groups one after another, as they are. */
export async function* joinParquet(source: CallSource): AsyncGenerator<Uint8Array> {
  const { store, bucket, files } = source;
  let writer: ParquetFileWriter | undefined;
  for (const file of files) {
    const { key, metadata } = await openParquet(source, file);
    writer ??= new ParquetFileWriter(metadata.schema);
    for (const group of metadata.row_groups) {
      const { start, end } = extentOf(group);
      const bytes = await store.readRange(bucket, key, start, end - start);
      yield* writer.addRowGroup(encodedGroup(group, bytes, start));
    }
  }
  yield* (writer ?? new ParquetFileWriter(callSchema)).finish();
}

function encodedGroup(group: RowGroup, bytes: Uint8Array, start: number) {
  return {
    bytes: [bytes],
    sizeBytes: bytes.length,
    rows: Number(group.num_rows),
    metadata: moveRowGroup(group, -start),
  };
}
