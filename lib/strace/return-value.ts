import { closeDecoration, isNamedObject } from './arguments.ts';
import {
  ascii,
  DOT,
  GREATER,
  indexOfLiteral,
  isDigit,
  LESS,
  MINUS,
  PAREN_CLOSE,
  PAREN_OPEN,
  QUESTION,
  SLASH,
  SPACE,
  ZERO,
} from './ascii.ts';
import { isHexadecimalDecoration } from './hexadecimal.ts';
import { MAX_SECONDS, POWERS_OF_TEN } from './leader.ts';

/** What stands behind `) = `; the same object is filled for every call. */
export class ReturnScan {
  /** Whether the text is a return value at all. */
  isValid = false;
  /** False for `?`. */
  hasValue = false;
  /** The 64 bits of the value. */
  low = 0;
  high = 0;
  /** The value as a number where it is a safe integer, else NaN. */
  value = Number.NaN;
  /** A pid in strace's own namespace, `7 /* 1234 in strace's PID NS *\/`, or -1. */
  outerPid = -1;
  /** What is said beyond a decimal number; start is -1 when nothing. */
  textStart = -1;
  textEnd = -1;
  /** `ENOENT`; start is -1 without an error. */
  errorStart = -1;
  errorEnd = -1;
  /** `No such file or directory`; start is -1 without. */
  errorTextStart = -1;
  errorTextEnd = -1;
  /** What decorates a returned fd, between the angle brackets; start is -1 without. */
  decorationStart = -1;
  decorationEnd = -1;
  /** Whether that is a path. */
  isPath = false;
  /** Whether it is printed in hexadecimal, as by -xx. */
  isHexadecimal = false;
  /** -T in nanoseconds, or -1. */
  duration = -1;
}

const PID_NAMESPACE = ascii(" in strace's PID NS");
const ERRNO = ascii('(errno ');

/**
 * Reads a return value and what follows it:
 * `3</etc/passwd> <0.000012>`, `-1 ENOENT (No such file or directory) (INJECTED)`,
 * `0x1 (flags FD_CLOEXEC)`, `? ERESTARTSYS (To be restarted if SA_RESTART is set)`, `?`.
 */
export function scanReturn(bytes: Uint8Array, start: number, end: number, scan: ReturnScan): void {
  scan.isValid = false;
  scan.hasValue = false;
  scan.value = Number.NaN;
  scan.outerPid = -1;
  scan.textStart = -1;
  scan.errorStart = -1;
  scan.errorTextStart = -1;
  scan.decorationStart = -1;
  scan.isPath = false;
  scan.isHexadecimal = false;
  const stop = scanDuration(bytes, start, end, scan);
  let at = start;
  if (bytes[at] === QUESTION && at < stop) {
    at++;
  } else {
    at = scanValue(bytes, at, stop, scan);
    if (at < 0) return;
  }
  scan.isValid = at === stop || bytes[at] === SPACE || bytes[at] === LESS;
  const isHexadecimal = bytes[start] === ZERO && bytes[start + 1] === 0x78;
  if (scan.isValid) scanText(bytes, isHexadecimal ? start : at, at, stop, scan);
}

/** Takes ` <0.000012>` off the end; returns where the rest ends. */
function scanDuration(bytes: Uint8Array, start: number, end: number, scan: ReturnScan): number {
  scan.duration = -1;
  if (bytes[end - 1] !== GREATER) return end;
  let at = end - 2;
  while (at > start && (isDigit(bytes[at]) || bytes[at] === DOT)) at--;
  if (bytes[at] !== LESS || bytes[at - 1] !== SPACE || at + 2 >= end) return end;
  let digits = -1;
  let value = 0;
  for (let i = at + 1; i < end - 1; i++) {
    if (bytes[i] === DOT) {
      if (digits >= 0) return end;
      digits = 0;
    } else if (digits < 9) {
      value = value * 10 + bytes[i] - ZERO;
      if (digits >= 0) digits++;
    }
  }
  const duration = value * POWERS_OF_TEN[9 - Math.max(digits, 0)];
  if (duration > MAX_SECONDS * 1e9) return end;
  scan.duration = duration;
  return trimEnd(bytes, start, at - 1);
}

/** `end` without the spaces before it. */
function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let stop = end;
  while (stop > start && bytes[stop - 1] === SPACE) stop--;
  return stop;
}

