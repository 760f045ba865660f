import {
  AsyncByteQueue,
  type DataType,
  Field,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { type Column, callColumns } from '../lake/columns.ts';
import type { CallBatches, CallRow } from './call-row.ts';

const types: Readonly<Record<Column['type'], () => DataType>> = {
  string: () => new Utf8(),
  int: () => new Int32(),
  bigint: () => new Int64(),
  'array<string>': () => new List(Field.new('element', new Utf8(), false)),
};

const schema = new Schema(
  callColumns.map(({ name, type, nullable }) => Field.new(name, types[type](), nullable)),
);

/** Rows as an Arrow IPC file (also known as Feather, version 2), a record batch for each batch of rows. */
export async function* encodeArrow(batches: CallBatches): AsyncGenerator<Uint8Array> {
  const out = new ByteCollector();
  const writer = new RecordBatchFileWriter();
  writer.reset(out, schema);
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    writer.write(batchOf(rows));
    yield* out.take();
  }
  writer.finish();
  yield* out.take();
}

function batchOf(rows: readonly CallRow[]): RecordBatch {
  const children = schema.fields.map(({ name, type }) => {
    const values = rows.map((row) => row[name as keyof CallRow]);
    return vectorFromArray(values, type).data[0]!;
  });
  const struct = new Struct(schema.fields);
  return new RecordBatch(
    schema,
    makeData({ type: struct, length: rows.length, nullCount: 0, children }),
  );
}

/** Takes what a writer writes without waiting for a reader, so that the caller paces both. */
class ByteCollector extends AsyncByteQueue {
  #chunks: Uint8Array[] = [];

  override write(chunk: Uint8Array): void {
    if (chunk.byteLength > 0) this.#chunks.push(chunk);
  }

  /** What was written since the last time. */
  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
