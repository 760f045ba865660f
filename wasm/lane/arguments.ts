import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COMMA,
  DOT,
  EQUALS,
  findByte,
  GREATER,
  isDigit,
  LESS,
  MINUS,
  PAREN_CLOSE,
  PAREN_OPEN,
  QUOTE,
  SLASH,
  SPACE,
  STAR,
  UNDERSCORE,
  ZERO,
} from '../ascii';

/** What a piece of the arguments that may name a file is. */
export const STRING: u8 = 0;
export const FD: u8 = 1;
export const CWD: u8 = 2;
export const OBJECT: u8 = 3;

const MAX_PIECES: i32 = 64;
const MAX_ARGUMENTS: i32 = 8;

/** Pieces of the arguments just scanned: kind, argument, and the bytes between quotes or angle brackets. */
const kinds: usize = memory.data(64);
const pieceArguments: usize = memory.data(64 * 4, 8);
const starts: usize = memory.data(64 * 8, 8);
const ends: usize = memory.data(64 * 8, 8);
const argumentStarts: usize = memory.data(8 * 8, 8);

/** Number of pieces. */
export let pieceCount: i32 = 0;
/** There is a piece that is CWD; there is one that is FD. */
export let hasCwd: bool = false;
export let hasPath: bool = false;
/** Strings that -s cut short, `"abc"...`. */
export let cutStrings: i32 = 0;
let argumentCount: i32 = 0;
/** Something that only the general parser understands. */
let isOdd: bool = false;

// @ts-ignore: decorator
@inline
export function kindOf(piece: i32): u8 {
  return load<u8>(kinds + piece);
}

// @ts-ignore: decorator
@inline
export function argumentOf(piece: i32): i32 {
  return load<i32>(pieceArguments + (piece << 2));
}

// @ts-ignore: decorator
@inline
export function startOf(piece: i32): usize {
  return load<usize>(starts + (piece << 3));
}

// @ts-ignore: decorator
@inline
export function endOf(piece: i32): usize {
  return load<usize>(ends + (piece << 3));
}

// @ts-ignore: decorator
@inline
function addPiece(kind: u8, argument: i32, start: usize, end: usize): void {
  if (pieceCount == MAX_PIECES) {
    isOdd = true;
    return;
  }
  store<u8>(kinds + pieceCount, kind);
  store<i32>(pieceArguments + (pieceCount << 2), argument);
  store<usize>(starts + (pieceCount << 3), start);
  store<usize>(ends + (pieceCount << 3), end);
  pieceCount++;
}

/** Which of 16 bytes are one of `"()[]{}<,/`: by the tables of low and high halves, both of which must agree. */
// @ts-ignore: decorator
@inline
function specials(bytes: v128): i32 {
  const low = i8x16(0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 12, 3, 12, 0, 1);
  const high = i8x16(0, 0, 1, 2, 0, 4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  const class_ = v128.and(
    i8x16.swizzle(low, v128.and(bytes, i8x16.splat(0x0f))),
    i8x16.swizzle(high, i8x16.shr_u(bytes, 4)),
  );
  return i8x16.bitmask(i8x16.ne(class_, i8x16.splat(0)));
}

/**
 * Walks the arguments from behind the opening parenthesis to the one that closes them and returns its
 * position, honouring quotes, brackets, comments and decorations; 0 for what is left to the general parser.
 */
export function scanArguments(start: usize, end: usize): usize {
  pieceCount = 0;
  cutStrings = 0;
  hasCwd = false;
  hasPath = false;
  isOdd = false;
  argumentCount = 1;
  store<usize>(argumentStarts, start);
  let depth = 0;
  let argument = 0;
  let at = start;
  while (at < end) {
    const mask = specials(v128.load(at));
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    if (at >= end) return 0;
    switch (load<u8>(at)) {
      case QUOTE: {
        const close = closeQuote(at + 1, end);
        if (close == 0) return 0;
        if (depth == 0) addPiece(STRING, argument, at + 1, close);
        else if (load<u8>(at - 1) == EQUALS && isSunPath(at)) return 0;
        at = close + 1;
        if (load<u8>(at) == DOT && load<u8>(at + 1) == DOT) cutStrings++;
        break;
      }
      case PAREN_OPEN:
      case BRACKET_OPEN:
      case BRACE_OPEN:
        depth++;
        at++;
        break;
      case PAREN_CLOSE:
        if (depth == 0) return isOdd ? 0 : at;
        depth--;
        at++;
        break;
      case BRACKET_CLOSE:
      case BRACE_CLOSE:
        if (depth > 0) depth--;
        at++;
        break;
      case COMMA:
        at++;
        if (depth > 0) break;
        argument++;
        if (argument < MAX_ARGUMENTS) {
          store<usize>(argumentStarts + (argument << 3), at);
          argumentCount = argument + 1;
        }
        break;
      case SLASH:
        // a comment
        if (load<u8>(at + 1) == STAR) {
          at = closeComment(at + 2, end);
        } else at++;
        break;
      default: // LESS
        at = scanAngle(at, end, argument);
        if (at == 0) return 0;
    }
  }
  return 0;
}

function closeComment(start: usize, end: usize): usize {
  let at = start;
  while (at < end && !(load<u8>(at) == STAR && load<u8>(at + 1) == SLASH)) at++;
  return min(at + 2, end);
}

/** Position of the quote that ends a string whose first byte is at `start`, or 0. */
// @ts-ignore: decorator
@inline
function closeQuote(start: usize, end: usize): usize {
  const quote = i8x16.splat(QUOTE);
  const backslash = i8x16.splat(BACKSLASH);
  let at = start;
  while (at < end) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)));
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    if (at >= end) return 0;
    if (load<u8>(at) == QUOTE) return at;
    at += 2;
  }
  return 0;
}

