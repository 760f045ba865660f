import {
  BACKSLASH,
  DOT,
  EQUALS,
  findByte,
  GREATER,
  isDigit,
  LESS,
  MINUS,
  PAREN_CLOSE,
  PAREN_OPEN,
  QUESTION,
  QUOTE,
  skipSpaces,
  SLASH,
  SPACE,
  ZERO,
} from '../ascii';
import { closeDecoration, isNamedObject } from './arguments';

/** Whether the call just scanned has a value, and its 64 bits. */
export let hasValue: bool = false;
export let value: i64 = 0;
/** What is said beyond a decimal number; start is 0 without. */
export let textStart: usize = 0;
export let textEnd: usize = 0;
/** Symbol of the error and its explanation; start is 0 without. */
export let errorStart: usize = 0;
export let errorEnd: usize = 0;
export let errorTextStart: usize = 0;
export let errorTextEnd: usize = 0;
/** Between the angle brackets behind a returned descriptor; start is 0 without. */
export let decorationStart: usize = 0;
export let decorationEnd: usize = 0;
/** Whether that is a path. */
export let isPath: bool = false;
/** -T in nanoseconds, or -1. */
export let duration: i64 = -1;

const LETTER_X: u8 = 0x78;
const LETTER_E: u8 = 0x45;
/** So many digits fit a double exactly, which the general parser counts in. */
const MAX_DIGITS: usize = 15;

/** ` = VALUE...` behind the closing parenthesis. */
// @ts-ignore: decorator
@inline
export function scanBehind(start: usize, end: usize): bool {
  const at = skipSpaces(start, end);
  if (at >= end || load<u8>(at) != EQUALS) return false;
  return scanReturn(skipSpaces(at + 1, end), end);
}

/** Reads `3</etc/passwd> <0.000012>`, `-1 ENOENT (No such file) <0.1>`, `?`; false for what is left to the general parser. */
export function scanReturn(start: usize, end: usize): bool {
  hasValue = false;
  textStart = 0;
  errorStart = 0;
  errorTextStart = 0;
  decorationStart = 0;
  isPath = false;
  duration = -1;
  const stop = load<u8>(end - 1) == GREATER ? scanDuration(start, end) : end;
  if (stop == 0 || start >= stop) return false;
  let at = start;
  let isHexadecimal = false;
  if (load<u8>(at) == QUESTION) {
    at++;
  } else {
    const isNegative = load<u8>(at) == MINUS;
    if (isNegative) at++;
    if (!isDigit(load<u8>(at))) return false;
    hasValue = true;
    if (load<u8>(at) == ZERO && load<u8>(at + 1) == LETTER_X) {
      // a negative hexadecimal number is nothing that strace prints
      if (isNegative) return false;
      isHexadecimal = true;
      at = scanHexadecimal(at + 2);
      if (at == 0) return false;
    } else {
      const base: i64 = load<u8>(at) == ZERO ? 8 : 10;
      const first = at;
      let number: i64 = 0;
      while (isDigit(load<u8>(at))) number = number * base + (load<u8>(at++) - ZERO);
      if (at - first > MAX_DIGITS) return false;
      value = isNegative ? -number : number;
    }
  }
  if (at > stop) return false;
  if (at == stop) {
    if (isHexadecimal) setText(start, stop);
    return true;
  }
  const next = load<u8>(at);
  if (next != SPACE && next != LESS) return false;
  setText(isHexadecimal ? start : skipSpaces(at, stop), stop);
  if (next == LESS) {
    return scanDecoration(at + 1, stop);
  }
  at = skipSpaces(at, stop);
  // a pid in another namespace
  if (load<u8>(at) == SLASH) return false;
  return hasValue && (isHexadecimal || value != -1) ? true : scanError(at, stop);
}

// @ts-ignore: decorator
@inline
function setText(start: usize, end: usize): void {
  if (start >= end) return;
  textStart = start;
  textEnd = end;
}

// @ts-ignore: decorator
@inline
function scanHexadecimal(start: usize): usize {
  let number: i64 = 0;
  let at = start;
  for (; ; at++) {
    const byte = load<u8>(at);
    if (isDigit(byte)) number = (number << 4) | (byte - ZERO);
    else if (byte >= 0x61 && byte <= 0x66) number = (number << 4) | (byte - 0x57);
    else break;
  }
  value = number;
  return at == start ? 0 : at;
}

/** Takes ` <0.000012>` off the end; where the rest ends, or 0 for a duration of another form. */
// @ts-ignore: decorator
@inline
function scanDuration(start: usize, end: usize): usize {
  let at = end - 2;
  let digits = 0;
  let scale: i64 = 1;
  let number: i64 = 0;
  let fraction = -1;
  while (at > start) {
    const byte = load<u8>(at);
    if (isDigit(byte)) {
      number += (byte - ZERO) * scale;
      scale *= 10;
      digits++;
      if (digits > <i32>MAX_DIGITS) return 0;
    } else if (byte == DOT && fraction < 0) {
      fraction = digits;
    } else break;
    at--;
  }
  // of another form it is part of what the call returned
  if (load<u8>(at) != LESS || load<u8>(at - 1) != SPACE || digits == 0) return fraction >= 0 ? 0 : end;
  fraction = max(fraction, 0);
  if (fraction > 9 || digits - fraction > 6) return 0;
  for (let i = fraction; i < 9; i++) number *= 10;
  duration = number;
  let stop = at - 1;
  while (stop > start && load<u8>(stop - 1) == SPACE) stop--;
  return stop;
}

// @ts-ignore: decorator
@inline
function scanDecoration(start: usize, end: usize): bool {
  const close = closeDecoration(start, end);
  if (close == 0) return true;
  // in hexadecimal, as by -xx
  if (isHexadecimal(start, close)) return false;
  decorationStart = start;
  decorationEnd = close;
  isPath = load<u8>(start) == SLASH && !isNamedObject(start);
  return true;
}

/** `<\x2f...>`, or with a name in it, `<UNIX-STREAM:[7,"\x2f..."]>`. */
// @ts-ignore: decorator
@inline
function isHexadecimal(start: usize, close: usize): bool {
  const at = findByte(BACKSLASH, start, close);
  if (at == close || load<u8>(at + 1) != LETTER_X) return false;
  return at == start || load<u8>(at - 1) == QUOTE;
}

// @ts-ignore: decorator
@inline
function scanError(start: usize, end: usize): bool {
  // (errno 524)
  if (load<u8>(start) == PAREN_OPEN) return false;
  if (load<u8>(start) != LETTER_E || start >= end) return true;
  const at = findByte(SPACE, start, end);
  errorStart = start;
  errorEnd = at;
  if (at + 1 >= end || load<u8>(at + 1) != PAREN_OPEN) return true;
  let depth = 0;
  for (let close = at + 2; close < end; close++) {
    const byte = load<u8>(close);
    if (byte == PAREN_OPEN) depth++;
    else if (byte == PAREN_CLOSE && depth-- == 0) {
      errorTextStart = at + 2;
      errorTextEnd = close;
      return true;
    }
  }
  return true;
}
