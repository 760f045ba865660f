import { bitWidth, putBits } from './bit-packing.ts';
import type { ByteSink } from './byte-sink.ts';

const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
const TWO_32 = 4294967296;

const deltas = new Float64Array(BLOCK);
const narrow = new Int32Array(MINIBLOCK);

/**
 * Writes 64-bit integers in Parquet's DELTA_BINARY_PACKED encoding. `pairs` holds low and high halves
 * by turns. Returns false, and writes nothing, when two neighbours differ by 2^53 or more.
 */
export function putDeltaBinaryPacked(sink: ByteSink, pairs: Int32Array, count: number): boolean {
  const start = sink.length;
  sink.putVarint(BLOCK);
  sink.putVarint(MINIBLOCKS);
  sink.putVarint(count);
  if (count === 0) {
    sink.putVarint(0);
    return true;
  }
  putZigzag64(sink, pairs[0], pairs[1]);
  for (let from = 1; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    let min = Number.POSITIVE_INFINITY;
    for (let i = 0; i < size; i++) {
      const at = (from + i) * 2;
      const delta =
        (pairs[at + 1] - pairs[at - 1]) * TWO_32 + (pairs[at] >>> 0) - (pairs[at - 2] >>> 0);
      deltas[i] = delta;
      if (delta < min) min = delta;
    }
    if (!putBlock(sink, size, min)) {
      sink.length = start;
      return false;
    }
  }
  return true;
}

function putBlock(sink: ByteSink, size: number, min: number): boolean {
  if (!Number.isSafeInteger(min * 2)) return false;
  sink.putVarint(min >= 0 ? min * 2 : -min * 2 - 1);
  const widths = sink.length;
  sink.reserve(MINIBLOCKS);
  sink.length += MINIBLOCKS;
  for (let mini = 0; mini < MINIBLOCKS; mini++) {
    const from = mini * MINIBLOCK;
    const to = Math.min(from + MINIBLOCK, size);
    let max = 0;
    for (let i = from; i < to; i++) {
      deltas[i] -= min;
      if (deltas[i] > max) max = deltas[i];
    }
    if (!Number.isSafeInteger(max)) return false;
    const width = bitWidth(max);
    sink.bytes[widths + mini] = width;
    if (from >= size) continue;
    if (width <= 32) putNarrowMiniblock(sink, from, to, width);
    else putMiniblock(sink, from, to, width);
  }
  return true;
}

/** The same where values fit 32 bits, as those of times do. */
function putNarrowMiniblock(sink: ByteSink, from: number, to: number, width: number): void {
  for (let i = from; i < to; i++) narrow[i - from] = deltas[i];
  narrow.fill(0, to - from);
  putBits(sink, narrow, 0, MINIBLOCK, width);
}

/** 32 values of `width` bits, least significant bit first; values behind `to` are zero. */
function putMiniblock(sink: ByteSink, from: number, to: number, width: number): void {
  const size = (MINIBLOCK * width) / 8;
  sink.reserve(size);
  const { bytes } = sink;
  const stop = sink.length + size;
  let out = sink.length;
  let bits = 0;
  let held = 0;
  for (let i = from; i < to; i++) {
    let rest = deltas[i];
    // 16 bits at a time: with at most 7 held they fit into 32
    for (let left = width; left > 0; left -= 16) {
      const piece = rest % 65536;
      rest = (rest - piece) / 65536;
      bits |= piece << held;
      held += Math.min(left, 16);
      for (; held >= 8; held -= 8) {
        bytes[out++] = bits;
        bits >>>= 8;
      }
    }
  }
  if (held > 0) bytes[out++] = bits;
  bytes.fill(0, out, stop);
  sink.length = stop;
}

function putZigzag64(sink: ByteSink, low: number, high: number): void {
  const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  while (rest >= 0x80n) {
    sink.putByte(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  sink.putByte(Number(rest));
}