function scanValue(bytes: Uint8Array, start: number, end: number, scan: ReturnScan): number {
  let at = start;
  const isNegative = bytes[at] === MINUS;
  if (isNegative) at++;
  if (at >= end || !isDigit(bytes[at])) return -1;
  scan.hasValue = true;
  if (bytes[at] === ZERO && bytes[at + 1] === 0x78)
    return scanHexadecimal(bytes, at + 2, end, scan);
  const base = bytes[at] === ZERO ? 8 : 10;
  const first = at;
  let value = 0;
  while (at < end && isDigit(bytes[at])) value = value * base + bytes[at++] - ZERO;
  if (value > Number.MAX_SAFE_INTEGER) setBigValue(bytes, first, at, isNegative, scan);
  else setValue(isNegative ? -value : value, scan);
  return at;
}

function scanHexadecimal(bytes: Uint8Array, start: number, end: number, scan: ReturnScan): number {
  let low = 0;
  let high = 0;
  let at = start;
  for (; at < end; at++) {
    const byte = bytes[at];
    let digit: number;
    if (isDigit(byte)) digit = byte - ZERO;
    else if (byte >= 0x61 && byte <= 0x66) digit = byte - 0x57;
    else break;
    high = (high << 4) | (low >>> 28);
    low = (low << 4) | digit;
  }
  if (at === start) return -1;
  scan.low = low;
  scan.high = high;
  const value = (high >>> 0) * 4294967296 + (low >>> 0);
  scan.value = value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN;
  return at;
}

function setValue(value: number, scan: ReturnScan): void {
  scan.value = value;
  scan.low = value | 0;
  if (value !== scan.low) {
    scan.high = Math.floor(value / 4294967296) | 0;
    scan.low = (value - Math.floor(value / 4294967296) * 4294967296) | 0;
  } else {
    scan.high = value < 0 ? -1 : 0;
  }
}

function setBigValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  isNegative: boolean,
  scan: ReturnScan,
): void {
  let digits = isNegative ? '-' : '';
  for (let i = start; i < end; i++) digits += String.fromCharCode(bytes[i]);
  const value = BigInt.asIntN(64, BigInt(digits));
  scan.low = Number(BigInt.asIntN(32, value));
  scan.high = Number(value >> 32n);
}

/** The text behind the value: decoration, error, explanation, what injection added. */
function scanText(
  bytes: Uint8Array,
  textStart: number,
  valueEnd: number,
  end: number,
  scan: ReturnScan,
): void {
  let start = textStart;
  while (start < end && bytes[start] === SPACE) start++;
  if (start < end) {
    scan.textStart = start;
    scan.textEnd = end;
  }
  if (valueEnd >= end) return;
  if (bytes[valueEnd] === LESS) {
    scanDecoration(bytes, valueEnd + 1, end, scan);
    return;
  }
  let at = valueEnd;
  while (at < end && bytes[at] === SPACE) at++;
  if (bytes[at] === SLASH) scanOuterPid(bytes, at, end, scan);
  else if (!scan.hasValue || scan.value === -1) scanError(bytes, at, end, scan);
}

function scanDecoration(bytes: Uint8Array, start: number, end: number, scan: ReturnScan): void {
  const close = closeDecoration(bytes, start, end);
  if (close < 0) return;
  scan.decorationStart = start;
  scan.decorationEnd = close;
  scan.isHexadecimal = isHexadecimalDecoration(bytes, start, close);
  scan.isPath = bytes[start] === SLASH && !isNamedObject(bytes, start, close);
}

function scanOuterPid(bytes: Uint8Array, start: number, end: number, scan: ReturnScan): void {
  const marker = indexOfLiteral(bytes, start, end, PID_NAMESPACE);
  if (marker < 0) return;
  let pid = 0;
  for (let i = start + 3; i < marker; i++) {
    if (!isDigit(bytes[i])) return;
    pid = pid * 10 + bytes[i] - ZERO;
  }
  scan.outerPid = pid;
}

function scanError(bytes: Uint8Array, start: number, end: number, scan: ReturnScan): void {
  let at = start;
  if (bytes[at] === PAREN_OPEN) {
    // -1 (errno 524)
    if (indexOfLiteral(bytes, at, at + ERRNO.length, ERRNO) !== at) return;
    const close = bytes.indexOf(PAREN_CLOSE, at);
    if (close < 0 || close >= end) return;
    scan.errorStart = at + 1;
    scan.errorEnd = close;
    return;
  }
  if (bytes[at] !== 0x45) return;
  while (at < end && bytes[at] !== SPACE) at++;
  scan.errorStart = start;
  scan.errorEnd = at;
  if (bytes[at + 1] !== PAREN_OPEN || at + 1 >= end) return;
  const close = closeParenthesis(bytes, at + 2, end);
  if (close < 0) return;
  scan.errorTextStart = at + 2;
  scan.errorTextEnd = close;
}

function closeParenthesis(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === PAREN_OPEN) depth++;
    else if (bytes[at] === PAREN_CLOSE && depth-- === 0) return at;
  }
  return -1;
}
