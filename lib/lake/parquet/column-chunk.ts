import type { Encoding, ParquetType } from 'hyparquet';
import { ByteSink } from './byte-sink.ts';

/** One data page before compression, levels included. */
export interface EncodedPage {
  /** Values with their nulls; for a list, its elements and its empty rows. */
  valueCount: number;
  nullCount: number;
  encoding: Encoding;
  bytes: Uint8Array;
}

/** One column of a row group on its way out: its dictionary first, then its pages. */
export interface EncodedChunk {
  path: string[];
  type: ParquetType;
  /** Distinct values of a dictionary-encoded column, in PLAIN encoding. */
  dictionary?: { count: number; bytes: Uint8Array };
  pages: Iterable<EncodedPage>;
  min?: bigint | number | Uint8Array;
  max?: bigint | number | Uint8Array;
}

/**
 * Where pages are put together, one after another: a page is compressed before the next one of any
 * column is asked for.
 */
export const pageSink = new ByteSink(1 << 21);

/** Compresses one page. */
export type Compress = (bytes: Uint8Array) => Uint8Array;

/** Puts a 4-byte length in front of what `write` appends, as data pages of version 1 want levels. */
export function putSized(sink: ByteSink, write: () => void): void {
  const at = sink.length;
  sink.putInt32(0);
  write();
  sink.setInt32(at, sink.length - at - 4);
}

/**
 * One column of a row group while its rows come in. A row that is not set is NULL (of a list: empty),
 * so that what most rows lack costs them nothing.
 */
export interface ColumnBuilder {
  /** Makes room for rows 0 to `rows` - 1; set no other. */
  reserve(rows: number): void;
  /** The column chunk of the first `rows` rows; valid until `clear`. */
  encode(rows: number): EncodedChunk;
  /** Begins the next row group. */
  clear(): void;
}
