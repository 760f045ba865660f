import {
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  DOT,
  findByte,
  GREATER,
  isDigit,
  LESS,
  PAREN_CLOSE,
  PAREN_OPEN,
  PLUS,
  skipSpaces,
  SPACE,
  ZERO,
} from '../ascii';

/** What kind of time a line carries. */
export const NO_TIME: i32 = 0;
export const TIME_OF_DAY: i32 = 1;
export const EPOCH: i32 = 2;
/** Nanoseconds since the line before (-r), and no other time. */
export const RELATIVE: i32 = 3;

/** Pid of the line just scanned, -1 without; and whether it stood in brackets. */
export let pid: i32 = -1;
export let isBracketed: bool = false;
/** The command name of -Y; address 0 without. */
export let commAt: usize = 0;
export let commLength: i32 = 0;
/** NO_TIME, TIME_OF_DAY, EPOCH or RELATIVE. */
export let clock: i32 = NO_TIME;
/** Seconds since midnight, since 1970 or since the line before. */
export let seconds: i64 = 0;
export let nanos: i32 = 0;
/** Digits of the fraction. */
export let clockDigits: i32 = 0;

/** The line that was scanned whole last; most lines repeat its bytes up to the fraction of the second: how many, 0 for none. */
let whole: usize = 0;
let repeated: i32 = 0;
const BLOCK: i32 = 16;
/** The time of day that was read last, `HH:MM:SS` as a word, and its seconds. */
let clockText: u64 = 0;
let clockSeconds: i64 = 0;

/** `[pid` as a little-endian word. */
const BRACKETED_PID: u32 = 0x6469705b;
const MAX_PID_DIGITS: usize = 8;
/** The year 2262: whatever is later does not fit 64 bits in nanoseconds. */
const MAX_SECONDS: i64 = 9_223_372_035;

/** Forgets the lines before: their bytes are not there any more. */
export function forgetLeader(): void {
  repeated = 0;
}

/**
 * Reads `[pid | pid<comm> | [pid N]] [secontext] [time] [relative] [[nr]] [[ip]]`; returns where the event
 * begins, or 0 for a leader that only the general parser understands.
 */
// @ts-ignore: decorator
@inline
export function scanLeader(start: usize, end: usize): usize {
  if (repeated != 0 && repeats(start)) {
    const at = scanFraction(start + repeated) + 1;
    if (at > 1 && at < end && load<u8>(at - 1) == SPACE && beginsEvent(load<u8>(at))) return at;
  }
  repeated = 0;
  whole = start;
  return scanWhole(start, end);
}

/** Whether the pid and the second are those of the line that was scanned whole. */
// @ts-ignore: decorator
@inline
function repeats(start: usize): bool {
  const head = i8x16.bitmask(i8x16.ne(v128.load(start), v128.load(whole)));
  if (repeated <= BLOCK) return (head & ((1 << repeated) - 1)) == 0;
  const rest = repeated - BLOCK;
  return head == 0 && !v128.any_true(v128.xor(v128.load(start + rest), v128.load(whole + rest)));
}

function scanWhole(start: usize, end: usize): usize {
  pid = -1;
  isBracketed = false;
  commAt = 0;
  let at = start;
  let byte = load<u8>(at);
  if (isDigit(byte)) {
    let value: i64 = 0;
    while (isDigit(byte)) {
      value = value * 10 + (byte - ZERO);
      byte = load<u8>(++at);
    }
    const digits = at - start;
    if (digits > MAX_PID_DIGITS || (byte != SPACE && byte != LESS)) return scanTime(digits, at, end, value);
    pid = <i32>value;
    if (byte == LESS) {
      at = scanComm(at, end);
      if (at == 0 || at >= end || load<u8>(at) != SPACE) return 0;
    }
    at = skipSpaces(at, end);
  } else if (byte == BRACKET_OPEN && load<u32>(at) == BRACKETED_PID) {
    at = scanBracketedPid(at, end);
    if (at == 0) return 0;
  }
  if (load<u8>(at) == BRACKET_OPEN) {
    at = skipBrackets(at, end);
    if (at == 0) return 0;
  }
  byte = load<u8>(at);
  if (byte == SPACE) {
    at = skipSpaces(at, end);
    byte = load<u8>(at);
    if (!isDigit(byte)) return 0;
  }
  if (!isDigit(byte)) return endLeader(at, end, NO_TIME);
  if (load<u64>(at) == clockText) {
    seconds = clockSeconds;
    return scanBehindSeconds(at + 8, end, TIME_OF_DAY);
  }
  const first = at;
  let value: i64 = 0;
  while (isDigit(byte)) {
    value = value * 10 + (byte - ZERO);
    byte = load<u8>(++at);
  }
  return scanTime(at - first, at, end, value);
}

function scanBracketedPid(start: usize, end: usize): usize {
  let at = skipSpaces(start + 4, end);
  const first = at;
  let value = 0;
  while (isDigit(load<u8>(at))) value = value * 10 + (load<u8>(at++) - ZERO);
  if (at == first || at - first > MAX_PID_DIGITS) return 0;
  if (load<u8>(at) == LESS) {
    at = scanComm(at, end);
    if (at == 0) return 0;
  }
  if (load<u8>(at) != BRACKET_CLOSE) return 0;
  pid = value;
  isBracketed = true;
  return skipSpaces(at + 1, end);
}

