import { bitWidth, putBits } from './bit-packing';
import { ByteSink } from './byte-sink';
import { allocate } from './memory';

const BLOCK: i32 = 128;
const MINIBLOCKS: i32 = 4;
const MINIBLOCK: i32 = BLOCK / MINIBLOCKS;
/** Greatest difference within a block, and twice the greatest least one. */
const MAX_STEP: u64 = (1 << 53) - 1;

const deltas = allocate((<usize>BLOCK) << 3);

/**
 * Writes `count` 64-bit integers in Parquet's DELTA_BINARY_PACKED encoding. Returns false, and writes
 * nothing, when two neighbours differ by about 2^52 or more.
 */
export function putDeltaBinaryPacked(sink: ByteSink, values: usize, count: i32): bool {
  const start = sink.length;
  sink.putVarint(BLOCK);
  sink.putVarint(MINIBLOCKS);
  sink.putVarint(count);
  if (count == 0) {
    sink.putVarint(0);
    return true;
  }
  putZigzag(sink, load<i64>(values));
  for (let from: i32 = 1; from < count; from += BLOCK) {
    if (!putBlock(sink, values + ((<usize>from) << 3), min(BLOCK, count - from))) {
      sink.length = start;
      return false;
    }
  }
  return true;
}

function putBlock(sink: ByteSink, values: usize, size: i32): bool {
  let least = i64.MAX_VALUE;
  let overflow: i64 = 0;
  let last = load<i64>(values - 8);
  for (let i: i32 = 0; i < size; i++) {
    const value = load<i64>(values + ((<usize>i) << 3));
    const delta = value - last;
    overflow |= (value ^ last) & (value ^ delta);
    store<i64>(deltas + ((<usize>i) << 3), delta);
    if (delta < least) least = delta;
    last = value;
  }
  if (overflow < 0 || least > <i64>MAX_STEP >> 1 || least < -(<i64>MAX_STEP >> 1)) return false;
  putZigzag(sink, least);
  for (let i = size; i < BLOCK; i++) store<i64>(deltas + ((<usize>i) << 3), least);
  return putMiniblocks(sink, size, least);
}

function putMiniblocks(sink: ByteSink, size: i32, least: i64): bool {
  const widths = sink.length;
  sink.putInt32(0);
  for (let mini: i32 = 0; mini * MINIBLOCK < size; mini++) {
    const from = deltas + ((<usize>(mini * MINIBLOCK)) << 3);
    let all: u64 = 0;
    for (let i: i32 = 0; i < MINIBLOCK; i++) {
      const at = from + ((<usize>i) << 3);
      const above = <u64>(load<i64>(at) - least);
      store<u64>(at, above);
      all |= above;
    }
    if (all > MAX_STEP) return false;
    const width = bitWidth(all);
    store<u8>(sink.at + widths + mini, width);
    putBits<u64>(sink, from, MINIBLOCK, width);
  }
  return true;
}

function putZigzag(sink: ByteSink, value: i64): void {
  sink.putVarint(<u64>((value << 1) ^ (value >> 63)));
}
