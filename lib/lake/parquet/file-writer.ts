import type { RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { type EncodedGroup, moveRowGroup } from './row-group.ts';

const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);
/** Longest minimum or maximum kept of a text column, bytes. */
const STATISTICS_LENGTH = 64;

/** Puts row groups one after another into a Parquet file; the caller stores the returned bytes. */
export class ParquetFileWriter {
  /** Bytes and rows so far. */
  sizeBytes = 0;
  rows = 0;
  #schema: SchemaElement[];
  #groups: RowGroup[] = [];

  constructor(schema: SchemaElement[]) {
    this.#schema = schema;
  }

  /** Number of row groups written. */
  get groupCount(): number {
    return this.#groups.length;
  }

  /** Bytes of one row group. */
  addRowGroup(group: EncodedGroup): Uint8Array[] {
    const out = this.#begin();
    this.#groups.push(moveRowGroup(group.metadata, this.sizeBytes));
    this.sizeBytes += group.sizeBytes;
    this.rows += group.rows;
    return [...out, ...group.bytes];
  }

  /** Bytes that end the file. */
  finish(): Uint8Array[] {
    const out = this.#begin();
    const writer = new ByteWriter();
    writeMetadata(
      writer,
      {
        version: 2,
        schema: this.#schema,
        num_rows: BigInt(this.rows),
        row_groups: this.#groups,
        created_by: 'stracelake',
        metadata_length: 0,
      },
      STATISTICS_LENGTH,
    );
    const footer = writer.getBytes();
    this.sizeBytes += footer.length + MAGIC.length;
    return [...out, footer, MAGIC];
  }

  #begin(): Uint8Array[] {
    if (this.sizeBytes > 0) return [];
    this.sizeBytes = MAGIC.length;
    return [MAGIC];
  }
}
