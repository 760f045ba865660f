import type { ByteSink } from './byte-sink.ts';

/** Bits needed for the numbers 0 to `max`. */
export function bitWidth(max: number): number {
  let width = 0;
  for (let rest = max; rest > 0; rest = Math.floor(rest / 2)) width++;
  return width;
}

/**
 * Writes `values[start, end)` in Parquet's RLE/bit-packing hybrid: runs of equal values where these take no
 * more room, else one bit-packed run. Width 0 (a dictionary of one) needs no bits but still a run.
 */
export function putHybrid(
  sink: ByteSink,
  values: Int32Array,
  start: number,
  end: number,
  width: number,
): void {
  let runs = 1;
  for (let at = start + 1; at < end; at++) if (values[at] !== values[at - 1]) runs++;
  // whole bytes also compress better than packed bits
  const isRepeated = runs === 1 || runs * (8 + width) <= (end - start) * width;
  if (isRepeated) putRuns(sink, values, start, end, width);
  else putPacked(sink, values, start, end, width);
}

function putRuns(
  sink: ByteSink,
  values: Int32Array,
  start: number,
  end: number,
  width: number,
): void {
  for (let from = start; from < end; ) {
    const value = values[from];
    let to = from + 1;
    while (to < end && values[to] === value) to++;
    putRun(sink, value, to - from, width);
    from = to;
  }
}

/**
 * Writes definition levels in the same hybrid: whether each of the rows `start` to `end` has a value,
 * which `marks` says by not being 0. `count` is how many have one.
 */
export function putPresence(
  sink: ByteSink,
  marks: Int32Array | Uint8Array,
  start: number,
  end: number,
  count: number,
): void {
  if (count === 0 || count === end - start) {
    putRun(sink, count === 0 ? 0 : 1, end - start, 1);
    return;
  }
  const groups = Math.ceil((end - start) / 8);
  sink.putVarint(groups * 2 + 1);
  sink.reserve(groups);
  const { bytes } = sink;
  let out = sink.length;
  const whole = end - ((end - start) & 7);
  let row = start;
  for (; row < whole; row += 8) {
    bytes[out++] =
      (marks[row] === 0 ? 0 : 1) |
      (marks[row + 1] === 0 ? 0 : 2) |
      (marks[row + 2] === 0 ? 0 : 4) |
      (marks[row + 3] === 0 ? 0 : 8) |
      (marks[row + 4] === 0 ? 0 : 16) |
      (marks[row + 5] === 0 ? 0 : 32) |
      (marks[row + 6] === 0 ? 0 : 64) |
      (marks[row + 7] === 0 ? 0 : 128);
  }
  if (row < end) {
    let bits = 0;
    for (let i = row; i < end; i++) if (marks[i] !== 0) bits |= 1 << (i - row);
    bytes[out++] = bits;
  }
  sink.length = out;
}

/** Writes one value `count` times in the same hybrid. */
export function putRun(sink: ByteSink, value: number, count: number, width: number): void {
  sink.putVarint(count * 2);
  for (let shift = 0; shift < width; shift += 8) sink.putByte(value >>> shift);
}

function putPacked(
  sink: ByteSink,
  values: Int32Array,
  start: number,
  end: number,
  width: number,
): void {
  sink.putVarint(Math.ceil((end - start) / 8) * 2 + 1);
  putBits(sink, values, start, end, width);
}

/** Writes values of `width` bits one after another, low bits first, in whole groups of eight. */
export function putBits(
  sink: ByteSink,
  values: Int32Array,
  start: number,
  end: number,
  width: number,
): void {
  const size = Math.ceil((end - start) / 8) * width;
  sink.reserve(size);
  const { bytes } = sink;
  let out = sink.length;
  let bits = 0;
  let held = 0;
  for (let i = start; i < end; i++) {
    const value = values[i];
    bits |= value << held;
    held += width;
    if (held < 32) continue;
    bytes[out] = bits;
    bytes[out + 1] = bits >>> 8;
    bytes[out + 2] = bits >>> 16;
    bytes[out + 3] = bits >>> 24;
    out += 4;
    held -= 32;
    // a shift by 32 would be one by 0
    bits = held === 0 ? 0 : value >>> (width - held);
  }
  for (; held > 0; held -= 8) {
    bytes[out++] = bits;
    bits >>>= 8;
  }
  const stop = sink.length + size;
  while (out < stop) bytes[out++] = 0;
  sink.length = stop;
}
