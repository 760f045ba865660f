import type { Name } from '../../strace/name.ts';
import type { WasmHeap } from '../wasm/wasm-heap.ts';
import type { DictionaryPage } from './column-chunk.ts';

let nextMark = 0;

const decoder = new TextDecoder();

/** The distinct strings of one column in one row group, numbered in order of first appearance. */
export class StringDictionary {
  readonly #heap: WasmHeap;
  readonly #pointer: number;
  #mark = nextMark++;

  constructor(heap: WasmHeap, pointer: number) {
    this.#heap = heap;
    this.#pointer = pointer;
  }

  /** Number of distinct strings. */
  get count(): number {
    return this.#heap.exports.stringCount(this.#pointer);
  }

  /** Number of a name; one met again costs no look-up. */
  internName(name: Name): number {
    if (name.mark !== this.#mark) {
      const { bytes } = name;
      const address = this.#heap.stageBytes(bytes, 0, bytes.length);
      name.mark = this.#mark;
      name.id = this.#heap.exports.internString(this.#pointer, address, bytes.length);
    }
    return name.id;
  }

  /** The distinct strings by number. */
  texts(): string[] {
    return Array.from({ length: this.count }, (_, id) => decoder.decode(this.#bytesOf(id)));
  }

  /** The strings, each behind its length. */
  page(): DictionaryPage {
    const { exports } = this.#heap;
    const pointer = this.#pointer;
    return {
      count: this.count,
      read: () =>
        this.#heap.view(
          exports.dictionaryPageAddress(pointer),
          exports.dictionaryPageLength(pointer),
        ),
    };
  }

  /** Least and greatest string; nothing for an empty dictionary. */
  range(): { min?: Uint8Array; max?: Uint8Array } {
    if (this.count === 0) return {};
    const { exports } = this.#heap;
    const min = this.#bytesOf(exports.leastString(this.#pointer)).slice();
    const max = this.#bytesOf(exports.greatestString(this.#pointer)).slice();
    return { min, max };
  }

  /** Numbers names anew, now that the strings were forgotten. */
  forgetNames(): void {
    this.#mark = nextMark++;
  }

  #bytesOf(id: number): Uint8Array {
    const { exports } = this.#heap;
    return this.#heap.view(
      exports.stringAddress(this.#pointer, id),
      exports.stringLength(this.#pointer, id),
    );
  }
}
