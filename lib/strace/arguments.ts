import {
  ascii,
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COMMA,
  DOT,
  EQUALS,
  GREATER,
  isDigit,
  LESS,
  MINUS,
  matchesAt,
  PAREN_CLOSE,
  PAREN_OPEN,
  QUOTE,
  SLASH,
  SPACE,
  STAR,
  UNDERSCORE,
  ZERO,
} from './ascii.ts';
import { beginsHexadecimal, isHexadecimalDecoration } from './hexadecimal.ts';

/** What a piece of the arguments that may name a file is. */
export const STRING = 0;
export const FD = 1;
export const CWD = 2;
export const SUN_PATH = 3;
export const OBJECT = 4;

/** Pieces of one argument list that may name files; refilled for every call. */
export class ArgumentScan {
  /** Position of the closing parenthesis, or -1 when the text ends before it. */
  close = -1;
  /** Number of pieces; piece `i` has the following. */
  count = 0;
  /** There is a piece that is CWD; there is one that is FD. */
  hasCwd = false;
  hasPath = false;
  /** The text ends within a string. */
  endsInString = false;
  /** Text is printed in hexadecimal, as by -xx. */
  isHexadecimal = false;
  /** Strings that -s cut short, `"abc"...`. */
  cutStrings = 0;
  /** Number of arguments, at most 8. */
  argumentCount = 0;
  /** Where argument `i` begins, its leading space included; the first 8 only. */
  argumentStarts: Int32Array = new Int32Array(8);
  /** STRING, FD (a path), CWD, SUN_PATH or OBJECT (an fd decorated with something else). */
  kinds: Uint8Array = new Uint8Array(MAX_PIECES);
  /** Which argument it stands in, from 0. */
  arguments: Int32Array = new Int32Array(MAX_PIECES);
  /** The bytes between the quotes or the angle brackets. */
  starts: Int32Array = new Int32Array(MAX_PIECES);
  ends: Int32Array = new Int32Array(MAX_PIECES);

  /** Notes a piece; those beyond the first 64 of a call are left out. */
  add(kind: number, argument: number, start: number, end: number): void {
    const { count } = this;
    if (count === MAX_PIECES) return;
    this.kinds[count] = kind;
    this.arguments[count] = argument;
    this.starts[count] = start;
    this.ends[count] = end;
    this.count = count + 1;
  }

  /** Number at the beginning of an argument, `3</etc/passwd>` or (-N) `fd=3`; -1 when none stands there. */
  readDescriptor(bytes: Uint8Array, argument: number): number {
    if (argument >= this.argumentCount) return -1;
    let at = this.argumentStarts[argument];
    while (bytes[at] === SPACE) at++;
    while (isNameByte(bytes[at])) at++;
    if (bytes[at] === EQUALS) at++;
    if (!isDigit(bytes[at])) return -1;
    let fd = 0;
    while (isDigit(bytes[at])) fd = fd * 10 + bytes[at++] - ZERO;
    return fd <= MAX_FD ? fd : -1;
  }

  /** The text of an argument, `''` when there is none or it is not among the first 8. */
  textOf(bytes: Uint8Array, argument: number): string {
    const { argumentCount, argumentStarts, close } = this;
    if (argument >= argumentCount) return '';
    const start = argumentStarts[argument];
    const end = argument + 1 < argumentCount ? argumentStarts[argument + 1] - 1 : close;
    return decoder.decode(bytes.subarray(bytes[start] === SPACE ? start + 1 : start, end));
  }

  /** Takes out the pieces of one kind. */
  remove(kind: number): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.kinds[i] === kind) continue;
      this.kinds[kept] = this.kinds[i];
      this.arguments[kept] = this.arguments[i];
      this.starts[kept] = this.starts[i];
      this.ends[kept++] = this.ends[i];
    }
    this.count = kept;
  }
}

const decoder = new TextDecoder();
const MAX_PIECES = 64;
/** A larger number is no descriptor, whatever the line says. */
export const MAX_FD = 0x7fffffff;

function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || byte === UNDERSCORE;
}

const ORDINARY = 0;
const SPECIAL = new Uint8Array(256);
for (const byte of [
  QUOTE,
  PAREN_OPEN,
  PAREN_CLOSE,
  BRACKET_OPEN,
  BRACKET_CLOSE,
  BRACE_OPEN,
  BRACE_CLOSE,
  LESS,
  COMMA,
  SLASH,
]) {
  SPECIAL[byte] = 1;
}

const SUN_PATH_KEY = ascii('sun_path=');
const AT_FDCWD = ascii('AT_FDCWD');
/** As -X verbose prints it. */
const COMMENTED_FDCWD = ascii('-100 /* AT_FDCWD */');
const DELETED = ascii(' (deleted)');
const MEMFD = ascii('/memfd:');
const DMABUF = ascii('/dmabuf:');

/**
 * Walks the arguments from just behind the opening parenthesis, honouring quotes, brackets,
 * comments and fd decorations, to the parenthesis that closes them.
 * `write(1, "f(x) = 2", 8) = 8` closes behind the 8, not inside the string.
 */
