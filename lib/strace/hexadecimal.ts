import { BACKSLASH, isDigit, LESS, LF, QUOTE, SEVEN, ZERO } from './ascii.ts';
import { CONTROL_LETTERS } from './escapes.ts';

const LETTER_X = 0x78;

/** Whether text in hexadecimal, as -x and -xx print it, begins at `at`, the first byte between quotes or brackets. */
export function beginsHexadecimal(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_X;
}

/** Whether a decoration is in hexadecimal, `<\x2f\x65>`, or a name within it, `<UNIX-STREAM:[7,"\x2f\x65"]>`. */
export function isHexadecimalDecoration(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] !== BACKSLASH) at++;
  return at < end && beginsHexadecimal(bytes, at) && isOpened(bytes[at - 1]);
}

/**
 * A copy of `bytes[start, end)` with the strings and decorations in hexadecimal as strace prints them without
 * -x and -xx, and a line end behind.
 */
export function withoutHexadecimal(bytes: Uint8Array, start: number, end: number): Uint8Array {
  // no character is longer than its four bytes
  const plain = new Uint8Array(end - start + 1);
  let length = 0;
  for (let at = start; at < end; ) {
    const byte = bytes[at++];
    plain[length++] = byte;
    if (!isOpened(byte)) continue;
    for (let code = codeAt(bytes, at, end); code >= 0; code = codeAt(bytes, at, end)) {
      at += 4;
      const next = codeAt(bytes, at, end);
      for (const character of escaped(code, next, byte === LESS)) {
        plain[length++] = character.charCodeAt(0);
      }
    }
  }
  plain[length++] = LF;
  return plain.subarray(0, length);
}

function isOpened(byte: number): boolean {
  return byte === QUOTE || byte === LESS;
}

/** The byte that `\x2f` stands for, or -1. */
function codeAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end || !beginsHexadecimal(bytes, at)) return -1;
  const high = digitOf(bytes[at + 2]);
  const low = digitOf(bytes[at + 3]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function digitOf(byte: number): number {
  if (isDigit(byte)) return byte - ZERO;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}

/** A byte as strace escapes it; `next` is the one behind, -1 for none. */
function escaped(code: number, next: number, isBracketed: boolean): string {
  const character = String.fromCharCode(code);
  if (code === QUOTE || code === BACKSLASH) return `\\${character}`;
  if (code >= 9 && code <= 13) return `\\${CONTROL_LETTERS[code - 9]}`;
  const isPlain = code >= 0x20 && code < 0x7f && !(isBracketed && '<>'.includes(character));
  if (isPlain) return character;
  const octal = code.toString(8);
  // a digit behind would be taken for one more
  return `\\${next >= ZERO && next <= SEVEN ? octal.padStart(3, '0') : octal}`;
}
