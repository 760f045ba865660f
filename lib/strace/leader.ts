import {
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  DOT,
  GREATER,
  isDigit,
  LESS,
  PAREN_OPEN,
  PLUS,
  SPACE,
  ZERO,
} from './ascii.ts';

/** What kind of absolute time a line carries. */
export const NO_TIME = 0;
export const TIME_OF_DAY = 1;
export const EPOCH = 2;

/** Everything strace puts before the event; the same object is filled for every line. */
export class Leader {
  /** `14904 ` or `[pid 14904] `; -1 when the line names none. */
  pid = -1;
  /** Whether the pid stood in brackets (strace wrote to a terminal or to stderr). */
  isBracketed = false;
  /** Bytes of the -Y command name, `14904<tor (x)>`; start is -1 without. */
  commStart = -1;
  commEnd = -1;
  clock: typeof NO_TIME | typeof TIME_OF_DAY | typeof EPOCH = NO_TIME;
  /** Seconds since midnight (TIME_OF_DAY) or since 1970 (EPOCH). */
  seconds = 0;
  nanos = 0;
  /** Digits of the fraction. */
  clockDigits = 0;
  /** -r: nanoseconds since the previous line, or -1. */
  relative = -1;
  /** Where the event begins. */
  eventStart = 0;
}

/** A pid has at most seven digits (PID_MAX_LIMIT is 4194304), an epoch time at least nine. */
const MAX_PID_DIGITS = 8;
/** Beyond this (the year 2262) nanoseconds do not fit 64 bits: whatever it is, it is no time. */
export const MAX_SECONDS = 9_223_372_035;

/**
 * Reads the leader of a line: `[pid | pid<comm>] [secontext] [time] [relative] [[nr]] [[ip]]`,
 * every part optional, in the order of strace's printleader().
 */
export function scanLeader(bytes: Uint8Array, start: number, end: number, leader: Leader): void {
  leader.pid = -1;
  leader.isBracketed = false;
  leader.commStart = -1;
  leader.clock = NO_TIME;
  leader.relative = -1;
  leader.clockDigits = 0;
  let at = scanPid(bytes, start, end, leader);
  at = skipBrackets(bytes, at, end);
  at = scanAbsoluteTime(bytes, at, end, leader);
  at = scanRelativeTime(bytes, at, end, leader);
  at = skipBrackets(bytes, at, end);
  leader.eventStart = at;
}

function scanPid(bytes: Uint8Array, start: number, end: number, leader: Leader): number {
  if (bytes[start] === BRACKET_OPEN) return scanBracketedPid(bytes, start, end, leader);
  let at = start;
  let pid = 0;
  while (at < end && isDigit(bytes[at])) pid = pid * 10 + bytes[at++] - ZERO;
  const digits = at - start;
  if (digits === 0 || digits > MAX_PID_DIGITS || at >= end) return start;
  if (bytes[at] === LESS) {
    const close = bytes.indexOf(GREATER, at);
    if (close < 0 || close + 1 >= end || bytes[close + 1] !== SPACE) return start;
    leader.commStart = at + 1;
    leader.commEnd = close;
    at = close + 1;
  } else if (bytes[at] !== SPACE) {
    return start;
  }
  leader.pid = pid;
  return skipSpaces(bytes, at, end);
}

/** `[pid 15824] `, with the number padded to five places, perhaps with a command name. */
function scanBracketedPid(bytes: Uint8Array, start: number, end: number, leader: Leader): number {
  if (bytes[start + 1] !== 0x70 || bytes[start + 2] !== 0x69 || bytes[start + 3] !== 0x64) {
    return start;
  }
  let at = skipSpaces(bytes, start + 4, end);
  const first = at;
  let pid = 0;
  while (at < end && isDigit(bytes[at])) pid = pid * 10 + bytes[at++] - ZERO;
  if (at === first || at - first > MAX_PID_DIGITS) return start;
  if (bytes[at] === LESS) {
    const close = bytes.indexOf(GREATER, at);
    if (close < 0 || close >= end) return start;
    leader.commStart = at + 1;
    leader.commEnd = close;
    at = close + 1;
  }
  if (bytes[at] !== BRACKET_CLOSE) {
    leader.commStart = -1;
    return start;
  }
  leader.pid = pid;
  leader.isBracketed = true;
  return skipSpaces(bytes, at + 1, end);
}