export function scanArguments(
  bytes: Uint8Array,
  start: number,
  end: number,
  scan: ArgumentScan,
): void {
  scan.count = 0;
  scan.close = -1;
  scan.cutStrings = 0;
  scan.endsInString = false;
  scan.hasCwd = false;
  scan.hasPath = false;
  scan.isHexadecimal = false;
  scan.argumentCount = 1;
  scan.argumentStarts[0] = start;
  let depth = 0;
  let argument = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (SPECIAL[byte] === ORDINARY) {
      at++;
      continue;
    }
    switch (byte) {
      case QUOTE: {
        const close = closeQuote(bytes, at + 1, end);
        if (close < 0) {
          scan.endsInString = true;
          return;
        }
        if (beginsHexadecimal(bytes, at + 1)) scan.isHexadecimal = true;
        if (depth === 0) scan.add(STRING, argument, at + 1, close);
        else if (bytes[at - 1] === EQUALS && isSunPath(bytes, at)) {
          scan.add(SUN_PATH, argument, at + 1, close);
        }
        at = close + 1;
        if (bytes[at] === DOT && bytes[at + 1] === DOT) scan.cutStrings++;
        break;
      }
      case PAREN_OPEN:
      case BRACKET_OPEN:
      case BRACE_OPEN:
        depth++;
        at++;
        break;
      case PAREN_CLOSE:
        if (depth === 0) {
          scan.close = at;
          return;
        }
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
        if (argument < 8) {
          scan.argumentStarts[argument] = at;
          scan.argumentCount = argument + 1;
        }
        break;
      case SLASH:
        at = bytes[at + 1] === STAR ? skipComment(bytes, at + 2, end) : at + 1;
        break;
      default: // LESS
        at = scanAngle(bytes, at, end, argument, scan);
        if (at < 0) return;
    }
  }
}

/** Position of the quote that ends a string whose first byte is at `start`, or -1. */
function closeQuote(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return -1;
}

function isSunPath(bytes: Uint8Array, quote: number): boolean {
  return matchesAt(bytes, quote - SUN_PATH_KEY.length, quote, SUN_PATH_KEY);
}

function skipComment(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !(bytes[at] === STAR && bytes[at + 1] === SLASH)) at++;
  return Math.min(at + 2, end);
}

/** A `<`: an fd or pid decoration, `1<<CAP_X`, or `<... resuming interrupted poll ...>`. */
function scanAngle(
  bytes: Uint8Array,
  at: number,
  end: number,
  argument: number,
  scan: ArgumentScan,
): number {
  const isCwd =
    matchesAt(bytes, at - AT_FDCWD.length, at, AT_FDCWD) ||
    matchesAt(bytes, at - COMMENTED_FDCWD.length, at, COMMENTED_FDCWD);
  if (!isCwd && !isDigit(bytes[at - 1])) {
    if (bytes[at + 1] !== 0x2e) return at + 1;
    const close = bytes.indexOf(GREATER, at);
    return close < 0 || close >= end ? -1 : close + 1;
  }
  if (bytes[at + 1] === LESS) return at + 2;
  const close = closeDecoration(bytes, at + 1, end);
  if (close < 0) return -1;
  if (isHexadecimalDecoration(bytes, at + 1, close)) scan.isHexadecimal = true;
  if (isCwd) {
    scan.hasCwd = true;
    scan.add(CWD, argument, at + 1, close);
  } else addDecoration(bytes, at + 1, close, argument, scan);
  return close + 1;
}

function addDecoration(
  bytes: Uint8Array,
  start: number,
  close: number,
  argument: number,
  scan: ArgumentScan,
): void {
  if (bytes[start] === SLASH && !isNamedObject(bytes, start, close)) {
    scan.hasPath = true;
    scan.add(FD, argument, start, close);
    return;
  }
  scan.add(OBJECT, argument, start, close);
  // <UNIX-STREAM:[32406,"/tmp/s"]>
  if (bytes[start] !== 0x55 || bytes[start + 1] !== 0x4e) return;
  const quote = bytes.indexOf(QUOTE, start);
  if (quote < 0 || quote >= close || bytes[quote - 1] !== COMMA) return;
  const closing = closeQuote(bytes, quote + 1, close);
  if (closing > 0) scan.add(SUN_PATH, argument, quote + 1, closing);
}

/** Whether a decoration that looks like a path is the name of something without one: `/memfd:cache`. */
export function isNamedObject(bytes: Uint8Array, start: number, end: number): boolean {
  const letter = bytes[start + 1];
  if (letter === 0x6d) return matchesAt(bytes, start, end, MEMFD);
  return letter === 0x64 && matchesAt(bytes, start, end, DMABUF);
}

/**
 * End of the path in the decoration `bytes[start, close)`: before a nested `<char 1:3>`, and before
 * the ` (deleted)` that strace up to 5.18 put inside.
 */
export function pathEnd(bytes: Uint8Array, start: number, close: number): number {
  for (let at = start; at < close; at++) if (bytes[at] === LESS) return at;
  const bare = close - DELETED.length;
  return bare > start && matchesAt(bytes, bare, close, DELETED) ? bare : close;
}

/**
 * Position of the `>` that ends a decoration. Paths escape `<` and `>`; a device path holds a nested
 * `<char 1:3>`; a socket ends in `]>` and holds `->`.
 */
export function closeDecoration(bytes: Uint8Array, start: number, end: number): number {
  const isPath = bytes[start] === SLASH;
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === LESS) depth++;
    else if (byte === QUOTE && bytes[at - 1] === COMMA && !isPath) {
      const close = closeQuote(bytes, at + 1, end);
      if (close < 0) return -1;
      at = close;
    } else if (byte === GREATER && !(bytes[at - 1] === MINUS && !isPath)) {
      if (depth === 0) return at;
      depth--;
    }
  }
  return -1;
}
