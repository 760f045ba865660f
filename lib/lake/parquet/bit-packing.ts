import type { ByteSink } from './byte-sink.ts';

/** Bits needed for the numbers 0 to `max`. */
export function bitWidth(max: number): number {
  let width = 0;
  for (let rest = max; rest > 0; rest = Math.floor(rest / 2)) width++;
  return width;
}

/**
 * Writes `values[start, end)` in Parquet's RLE/bit-packing hybrid: one run when all are equal, else
 * one bit-packed run. Width 0 (a dictionary of one) needs no bits but still a run.
 */
export function putHybrid(
  sink: ByteSink,
  values: Int32Array | Uint8Array,
  start: number,
  end: number,
  width: number,
): void {
  const first = values[start];
  let at = start + 1;
  while (at < end && values[at] === first) at++;
  if (at >= end) putRun(sink, first, end - start, width);
  else putPacked(sink, values, start, end, width);
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
  for (let row = start; row < end; row += 8) {
    let bits = 0;
    const stop = Math.min(row + 8, end);
    for (let i = row; i < stop; i++) if (marks[i] !== 0) bits |= 1 << (i - row);
    bytes[out++] = bits;
  }
  sink.length = out;
}

function putRun(sink: ByteSink, value: number, count: number, width: number): void {
  sink.putVarint(count * 2);
  for (let shift = 0; shift < width; shift += 8) sink.putByte(value >>> shift);
}

function putPacked(
  sink: ByteSink,
  values: Int32Array | Uint8Array,
  start: number,
  end: number,
  width: number,
): void {
  const groups = Math.ceil((end - start) / 8);
  sink.putVarint(groups * 2 + 1);
  const size = groups * width;
  sink.reserve(size);
  const { bytes } = sink;
  let out = sink.length;
  let bits = 0;
  let held = 0;
  for (let i = start; i < end; i++) {
    const value = values[i];
    // at most 7 bits are held, so 7 + width may pass 32: split wide values
    if (held + width <= 32) {
      bits |= value << held;
      held += width;
    } else {
      bits |= value << held;
      bytes[out++] = bits;
      bytes[out++] = bits >>> 8;
      bytes[out++] = bits >>> 16;
      bytes[out++] = bits >>> 24;
      bits = value >>> (32 - held);
      held += width - 32;
    }
    while (held >= 8) {
      bytes[out++] = bits;
      bits >>>= 8;
      held -= 8;
    }
  }
  if (held > 0) bytes[out++] = bits;
  const stop = sink.length + size;
  while (out < stop) bytes[out++] = 0;
  sink.length = stop;
}
