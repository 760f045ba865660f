import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { IndexPages } from './index-pages.ts';

/** INT column of few distinct values; nullable. */
export class SmallIntColumn implements ColumnBuilder {
  #path: string[];
  #ids = new Map<number, number>();
  #pages = new IndexPages();
  #last = Number.NaN;
  #lastId = -1;

  constructor(name: string) {
    this.#path = [name];
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
    const plain = Int32Array.from(values);
    return {
      path: this.#path,
      type: 'INT32',
      dictionary: { count: values.length, bytes: new Uint8Array(plain.buffer) },
      pages: this.#pages.encode(values.length),
      nullCount: this.#pages.levels.nulls,
      ...(values.length > 0 && { min: plain.reduce(lesser), max: plain.reduce(greater) }),
    };
  }
}

function lesser(a: number, b: number): number {
  return Math.min(a, b);
}

function greater(a: number, b: number): number {
  return Math.max(a, b);
}
