/** Byte values of the characters that strace's grammar is made of. */
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const PAREN_OPEN = 0x28;
export const PAREN_CLOSE = 0x29;
export const STAR = 0x2a;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const ZERO = 0x30;
export const SEVEN = 0x37;
const NINE = 0x39;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const BRACKET_OPEN = 0x5b;
export const BACKSLASH = 0x5c;
export const BRACKET_CLOSE = 0x5d;
export const UNDERSCORE = 0x5f;
export const BRACE_OPEN = 0x7b;
export const PIPE = 0x7c;
export const BRACE_CLOSE = 0x7d;

/** Whether the byte is one of `0` to `9`. */
export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** Bytes of an ASCII literal. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Whether `bytes` holds `literal` at `at`, all of it before `end`. */
export function matchesAt(
  bytes: Uint8Array,
  at: number,
  end: number,
  literal: Uint8Array,
): boolean {
  if (at < 0 || at + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

/** First position of `literal` in `bytes[from, end)`, or -1. */
export function indexOfLiteral(
  bytes: Uint8Array,
  from: number,
  end: number,
  literal: Uint8Array,
): number {
  const first = literal[0];
  const last = end - literal.length;
  for (let at = from; at <= last; at++) {
    if (bytes[at] === first && matchesAt(bytes, at, end, literal)) return at;
  }
  return -1;
}

/** A copy of `bytes[start, end)`; unlike `slice`, also of a Buffer, whose slices share its memory. */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}
