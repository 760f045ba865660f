import type { Encoding, ParquetType } from 'hyparquet';

/** One data page before compression, levels included; its bytes are void when the next one is asked for. */
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
  dictionary?: DictionaryPage;
  pages: Iterable<EncodedPage>;
  min?: bigint | number | Uint8Array;
  max?: bigint | number | Uint8Array;
}

/** Distinct values of a dictionary-encoded column, in PLAIN encoding. */
export interface DictionaryPage {
  count: number;
  /** The bytes; void when a page of any column is asked for. */
  read(): Uint8Array;
}

/** Compresses one page. */
export type Compress = (bytes: Uint8Array) => Uint8Array;

/**
 * One column of a row group while its rows come in. A row that is not set is NULL (of a list: empty),
 * so that what most rows lack costs them nothing.
 */
export interface ColumnBuilder {
  /** Makes room for rows 0 to `rows` - 1; set no other. */
  reserve(rows: number): void;
  /** The column chunk of the first `rows` rows; valid until `clear`. */
  encode(rows: number): EncodedChunk;
  /** Begins the next row group; none but the first `rows` rows of this one were set. */
  clear(rows: number): void;
}
