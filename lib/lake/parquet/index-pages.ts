import { grown } from '../../strace/byte-dictionary.ts';
import { bitWidth, putHybrid } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import { type EncodedPage, putSized } from './column-chunk.ts';
import { Levels, PAGE_ROWS } from './levels.ts';

/** Dictionary indexes of a column with their nulls. */
export class IndexPages {
  readonly levels = new Levels();
  #indexes: Int32Array = new Int32Array(1 << 11);

  add(index: number): void {
    const at = this.levels.values;
    if (at === this.#indexes.length) this.#indexes = grown(this.#indexes, at + 1);
    this.#indexes[at] = index;
    this.levels.addValue();
  }

  addNull(): void {
    this.levels.addNull();
  }

  clear(): void {
    this.levels.clear();
  }

  /** Pages of the values themselves, each `width` bytes of `values`, where the indexes point. */
  *encodePlain(values: Uint8Array, width: number): Generator<EncodedPage> {
    const sink = new ByteSink(PAGE_ROWS * width);
    for (const { row, end, value, next } of this.levels.pages()) {
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.levels.bytes, row, end, 1));
      for (let i = value; i < next; i++) {
        const at = this.#indexes[i] * width;
        sink.putBytes(values.subarray(at, at + width));
      }
      yield { valueCount: end - row, encoding: 'PLAIN', bytes: sink.view() };
    }
  }

  /** Pages of indexes into a dictionary. */
  *encode(dictionarySize: number): Generator<EncodedPage> {
    const width = bitWidth(Math.max(dictionarySize - 1, 0));
    const sink = new ByteSink(PAGE_ROWS * 2);
    for (const { row, end, value, next } of this.levels.pages()) {
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.levels.bytes, row, end, 1));
      sink.putByte(width);
      if (next > value) putHybrid(sink, this.#indexes, value, next, width);
      yield { valueCount: end - row, encoding: 'RLE_DICTIONARY', bytes: sink.view() };
    }
  }
}
