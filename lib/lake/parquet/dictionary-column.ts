import { type ByteDictionary, grown } from '../../strace/byte-dictionary.ts';
import type { Name } from '../../strace/name.ts';
import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { IndexPages } from './index-pages.ts';
import { byteRange, plainDictionary, StringDictionary } from './string-dictionary.ts';

/** STRING column whose values come back on many rows; nullable. */
export class DictionaryColumn implements ColumnBuilder {
  #path: string[];
  #dictionary = new StringDictionary();
  #pages = new IndexPages();
  /** Own number plus 1 of the strings of another dictionary, 0 when not met yet. */
  #mapped: Int32Array = new Int32Array(1 << 8);

  constructor(name: string) {
    this.#path = [name];
  }

  /** Adds a name, or NULL; a name met again costs no look-up. */
  addName(name: Name | undefined): void {
    if (name === undefined) {
      this.#pages.addNull();
      return;
    }
    this.#pages.add(this.#dictionary.internName(name));
  }

  /** Adds string `id` of another dictionary; one met again costs no look-up. */
  addFrom(other: ByteDictionary, id: number): void {
    if (id >= this.#mapped.length) this.#mapped = grown(this.#mapped, id + 1);
    let own = this.#mapped[id] - 1;
    if (own < 0) {
      own = this.#dictionary.intern(other.arena, other.starts[id], other.starts[id + 1]);
      this.#mapped[id] = own + 1;
    }
    this.#pages.add(own);
  }

  /** Adds bytes that must be UTF-8. */
  addBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#pages.add(this.#dictionary.intern(bytes, start, end));
  }

  addNull(): void {
    this.#pages.addNull();
  }

  clear(): void {
    this.#dictionary.clear();
    this.#pages.clear();
    this.#mapped.fill(0);
  }

  encode(): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: plainDictionary(this.#dictionary),
      pages: this.#pages.encode(this.#dictionary.count),
      nullCount: this.#pages.levels.nulls,
      ...byteRange(this.#dictionary),
    };
  }
}
