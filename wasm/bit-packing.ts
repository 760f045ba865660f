import { ByteSink } from './byte-sink';

/** Bits needed for the numbers 0 to `max`. */
// @ts-ignore: decorator
@inline
export function bitWidth(max: u64): i32 {
  return 64 - <i32>clz<u64>(max);
}

/**
 * Writes `count` numbers of 4 bytes in Parquet's RLE/bit-packing hybrid: runs of equal numbers where
 * these take no more room, else one bit-packed run. Width 0 (a dictionary of one) needs no bits but
 * still a run.
 */
export function putHybrid(sink: ByteSink, values: usize, count: i32, width: i32): void {
  const runs = countRuns(values, count);
  // whole bytes also compress better than packed bits
  const isRepeated = runs == 1 || <i64>runs * (8 + width) <= <i64>count * width;
  if (isRepeated) {
    putRuns(sink, values, count, width);
  } else {
    sink.putVarint((((<u64>count + 7) >> 3) << 1) | 1);
    putBits<u32>(sink, values, count, width);
  }
}

/** Writes one number `count` times in the same hybrid. */
export function putRun(sink: ByteSink, value: u32, count: i32, width: i32): void {
  sink.putVarint(<u64>count << 1);
  for (let shift: i32 = 0; shift < width; shift += 8) sink.putByte(value >> shift);
}

/** Writes `count` numbers of type T as `width` bits each, low bits first, in whole groups of eight. */
export function putBits<T>(sink: ByteSink, values: usize, count: i32, width: i32): void {
  const size = ((count + 7) >> 3) * width;
  // the last store may reach beyond the end
  sink.reserve(size + 8);
  const stop = sink.end + size;
  let out = sink.end;
  let bits: u64 = 0;
  let held: i32 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const value = <u64>load<T>(values + (<usize>i) * sizeof<T>());
    bits |= value << held;
    held += width;
    if (held < 64) continue;
    store<u64>(out, bits);
    out += 8;
    held -= 64;
    // a shift by 64 would be one by 0
    bits = held == 0 ? 0 : value >> (width - held);
  }
  for (; held > 0; held -= 8) {
    store<u8>(out++, bits);
    bits >>= 8;
  }
  if (out < stop) memory.fill(out, 0, stop - out);
  sink.length += size;
}

function putRuns(sink: ByteSink, values: usize, count: i32, width: i32): void {
  const end = values + ((<usize>count) << 2);
  for (let from = values; from < end; ) {
    const value = load<u32>(from);
    let to = from + 4;
    while (to < end && load<u32>(to) == value) to += 4;
    putRun(sink, value, <i32>((to - from) >> 2), width);
    from = to;
  }
}

function countRuns(values: usize, count: i32): i32 {
  let changes = i32x4.splat(0);
  let i: i32 = 1;
  for (; i + 4 <= count; i += 4) {
    const at = values + ((<usize>i) << 2);
    // true is -1
    changes = i32x4.sub(changes, i32x4.ne(v128.load(at), v128.load(at - 4)));
  }
  let runs = 1 + sumLanes(changes);
  for (; i < count; i++) {
    const at = values + ((<usize>i) << 2);
    if (load<u32>(at) != load<u32>(at - 4)) runs++;
  }
  return runs;
}

/** The four numbers of a vector, added up. */
// @ts-ignore: decorator
@inline
export function sumLanes(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