function scanAbsoluteTime(bytes: Uint8Array, start: number, end: number, leader: Leader): number {
  let at = start;
  if (!isDigit(bytes[at])) return start;
  let value = 0;
  while (at < end && isDigit(bytes[at])) value = value * 10 + bytes[at++] - ZERO;
  const digits = at - start;
  if (digits === 2 && bytes[at] === COLON && bytes[at + 3] === COLON && at + 6 <= end) {
    const minutes = twoDigits(bytes, at + 1);
    const seconds = twoDigits(bytes, at + 4);
    if (value > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return start;
    leader.seconds = value * 3600 + minutes * 60 + seconds;
    at += 6;
    at = scanFraction(bytes, at, end, leader);
    if (at < end && bytes[at] !== SPACE) return start;
    leader.clock = TIME_OF_DAY;
    return skipSpaces(bytes, at, end);
  }
  if (digits < 9 || value > MAX_SECONDS) return start;
  leader.seconds = value;
  at = scanFraction(bytes, at, end, leader);
  if (at < end && bytes[at] !== SPACE) return start;
  leader.clock = EPOCH;
  return skipSpaces(bytes, at, end);
}

/** `(+     0.000064) ` beside an absolute time, or bare `     0.000064 ` alone. */
function scanRelativeTime(bytes: Uint8Array, start: number, end: number, leader: Leader): number {
  let at = start;
  const isParenthesised = bytes[at] === PAREN_OPEN && bytes[at + 1] === PLUS;
  if (isParenthesised) at += 2;
  at = skipSpaces(bytes, at, end);
  const first = at;
  let seconds = 0;
  while (at < end && isDigit(bytes[at])) seconds = seconds * 10 + bytes[at++] - ZERO;
  if (at === first || seconds > MAX_SECONDS) return start;
  const { nanos, clockDigits } = leader;
  at = scanFraction(bytes, at, end, leader);
  const relative = seconds * 1e9 + leader.nanos;
  if (leader.clock !== NO_TIME) {
    leader.nanos = nanos;
    leader.clockDigits = clockDigits;
  }
  if (isParenthesised) {
    if (bytes[at] !== 0x29) return start;
    at++;
  }
  if (at < end && bytes[at] !== SPACE) return start;
  leader.relative = relative;
  return skipSpaces(bytes, at, end);
}

/** Skips `[ 257] `, `[00007f297956045d] `, `[????????????????] ` and security contexts. */
function skipBrackets(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (bytes[at] === BRACKET_OPEN && at < end) {
    const close = bytes.indexOf(BRACKET_CLOSE, at);
    if (close < 0 || close + 1 >= end || bytes[close + 1] !== SPACE) return at;
    if (!isLeaderBracket(bytes, at + 1, close)) return at;
    at = skipSpaces(bytes, close + 1, end);
  }
  return at;
}

/**
 * A syscall number (`[   3]`), an instruction pointer or a security context (`a:b:c`, or its type
 * alone without --secontext=full): one word behind spaces, so not `[ Process PID=...`.
 */
function isLeaderBracket(bytes: Uint8Array, start: number, end: number): boolean {
  const first = skipSpaces(bytes, start, end);
  for (let i = first; i < end; i++) if (bytes[i] === SPACE) return false;
  return first < end;
}

function scanFraction(bytes: Uint8Array, start: number, end: number, leader: Leader): number {
  leader.nanos = 0;
  if (bytes[start] !== DOT || start >= end) {
    leader.clockDigits = 0;
    return start;
  }
  let at = start + 1;
  let nanos = 0;
  let digits = 0;
  while (at < end && isDigit(bytes[at])) {
    if (digits < 9) {
      nanos = nanos * 10 + bytes[at] - ZERO;
      digits++;
    }
    at++;
  }
  leader.clockDigits = digits;
  leader.nanos = nanos * POWERS_OF_TEN[9 - digits];
  return at;
}

/** 10 to the power 0 to 9. */
export const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Two digits as a number, -1 when they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at];
  const ones = bytes[at + 1];
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : -1;
}

/** First position from `at` on that holds no space. */
export function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end && bytes[position] === SPACE) position++;
  return position;
}

/** Whether a line says who or when. */
export function hasLeader(leader: Leader): boolean {
  return leader.pid >= 0 || leader.clock !== NO_TIME;
}
