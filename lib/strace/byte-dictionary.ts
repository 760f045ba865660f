/** Distinct byte strings, numbered in order of first appearance; the bytes lie end to end in one arena. */
export class ByteDictionary {
  /** Number of distinct strings. */
  count = 0;
  /** Bytes of all strings, string `i` at `starts[i]` to `starts[i + 1]`. */
  #arena: Uint8Array = new Uint8Array(1 << 12);
  #starts: Int32Array = new Int32Array(1 << 8);
  #hashes = new Int32Array(1 << 8);
  #slots = new Int32Array(1 << 9);

  /** Number of the string `bytes[start, end)`, giving it the next one when it is new. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot] - 1;
      if (id < 0) break;
      if (this.#hashes[id] === hash && this.#holds(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#add(hash, slot, bytes, start, end);
  }

  /** Forgets every string but keeps the memory. */
  clear(): void {
    this.count = 0;
    this.#slots.fill(0);
  }

  #holds(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const arena = this.#arena;
    const starts = this.#starts;
    const from = starts[id];
    const length = end - start;
    if (starts[id + 1] - from !== length) return false;
    for (let i = 0; i < length; i++) if (arena[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(hash: number, slot: number, bytes: Uint8Array, start: number, end: number): number {
    const id = this.count;
    const from = id === 0 ? 0 : this.#starts[id];
    const to = from + end - start;
    if (to > this.#arena.length) this.#arena = grown(this.#arena, to);
    if (id + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, id + 2);
      this.#hashes = grown(this.#hashes, id + 2);
    }
    for (let i = start, o = from; i < end; ) this.#arena[o++] = bytes[i++];
    this.#starts[id] = from;
    this.#starts[id + 1] = to;
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    this.count = id + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const hash = this.#hashes[id];
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = (end - start) | 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash ^ (hash >>> 13);
}

/** A copy of a typed array with room for at least `size` elements, twice the old room or more. */
export function grown<T extends Uint8Array | Int32Array>(array: T, size: number): T {
  const room = Math.max(size, array.length * 2);
  const copy = new (array.constructor as new (length: number) => T)(room);
  copy.set(array);
  return copy;
}