/** `sun_path=` before a quote, as words. */
function isSunPath(quote: usize): bool {
  return load<u64>(quote - 9) == 0x687461705f6e7573;
}

/** `AT_FDCWD` as a word. */
const AT_FDCWD: u64 = 0x44574344465f5441;

/** A `<`: an fd or pid decoration, `1<<CAP_X`, or `<... resuming interrupted poll ...>`. */
// @ts-ignore: decorator
@inline
function scanAngle(at: usize, end: usize, argument: i32): usize {
  const isCwd = load<u64>(at - 8) == AT_FDCWD;
  if (!isCwd && !isDigit(load<u8>(at - 1))) {
    // -100 /* AT_FDCWD */</home/dev>
    if (load<u8>(at - 1) == SLASH) isOdd = true;
    if (load<u8>(at + 1) != DOT) return at + 1;
    const close = findByte(GREATER, at, end);
    return close == end ? 0 : close + 1;
  }
  if (load<u8>(at + 1) == LESS) return at + 2;
  const close = closeDecoration(at + 1, end);
  if (close == 0) return 0;
  // in hexadecimal, as by -xx
  if (load<u8>(at + 1) == BACKSLASH) isOdd = true;
  if (isCwd) {
    hasCwd = true;
    addPiece(CWD, argument, at + 1, close);
  } else {
    addDecoration(at + 1, close, argument);
  }
  return close + 1;
}

// @ts-ignore: decorator
@inline
function addDecoration(start: usize, close: usize, argument: i32): void {
  if (load<u8>(start) == SLASH && !isNamedObject(start)) {
    hasPath = true;
    addPiece(FD, argument, start, close);
    return;
  }
  addPiece(OBJECT, argument, start, close);
  // <UNIX-STREAM:[32406,"/tmp/s"]>
  if (load<u16>(start) == 0x4e55 && findByte(QUOTE, start, close) != close) isOdd = true;
}

/** Whether a decoration that looks like a path is the name of something without one: `/memfd:x`, `/dmabuf:x`. */
// @ts-ignore: decorator
@inline
export function isNamedObject(start: usize): bool {
  const word = load<u64>(start);
  return (word & 0xffffffffffffff) == 0x3a64666d656d2f || word == 0x3a667562616d642f;
}

/** Position of the `>` that ends a decoration whose first byte is at `start`, or 0. */
// @ts-ignore: decorator
@inline
export function closeDecoration(start: usize, end: usize): usize {
  if (load<u8>(start) == SLASH) {
    // of most paths the first angle bracket closes
    const close = findAngle(start, end);
    if (close == end) return 0;
    if (load<u8>(close) == GREATER) return close;
  }
  return closeNestedDecoration(start, end);
}

// @ts-ignore: decorator
@inline
function findAngle(start: usize, end: usize): usize {
  const less = i8x16.splat(LESS);
  const greater = i8x16.splat(GREATER);
  let at = start;
  while (at < end) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, less), i8x16.eq(bytes, greater)));
    if (mask != 0) {
      at += ctz(mask);
      return at < end ? at : end;
    }
    at += 16;
  }
  return end;
}

function closeNestedDecoration(start: usize, end: usize): usize {
  const isPath = load<u8>(start) == SLASH;
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == LESS) depth++;
    else if (byte == QUOTE && load<u8>(at - 1) == COMMA && !isPath) {
      const close = closeQuote(at + 1, end);
      if (close == 0) return 0;
      at = close;
    } else if (byte == GREATER && !(load<u8>(at - 1) == MINUS && !isPath)) {
      if (depth == 0) return at;
      depth--;
    }
  }
  return 0;
}

/** Where an argument begins, or 0 without such a one. */
// @ts-ignore: decorator
@inline
export function argumentAt(argument: i32): usize {
  if (argument >= argumentCount) return 0;
  let at = load<usize>(argumentStarts + (argument << 3));
  while (load<u8>(at) == SPACE) at++;
  return at;
}

/** Behind the name that -N prints before an argument, `fd=`; `at` without. */
// @ts-ignore: decorator
@inline
export function skipName(at: usize): usize {
  let end = at;
  while (isNameByte(load<u8>(end))) end++;
  return load<u8>(end) == EQUALS ? end + 1 : at;
}

/** Number at the beginning of an argument, `3</etc/passwd>` or `fd=3`; -1 when none stands there. */
// @ts-ignore: decorator
@inline
export function readDescriptor(argument: i32): i32 {
  if (argument >= argumentCount) return -1;
  let at = load<usize>(argumentStarts + (argument << 3));
  while (load<u8>(at) == SPACE) at++;
  while (isNameByte(load<u8>(at))) at++;
  if (load<u8>(at) == EQUALS) at++;
  if (!isDigit(load<u8>(at))) return -1;
  let fd: i64 = 0;
  const first = at;
  while (isDigit(load<u8>(at)) && at - first < 18) fd = fd * 10 + (load<u8>(at++) - ZERO);
  return fd <= <i64>i32.MAX_VALUE ? <i32>fd : -1;
}

// @ts-ignore: decorator
@inline
function isNameByte(byte: u8): bool {
  return (byte >= 0x61 && byte <= 0x7a) || byte == UNDERSCORE;
}
