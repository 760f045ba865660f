import { grown } from '../../strace/byte-dictionary.ts';
import { putPresence } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import {
  type ColumnBuilder,
  type EncodedChunk,
  type EncodedPage,
  pageSink,
  putSized,
} from './column-chunk.ts';
import { countValues, PAGE_ROWS } from './nullable-pages.ts';

/** Bytes of text in one data page, about. */
const PAGE_BYTES = 4 << 20;

/** STRING column of long, mostly distinct values, copied straight into PLAIN pages; nullable. */
export class TextColumn implements ColumnBuilder {
  #path: string[];
  #plain = new ByteSink(1 << 16);
  #marks: Uint8Array = new Uint8Array(0);
  /** Row and byte where each page begins. */
  #breaks: { row: number; byte: number }[] = [{ row: 0, byte: 0 }];
  /** Row and byte that end the page under way. */
  #lastRow = PAGE_ROWS;
  #lastByte = PAGE_BYTES;

  constructor(name: string) {
    this.#path = [name];
  }

  reserve(rows: number): void {
    if (rows > this.#marks.length) this.#marks = grown(this.#marks, rows);
  }

  /** Sets a row to bytes that must be UTF-8; rows come in order. */
  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    const plain = this.#plain;
    if (row >= this.#lastRow || plain.length >= this.#lastByte) this.#breakPage(row);
    const length = end - start;
    plain.reserve(length + 4);
    plain.setInt32(plain.length, length);
    const target = plain.bytes;
    const from = plain.length + 4;
    if (length < 96) {
      for (let i = start, o = from; i < end; ) target[o++] = bytes[i++];
    } else {
      target.set(bytes.subarray(start, end), from);
    }
    plain.length = from + length;
    this.#marks[row] = 1;
  }

  clear(): void {
    this.#plain.clear();
    this.#marks.fill(0);
    this.#breaks = [{ row: 0, byte: 0 }];
    this.#lastRow = PAGE_ROWS;
    this.#lastByte = PAGE_BYTES;
  }

  encode(rows: number): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      pages: this.#pages(rows),
    };
  }

  #breakPage(row: number): void {
    const byte = this.#plain.length;
    this.#breaks.push({ row, byte });
    this.#lastRow = row + PAGE_ROWS;
    this.#lastByte = byte + PAGE_BYTES;
  }

  *#pages(rows: number): Generator<EncodedPage> {
    const isEmpty = this.#plain.length === 0;
    const sink = pageSink;
    for (const [i, { row, byte }] of this.#breaks.entries()) {
      const next = this.#breaks[i + 1] ?? { row: rows, byte: this.#plain.length };
      const count = isEmpty ? 0 : countValues(this.#marks, row, next.row);
      sink.clear();
      putSized(sink, () => putPresence(sink, this.#marks, row, next.row, count));
      sink.putBytes(this.#plain.bytes.subarray(byte, next.byte));
      const valueCount = next.row - row;
      yield {
        valueCount,
        nullCount: valueCount - count,
        encoding: 'PLAIN',
        bytes: sink.view(),
      };
    }
  }
}
