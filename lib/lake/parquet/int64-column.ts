import { grown } from '../../strace/byte-dictionary.ts';
import { putHybrid } from './bit-packing.ts';
import { ByteSink } from './byte-sink.ts';
import {
  type ColumnBuilder,
  type EncodedChunk,
  type EncodedPage,
  putSized,
} from './column-chunk.ts';
import { putDeltaBinaryPacked } from './delta.ts';
import { Levels, PAGE_ROWS } from './levels.ts';

/** BIGINT column; nullable. */
export class Int64Column implements ColumnBuilder {
  #path: string[];
  #isDelta: boolean;
  /** Low and high halves by turns, nulls left out. */
  #pairs: Int32Array = new Int32Array(1 << 12);
  #levels = new Levels();

  /** `isDelta`: neighbours are close (times, line numbers), so write differences. */
  constructor(name: string, isDelta: boolean) {
    this.#path = [name];
    this.#isDelta = isDelta;
  }

  add(low: number, high: number): void {
    const at = this.#levels.values * 2;
    if (at + 2 > this.#pairs.length) this.#pairs = grown(this.#pairs, at + 2);
    this.#pairs[at] = low;
    this.#pairs[at + 1] = high;
    this.#levels.addValue();
  }

  /** Adds a safe integer. */
  addNumber(value: number): void {
    const high = Math.floor(value / 4294967296);
    this.add((value - high * 4294967296) | 0, high | 0);
  }

  addNull(): void {
    this.#levels.addNull();
  }

  clear(): void {
    this.#levels.clear();
  }

  encode(): EncodedChunk {
    const range = this.#range();
    return {
      path: this.#path,
      type: 'INT64',
      pages: this.#pages(),
      nullCount: this.#levels.nulls,
      ...range,
    };
  }

  *#pages(): Generator<EncodedPage> {
    const sink = new ByteSink(PAGE_ROWS * 4);
    for (const { row, end, value, next } of this.#levels.pages()) {
      sink.clear();
      putSized(sink, () => putHybrid(sink, this.#levels.bytes, row, end, 1));
      const pairs = this.#pairs.subarray(value * 2, next * 2);
      const isDelta = this.#isDelta && putDeltaBinaryPacked(sink, pairs, next - value);
      if (!isDelta) sink.putBytes(new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength));
      const encoding = isDelta ? 'DELTA_BINARY_PACKED' : 'PLAIN';
      yield { valueCount: end - row, encoding, bytes: sink.view() };
    }
  }

  #range(): { min?: bigint; max?: bigint } {
    const { values } = this.#levels;
    if (values === 0) return {};
    const pairs = this.#pairs;
    let min = 0;
    let max = 0;
    for (let i = 2; i < values * 2; i += 2) {
      if (isLess(pairs, i, min)) min = i;
      if (isLess(pairs, max, i)) max = i;
    }
    return { min: toBigInt(pairs, min), max: toBigInt(pairs, max) };
  }
}

function isLess(pairs: Int32Array, a: number, b: number): boolean {
  if (pairs[a + 1] !== pairs[b + 1]) return pairs[a + 1] < pairs[b + 1];
  return pairs[a] >>> 0 < pairs[b] >>> 0;
}

function toBigInt(pairs: Int32Array, at: number): bigint {
  return (BigInt(pairs[at + 1]) << 32n) | BigInt(pairs[at] >>> 0);
}
