import { grown } from '../../strace/byte-dictionary.ts';
import { putHybrid } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import {
  type ColumnBuilder,
  type EncodedChunk,
  type EncodedPage,
  putSized,
} from './column-chunk.ts';
import { PAGE_ROWS } from './levels.ts';

/** Bytes of text in one data page, about. */
const PAGE_BYTES = 1 << 20;

/** STRING column of long, mostly distinct values, copied straight into PLAIN pages; nullable. */
export class TextColumn implements ColumnBuilder {
  #path: string[];
  #plain = new ByteSink(1 << 16);
  #levels: Uint8Array = new Uint8Array(1 << 11);
  #rows = 0;
  #nulls = 0;
  /** Row and byte where each page begins. */
  #breaks: { row: number; byte: number }[] = [{ row: 0, byte: 0 }];

  constructor(name: string) {
    this.#path = [name];
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const plain = this.#plain;
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
    this.#addLevel(1);
  }

  addNull(): void {
    this.#nulls++;
    this.#addLevel(0);
  }

  clear(): void {
    this.#plain.clear();
    this.#rows = 0;
    this.#nulls = 0;
    this.#breaks = [{ row: 0, byte: 0 }];
  }

  encode(): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      pages: this.#pages(),
      nullCount: this.#nulls,
    };
  }

  #addLevel(level: number): void {
    if (this.#rows === this.#levels.length) this.#levels = grown(this.#levels, this.#rows + 1);
    this.#levels[this.#rows++] = level;
    const last = this.#breaks[this.#breaks.length - 1];
    if (this.#plain.length - last.byte >= PAGE_BYTES || this.#rows - last.row >= PAGE_ROWS) {
      this.#breaks.push({ row: this.#rows, byte: this.#plain.length });
    }
  }

  *#pages(): Generator<EncodedPage> {
    const sink = new ByteSink(PAGE_BYTES * 2);
    for (const [i, { row, byte }] of this.#breaks.entries()) {
      const next = this.#breaks[i + 1] ?? { row: this.#rows, byte: this.#plain.length };
      if (next.row === row) continue;
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.#levels, row, next.row, 1));
      sink.putBytes(this.#plain.bytes.subarray(byte, next.byte));
      yield { valueCount: next.row - row, encoding: 'PLAIN', bytes: sink.view() };
    }
  }
}
