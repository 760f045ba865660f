import type { ColumnBuilder, EncodedChunk } from './column-chunk.ts';
import { encodeConstant } from './nullable-pages.ts';
import { byteRange, plainDictionary, StringDictionary } from './string-dictionary.ts';

/** STRING column with one and the same value in every row. */
export class ConstantColumn implements ColumnBuilder {
  #path: string[];
  #dictionary = new StringDictionary();

  constructor(name: string, value: Uint8Array) {
    this.#path = [name];
    this.#dictionary.intern(value, 0, value.length);
  }

  reserve(): void {}

  clear(): void {}

  encode(rows: number): EncodedChunk {
    return {
      path: this.#path,
      type: 'BYTE_ARRAY',
      dictionary: plainDictionary(this.#dictionary),
      pages: encodeConstant(rows),
      ...byteRange(this.#dictionary),
    };
  }
}
