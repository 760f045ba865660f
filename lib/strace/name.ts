import { ByteDictionary } from './byte-dictionary.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * A short string that comes back on many rows: a syscall, an executable, an error.
 * `mark` and `id` belong to whoever numbers names (a dictionary column): its id under its mark.
 */
export class Name {
  readonly text: string;
  readonly bytes: Uint8Array;
  mark = -1;
  id = -1;

  constructor(text: string, bytes: Uint8Array = encoder.encode(text)) {
    this.text = text;
    this.bytes = bytes;
  }
}

/** Distinct names seen so far, found by their bytes; starts over when garbage has filled it. */
export class NameTable<T extends Name> {
  #dictionary = new ByteDictionary();
  #names: T[] = [];
  #make: (text: string, bytes: Uint8Array) => T;
  #limit: number;

  constructor(make: (text: string, bytes: Uint8Array) => T, limit = 50_000) {
    this.#make = make;
    this.#limit = limit;
  }

  /** The names seen so far. */
  values(): readonly T[] {
    return this.#names;
  }

  /** The name with these bytes; invalid UTF-8 becomes U+FFFD. */
  get(bytes: Uint8Array, start: number, end: number): T {
    const id = this.#dictionary.intern(bytes, start, end);
    const known = this.#names[id];
    if (known !== undefined) return known;
    const text = decoder.decode(bytes.subarray(start, end));
    const name = this.#make(text, encoder.encode(text));
    if (this.#dictionary.count > this.#limit) {
      this.#dictionary.clear();
      this.#names.length = 0;
    } else {
      this.#names[id] = name;
    }
    return name;
  }
}
