/** Byte values of the characters that strace's grammar is made of. */
export const LF: u8 = 0x0a;
export const CR: u8 = 0x0d;
export const SPACE: u8 = 0x20;
export const QUOTE: u8 = 0x22;
export const PAREN_OPEN: u8 = 0x28;
export const PAREN_CLOSE: u8 = 0x29;
export const STAR: u8 = 0x2a;
export const PLUS: u8 = 0x2b;
export const COMMA: u8 = 0x2c;
export const MINUS: u8 = 0x2d;
export const DOT: u8 = 0x2e;
export const SLASH: u8 = 0x2f;
export const ZERO: u8 = 0x30;
export const COLON: u8 = 0x3a;
export const LESS: u8 = 0x3c;
export const EQUALS: u8 = 0x3d;
export const GREATER: u8 = 0x3e;
export const QUESTION: u8 = 0x3f;
export const BRACKET_OPEN: u8 = 0x5b;
export const BACKSLASH: u8 = 0x5c;
export const BRACKET_CLOSE: u8 = 0x5d;
export const UNDERSCORE: u8 = 0x5f;
export const BRACE_OPEN: u8 = 0x7b;
export const BRACE_CLOSE: u8 = 0x7d;

/** Whether the byte is one of `0` to `9`. */
// @ts-ignore: decorator
@inline
export function isDigit(byte: u8): bool {
  return byte - ZERO < 10;
}

/** Position of the next `byte` from `at` on, or `end`; reads up to 15 bytes behind `end`. */
// @ts-ignore: decorator
@inline
export function findByte(byte: u8, at: usize, end: usize): usize {
  const wanted = i8x16.splat(byte);
  let position = at;
  while (position < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(position), wanted));
    if (mask != 0) {
      position += ctz(mask);
      return position < end ? position : end;
    }
    position += 16;
  }
  return end;
}

/** Position of the first byte from `at` on that is a backslash or not ASCII, or `end`. */
// @ts-ignore: decorator
@inline
export function findSpecial(at: usize, end: usize): usize {
  const backslash = i8x16.splat(BACKSLASH);
  let position = at;
  while (position < end) {
    const bytes = v128.load(position);
    // the top bit of each byte: of what is not ASCII it is set already
    const mask = i8x16.bitmask(v128.or(bytes, i8x16.eq(bytes, backslash)));
    if (mask != 0) {
      position += ctz(mask);
      return position < end ? position : end;
    }
    position += 16;
  }
  return end;
}

/** Whether all bytes of the range are ASCII. */
export function isAscii(at: usize, end: usize): bool {
  let position = at;
  for (; position + 16 <= end; position += 16) {
    if (i8x16.bitmask(v128.load(position)) != 0) return false;
  }
  for (; position < end; position++) if (load<u8>(position) >= 0x80) return false;
  return true;
}

/** First position from `at` on that holds no space. */
// @ts-ignore: decorator
@inline
export function skipSpaces(at: usize, end: usize): usize {
  let position = at;
  while (position < end && load<u8>(position) == SPACE) position++;
  return position;
}
