import { grown } from '../../strace/byte-dictionary.ts';

/** Distinct 64-bit integers as low and high halves, numbered in order of first appearance. */
export class Int64Dictionary {
  /** Number of distinct integers. */
  count = 0;
  /** Low and high halves by turns. */
  pairs: Int32Array = new Int32Array(1 << 9);
  #slots = new Int32Array(1 << 9);

  /** Number of the integer, giving it the next one when it is new. */
  intern(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(low, high) & mask;
    for (;;) {
      const id = this.#slots[slot] - 1;
      if (id < 0) break;
      if (this.pairs[id * 2] === low && this.pairs[id * 2 + 1] === high) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    if (this.count * 2 > this.pairs.length) this.pairs = grown(this.pairs, this.count * 2);
    this.pairs[id * 2] = low;
    this.pairs[id * 2 + 1] = high;
    this.#slots[slot] = id + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  /** Forgets every integer but keeps the memory. */
  clear(): void {
    this.count = 0;
    this.#slots.fill(0);
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = hash(this.pairs[id * 2], this.pairs[id * 2 + 1]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

function hash(low: number, high: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Least and greatest of the first `count` integers in `pairs`; nothing when there is none. */
export function pairRange(pairs: Int32Array, count: number): { min?: bigint; max?: bigint } {
  if (count === 0) return {};
  let min = 0;
  let max = 0;
  for (let at = 2; at < count * 2; at += 2) {
    if (isLess(pairs, at, min)) min = at;
    else if (isLess(pairs, max, at)) max = at;
  }
  return { min: toBigInt(pairs, min), max: toBigInt(pairs, max) };
}

function isLess(pairs: Int32Array, a: number, b: number): boolean {
  if (pairs[a + 1] !== pairs[b + 1]) return pairs[a + 1] < pairs[b + 1];
  return pairs[a] >>> 0 < pairs[b] >>> 0;
}

function toBigInt(pairs: Int32Array, at: number): bigint {
  return (BigInt(pairs[at + 1]) << 32n) | BigInt(pairs[at] >>> 0);
}
