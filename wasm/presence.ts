import { putRun, sumLanes } from './bit-packing';
import { ByteSink } from './byte-sink';

/** How many of `count` numbers of 4 bytes are not 0. */
export function countNumbers(numbers: usize, count: i32): i32 {
  const zero = i32x4.splat(0);
  let zeros = zero;
  let i: i32 = 0;
  for (; i + 4 <= count; i += 4) {
    // true is -1
    zeros = i32x4.sub(zeros, i32x4.eq(v128.load(numbers + ((<usize>i) << 2)), zero));
  }
  let found = i - sumLanes(zeros);
  for (; i < count; i++) if (load<u32>(numbers + ((<usize>i) << 2)) != 0) found++;
  return found;
}

/** How many of `count` bytes are not 0. */
export function countMarks(marks: usize, count: i32): i32 {
  let found: i32 = 0;
  let i: i32 = 0;
  for (; i + 16 <= count; i += 16) found += popcnt<i32>(maskMarks(marks + i));
  for (; i < count; i++) if (load<u8>(marks + i) != 0) found++;
  return found;
}

/**
 * Writes definition levels, led by their length as data pages of version 1 want it: which of `rows`
 * rows have a value, those whose number is not 0. `count` is how many there are.
 */
export function putPresenceOfNumbers(sink: ByteSink, numbers: usize, rows: i32, count: i32): void {
  const start = beginLevels(sink);
  if (count == 0 || count == rows) {
    putRun(sink, count == 0 ? 0 : 1, rows, 1);
  } else {
    let out = beginBits(sink, rows);
    let row: i32 = 0;
    for (; row + 8 <= rows; row += 8) {
      const at = numbers + ((<usize>row) << 2);
      store<u8>(out++, maskNumbers(at) | (maskNumbers(at + 16) << 4));
    }
    if (row < rows) {
      let bits: u32 = 0;
      for (let i = row; i < rows; i++) {
        if (load<u32>(numbers + ((<usize>i) << 2)) != 0) bits |= 1 << (i - row);
      }
      store<u8>(out, bits);
    }
  }
  endLevels(sink, start);
}

/** The same for rows whose byte is not 0. */
export function putPresenceOfMarks(sink: ByteSink, marks: usize, rows: i32, count: i32): void {
  const start = beginLevels(sink);
  if (count == 0 || count == rows) {
    putRun(sink, count == 0 ? 0 : 1, rows, 1);
  } else {
    let out = beginBits(sink, rows);
    let row: i32 = 0;
    for (; row + 16 <= rows; row += 16, out += 2) store<u16>(out, maskMarks(marks + row));
    for (; row < rows; row += 8) {
      let bits: u32 = 0;
      const end = min(row + 8, rows);
      for (let i = row; i < end; i++) if (load<u8>(marks + i) != 0) bits |= 1 << (i - row);
      store<u8>(out++, bits);
    }
  }
  endLevels(sink, start);
}

/** Leaves room for the length of levels; returns what `endLevels` wants. */
// @ts-ignore: decorator
@inline
export function beginLevels(sink: ByteSink): i32 {
  sink.putInt32(0);
  return sink.length;
}

/** Puts in front of levels how long they became. */
// @ts-ignore: decorator
@inline
export function endLevels(sink: ByteSink, start: i32): void {
  store<i32>(sink.at + start - 4, sink.length - start);
}

/** Begins a bit-packed run of a bit a row; returns where the bits go. */
function beginBits(sink: ByteSink, rows: i32): usize {
  const groups = (rows + 7) >> 3;
  sink.putVarint((<u64>groups << 1) | 1);
  sink.reserve(groups);
  const out = sink.end;
  sink.length += groups;
  return out;
}

// @ts-ignore: decorator
@inline
function maskNumbers(at: usize): i32 {
  return i32x4.bitmask(i32x4.ne(v128.load(at), i32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function maskMarks(at: usize): i32 {
  return i8x16.bitmask(i8x16.ne(v128.load(at), i8x16.splat(0)));
}
