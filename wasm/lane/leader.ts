import {
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  DOT,
  isDigit,
  LESS,
  skipSpaces,
  SPACE,
  ZERO,
} from '../ascii';

/** What kind of time a line carries. */
export const NO_TIME: i32 = 0;
export const TIME_OF_DAY: i32 = 1;
export const EPOCH: i32 = 2;

/** Pid of the line just scanned, -1 without; and whether it stood in brackets. */
export let pid: i32 = -1;
export let isBracketed: bool = false;
/** NO_TIME, TIME_OF_DAY or EPOCH. */
export let clock: i32 = NO_TIME;
/** Seconds since midnight or since 1970. */
export let seconds: i64 = 0;
export let nanos: i32 = 0;
/** Digits of the fraction. */
export let clockDigits: i32 = 0;

/** `[pid` as a little-endian word. */
const BRACKETED_PID: u32 = 0x6469705b;
const MAX_PID_DIGITS: usize = 8;
/** The year 2262: whatever is later does not fit 64 bits in nanoseconds. */
const MAX_SECONDS: i64 = 9_223_372_035;

/**
 * Reads `[pid | [pid N]] [time]`; returns where the event begins, or 0 for a leader that has more
 * than that or none that is certain.
 */
// @ts-ignore: decorator
@inline
export function scanLeader(start: usize, end: usize): usize {
  pid = -1;
  isBracketed = false;
  let at = start;
  if (load<u8>(at) == BRACKET_OPEN) {
    at = scanBracketedPid(at, end);
    if (at == 0) return 0;
  }
  if (isDigit(load<u8>(at))) {
    const first = at;
    let value: i64 = 0;
    while (isDigit(load<u8>(at))) value = value * 10 + (load<u8>(at++) - ZERO);
    if (load<u8>(at) == SPACE && at - first <= MAX_PID_DIGITS && pid < 0) {
      pid = <i32>value;
      at = skipSpaces(at, end);
      if (!isDigit(load<u8>(at))) return endLeader(at, NO_TIME);
      const second = at;
      value = 0;
      while (isDigit(load<u8>(at))) value = value * 10 + (load<u8>(at++) - ZERO);
      return scanTime(second, at, end, value);
    }
    return scanTime(first, at, end, value);
  }
  return endLeader(at, NO_TIME);
}

function scanBracketedPid(start: usize, end: usize): usize {
  if (load<u32>(start) != BRACKETED_PID) return 0;
  let at = skipSpaces(start + 4, end);
  const first = at;
  let value = 0;
  while (isDigit(load<u8>(at))) value = value * 10 + (load<u8>(at++) - ZERO);
  if (at == first || at - first > MAX_PID_DIGITS || load<u8>(at) != BRACKET_CLOSE) return 0;
  pid = value;
  isBracketed = true;
  return skipSpaces(at + 1, end);
}

/** The time of which the first digits, up to `at`, are `value`. */
// @ts-ignore: decorator
@inline
function scanTime(first: usize, at: usize, end: usize, value: i64): usize {
  const digits = at - first;
  let kind = EPOCH;
  let position = at;
  if (digits == 2 && load<u8>(at) == COLON) {
    if (load<u8>(at + 3) != COLON || at + 6 > end) return 0;
    const minutes = twoDigits(at + 1);
    const rest = twoDigits(at + 4);
    if (value > 23 || minutes < 0 || minutes > 59 || rest < 0 || rest > 60) return 0;
    seconds = value * 3600 + minutes * 60 + rest;
    kind = TIME_OF_DAY;
    position = at + 6;
  } else {
    if (digits < 9 || digits > 12 || value > MAX_SECONDS) return 0;
    seconds = value;
  }
  nanos = 0;
  clockDigits = 0;
  if (load<u8>(position) == DOT) {
    position++;
    const from = position;
    let fraction = 0;
    while (isDigit(load<u8>(position))) {
      if (position - from == 9) return 0;
      fraction = fraction * 10 + (load<u8>(position++) - ZERO);
    }
    clockDigits = <i32>(position - from);
    for (let i = clockDigits; i < 9; i++) fraction *= 10;
    nanos = fraction;
  }
  if (position >= end || load<u8>(position) != SPACE) return 0;
  return endLeader(skipSpaces(position, end), kind);
}

/** What is not a letter or a mark may be more of the leader. */
// @ts-ignore: decorator
@inline
function endLeader(at: usize, kind: i32): usize {
  clock = kind;
  const next = load<u8>(at);
  return (next >= 0x61 && next <= 0x7a) || next == LESS ? at : 0;
}

// @ts-ignore: decorator
@inline
function twoDigits(at: usize): i32 {
  const tens = load<u8>(at) - ZERO;
  const ones = load<u8>(at + 1) - ZERO;
  return tens < 10 && ones < 10 ? <i32>tens * 10 + ones : -1;
}