/** `<sh>` behind a pid: where it ends, or 0. */
function scanComm(start: usize, end: usize): usize {
  const close = findByte(GREATER, start, end);
  if (close == end) return 0;
  commAt = start + 1;
  commLength = <i32>(close - commAt);
  return close + 1;
}

/** Skips `[ 257] `, `[00007f297956045d] ` and security contexts: one word each, behind spaces; 0 for what else. */
function skipBrackets(start: usize, end: usize): usize {
  let at = start;
  while (load<u8>(at) == BRACKET_OPEN) {
    const close = findByte(BRACKET_CLOSE, at, end);
    if (close + 1 >= end || load<u8>(close + 1) != SPACE) return 0;
    const first = skipSpaces(at + 1, close);
    if (first == close || findByte(SPACE, first, close) != close) return 0;
    at = skipSpaces(close + 1, end);
  }
  return at;
}

/** The time whose first digits, up to `at`, are `value`. */
// @ts-ignore: decorator
@inline
function scanTime(digits: usize, at: usize, end: usize, value: i64): usize {
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
    clockText = load<u64>(at - 2);
    clockSeconds = seconds;
  } else {
    if (digits > 12 || value > MAX_SECONDS) return 0;
    if (digits < 9) kind = RELATIVE;
    seconds = value;
  }
  return scanBehindSeconds(position, end, kind);
}

// @ts-ignore: decorator
@inline
function scanBehindSeconds(start: usize, end: usize, kind: i32): usize {
  const head = <i32>(start - whole);
  let position = scanFraction(start);
  if (position == 0 || position >= end || load<u8>(position) != SPACE) return 0;
  position = skipSpaces(position, end);
  if (load<u8>(position) == PAREN_OPEN) {
    // the relative time beside another one tells nothing more
    if (kind == RELATIVE) return 0;
    position = skipRelative(position, end);
    if (position == 0) return 0;
  }
  if (load<u8>(position) == BRACKET_OPEN) {
    position = skipBrackets(position, end);
    if (position == 0) return 0;
  }
  if (kind != RELATIVE && head <= 2 * BLOCK) repeated = head;
  return endLeader(position, end, kind);
}

/** Reads the fraction of a second, if there is one; 0 when it has more digits than nanoseconds. */
// @ts-ignore: decorator
@inline
function scanFraction(start: usize): usize {
  nanos = 0;
  clockDigits = 0;
  if (load<u8>(start) != DOT) return start;
  // microseconds
  const word = load<u64>(start + 1);
  if (<u8>(word >> 48) == SPACE && areSixDigits(word)) {
    clockDigits = 6;
    nanos = sixDigits(word) * 1000;
    return start + 7;
  }
  let at = start + 1;
  let fraction = 0;
  while (isDigit(load<u8>(at))) {
    if (at - start == 10) return 0;
    fraction = fraction * 10 + (load<u8>(at++) - ZERO);
  }
  clockDigits = <i32>(at - start) - 1;
  for (let i = clockDigits; i < 9; i++) fraction *= 10;
  nanos = fraction;
  return at;
}

// @ts-ignore: decorator
@inline
function areSixDigits(word: u64): bool {
  const carried = (word & 0x7f7f7f7f7f7f7f) + 0x060606060606;
  return (((word & 0xf0f0f0f0f0f0) | ((carried & 0xf0f0f0f0f0f0) >> 4)) ^ 0x333333333333) == 0;
}

/** Number of which the first six bytes of a word are the digits: pairs of them are added up, then pairs of pairs. */
// @ts-ignore: decorator
@inline
function sixDigits(word: u64): i32 {
  // two zeros before
  let digits = (word << 16) & 0x0f0f0f0f0f0f0000;
  digits = (digits * 2561) >> 8;
  digits = ((digits & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return <i32>(((digits & 0x0000ffff0000ffff) * 42949672960001) >> 32);
}

/** `(+     0.000064) `: where it ends, or 0. */
function skipRelative(start: usize, end: usize): usize {
  if (load<u8>(start + 1) != PLUS) return 0;
  let at = skipSpaces(start + 2, end);
  const first = at;
  while (isDigit(load<u8>(at))) at++;
  if (at == first || at - first > MAX_PID_DIGITS) return 0;
  if (load<u8>(at) == DOT) at++;
  while (isDigit(load<u8>(at))) at++;
  if (load<u8>(at) != PAREN_CLOSE || at + 1 >= end || load<u8>(at + 1) != SPACE) return 0;
  return skipSpaces(at + 1, end);
}

/** What is not a letter or a mark may be more of the leader. */
// @ts-ignore: decorator
@inline
function endLeader(at: usize, end: usize, kind: i32): usize {
  clock = kind;
  return at < end && beginsEvent(load<u8>(at)) ? at : 0;
}

// @ts-ignore: decorator
@inline
function beginsEvent(byte: u8): bool {
  return (byte >= 0x61 && byte <= 0x7a) || byte == LESS;
}

// @ts-ignore: decorator
@inline
function twoDigits(at: usize): i32 {
  const tens = load<u8>(at) - ZERO;
  const ones = load<u8>(at + 1) - ZERO;
  return tens < 10 && ones < 10 ? <i32>tens * 10 + ones : -1;
}
