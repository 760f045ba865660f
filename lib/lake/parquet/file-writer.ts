import type { ColumnChunk, Encoding, RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { Compress, EncodedChunk } from './column-chunk.ts';

const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);
/** Longest minimum or maximum kept of a text column, bytes. */
const STATISTICS_LENGTH = 64;

/**
 * Lays column chunks out as one Parquet file, a row group at a time; the caller stores the returned
 * bytes one after another. Pages are data pages of version 1, which every reader understands.
 */
export class ParquetFileWriter {
  /** Bytes and rows so far. */
  sizeBytes = 0;
  rows = 0;
  #schema: SchemaElement[];
  #compress: Compress;
  #groups: RowGroup[] = [];
  #isBegun = false;

  constructor(schema: SchemaElement[], compress: Compress) {
    this.#schema = schema;
    this.#compress = compress;
  }

  /** Number of row groups written. */
  get groupCount(): number {
    return this.#groups.length;
  }

  /** Bytes of one row group of `rows` rows. */
  addRowGroup(chunks: EncodedChunk[], rows: number): Uint8Array[] {
    const out: Uint8Array[] = [];
    this.#begin(out);
    const start = this.sizeBytes;
    const columns = chunks.map((chunk) => this.#writeChunk(chunk, out));
    const total = columns.reduce((sum, { meta_data }) => sum + uncompressedSize(meta_data), 0n);
    this.#groups.push({
      columns,
      total_byte_size: total,
      num_rows: BigInt(rows),
      file_offset: BigInt(start),
      total_compressed_size: BigInt(this.sizeBytes - start),
    });
    this.rows += rows;
    return out;
  }

  /** Bytes that end the file. */
  finish(): Uint8Array[] {
    const out: Uint8Array[] = [];
    this.#begin(out);
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
    this.#emit(writer.getBytes(), out);
    this.#emit(MAGIC, out);
    return out;
  }

  #begin(out: Uint8Array[]): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#emit(MAGIC, out);
  }

  #emit(bytes: Uint8Array, out: Uint8Array[]): void {
    out.push(bytes);
    this.sizeBytes += bytes.length;
  }

  #writeChunk(chunk: EncodedChunk, out: Uint8Array[]): ColumnChunk {
    const start = this.sizeBytes;
    let uncompressed = 0;
    let dictionaryOffset: bigint | undefined;
    const encodings = new Set<Encoding>(['RLE']);
    if (chunk.dictionary !== undefined) {
      dictionaryOffset = BigInt(start);
      encodings.add('PLAIN');
      uncompressed += this.#writeDictionary(chunk.dictionary, out);
    }
    const dataOffset = this.sizeBytes;
    let values = 0;
    for (const page of chunk.pages) {
      encodings.add(page.encoding);
      values += page.valueCount;
      const body = this.#compress(page.bytes);
      uncompressed +=
        page.bytes.length +
        this.#writeHeader(out, {
          type: 'DATA_PAGE',
          uncompressed_page_size: page.bytes.length,
          compressed_page_size: body.length,
          data_page_header: {
            num_values: page.valueCount,
            encoding: page.encoding,
            definition_level_encoding: 'RLE',
            repetition_level_encoding: 'RLE',
          },
        });
      this.#emit(body, out);
    }
    return {
      file_offset: 0n,
      meta_data: {
        type: chunk.type,
        encodings: [...encodings],
        path_in_schema: chunk.path,
        codec: 'ZSTD',
        num_values: BigInt(values),
        total_uncompressed_size: BigInt(uncompressed),
        total_compressed_size: BigInt(this.sizeBytes - start),
        data_page_offset: BigInt(dataOffset),
        dictionary_page_offset: dictionaryOffset,
        statistics: {
          null_count: BigInt(chunk.nullCount),
          ...(chunk.min !== undefined && { min_value: chunk.min, max_value: chunk.max }),
        },
      },
    };
  }

  #writeDictionary(dictionary: { count: number; bytes: Uint8Array }, out: Uint8Array[]): number {
    const body = this.#compress(dictionary.bytes);
    const header = this.#writeHeader(out, {
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: dictionary.bytes.length,
      compressed_page_size: body.length,
      dictionary_page_header: { num_values: dictionary.count, encoding: 'PLAIN' },
    });
    this.#emit(body, out);
    return header + dictionary.bytes.length;
  }

  #writeHeader(out: Uint8Array[], header: Parameters<typeof writePageHeader>[1]): number {
    const writer = new ByteWriter(64);
    writePageHeader(writer, header);
    const bytes = writer.getBytes();
    this.#emit(bytes, out);
    return bytes.length;
  }
}

function uncompressedSize(meta: ColumnChunk['meta_data']): bigint {
  return meta?.total_uncompressed_size ?? 0n;
}
