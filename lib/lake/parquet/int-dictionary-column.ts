import type { ColumnBuilder, EncodedChunk, EncodedPage } from './column-chunk.ts';
import { IndexPages } from './index-pages.ts';

/** INT or BIGINT column of values that come back on many rows, safe integers; nullable. */
export class IntDictionaryColumn implements ColumnBuilder {
  #path: string[];
  #type: 'INT32' | 'INT64';
  #ids = new Map<number, number>();
  #pages = new IndexPages();
  #last = Number.NaN;
  #lastId = -1;

  constructor(name: string, type: 'INT32' | 'INT64' = 'INT32') {
    this.#path = [name];
    this.#type = type;
  }

  add(value: number): void {
    if (value !== this.#last) {
      let id = this.#ids.get(value);
      if (id === undefined) {
        id = this.#ids.size;
        this.#ids.set(value, id);
      }
      this.#last = value;
      this.#lastId = id;
    }
    this.#pages.add(this.#lastId);
  }

  addNull(): void {
    this.#pages.addNull();
  }

  clear(): void {
    this.#ids.clear();
    this.#pages.clear();
    this.#last = Number.NaN;
  }

  encode(): EncodedChunk {
    const values = [...this.#ids.keys()];
    return {
      path: this.#path,
      type: this.#type,
      ...this.#encodeValues(values),
      nullCount: this.#pages.levels.nulls,
      ...this.#range(values),
    };
  }

  /** A dictionary of which most entries are used once only costs: then the values themselves. */
  #encodeValues(values: number[]): {
    dictionary?: { count: number; bytes: Uint8Array };
    pages: Iterable<EncodedPage>;
  } {
    const plain = this.#toPlain(values);
    if (values.length * 2 > this.#pages.levels.values) {
      return { pages: this.#pages.encodePlain(plain, plain.length / (values.length || 1)) };
    }
    return {
      dictionary: { count: values.length, bytes: plain },
      pages: this.#pages.encode(values.length),
    };
  }

  #toPlain(values: number[]): Uint8Array {
    const plain =
      this.#type === 'INT32' ? Int32Array.from(values) : BigInt64Array.from(values, BigInt);
    return new Uint8Array(plain.buffer);
  }

  #range(values: number[]): { min?: number | bigint; max?: number | bigint } {
    if (values.length === 0) return {};
    let [min] = values;
    let max = min;
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    return this.#type === 'INT32' ? { min, max } : { min: BigInt(min), max: BigInt(max) };
  }
}
