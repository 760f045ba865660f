import { BACKSLASH, isDigit, SEVEN, ZERO } from './ascii.ts';

/** How C writes control characters: `\t`, `\n`, `\v`, `\f`, `\r`, from 9 on. */
export const CONTROL_LETTERS = 'tnvfr';
const FIRST_CONTROL = 9;

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Position of the first byte that is escaped or not ASCII, or `end`. */
export function firstSpecial(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== BACKSLASH && bytes[at] < 0x80) at++;
  return at;
}

/**
 * Undoes strace's escapes in place (`\"`, `\\`, `\303\251`, `\x2f`) and returns the new end. A name
 * that would hold control characters or is not UTF-8 stays as it was printed.
 */
export function unescapePath(bytes: Uint8Array, start: number, end: number): number {
  if (firstSpecial(bytes, start, end) === end) return end;
  const { plain, hasControls } = undoEscapes(bytes, start, end);
  if (hasControls) return sanitized(bytes, start, end);
  try {
    decoder.decode(plain);
  } catch {
    return sanitized(bytes, start, end);
  }
  bytes.set(plain, start);
  return start + plain.length;
}

/** The same of a text, such as the name of a Unix socket. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = encoder.encode(text);
  return decoder.decode(bytes.subarray(0, unescapePath(bytes, 0, bytes.length)));
}

/** The bytes that a printed string holds, whatever they are. */
export function unescapeBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return undoEscapes(bytes, start, end).plain;
}

function undoEscapes(
  bytes: Uint8Array,
  start: number,
  end: number,
): { plain: Uint8Array; hasControls: boolean } {
  const plain = new Uint8Array(end - start);
  let length = 0;
  let hasControls = false;
  for (let at = start; at < end; ) {
    if (bytes[at] !== BACKSLASH || at + 1 >= end) {
      plain[length++] = bytes[at++];
      continue;
    }
    const { value, next } = scanEscape(bytes, at + 1, end);
    if (value < 0x20 || value === 0x7f) hasControls = true;
    plain[length++] = value < 0 ? bytes[at + 1] : value;
    at = next;
  }
  return { plain: plain.subarray(0, length), hasControls };
}

/** The byte that is escaped, -1 for what strace does not print. */
function scanEscape(
  bytes: Uint8Array,
  start: number,
  end: number,
): { value: number; next: number } {
  let at = start;
  let value = 0;
  if (bytes[at] === 0x78) {
    const digits = String.fromCharCode(...bytes.subarray(at + 1, Math.min(at + 3, end)));
    if (/^[0-9a-f]{2}$/.test(digits)) return { value: Number.parseInt(digits, 16), next: at + 3 };
  }
  while (at < end && at < start + 3 && bytes[at] >= ZERO && bytes[at] <= SEVEN) {
    value = value * 8 + bytes[at++] - ZERO;
  }
  if (at > start) return { value: value & 0xff, next: at };
  // `\"` and `\\` name the character itself
  const byte = bytes[start];
  const isLetter = byte >= 0x61 && byte <= 0x7a;
  if (!isLetter && !isDigit(byte)) return { value: byte, next: start + 1 };
  const control = CONTROL_LETTERS.indexOf(String.fromCharCode(byte));
  return { value: control < 0 ? control : FIRST_CONTROL + control, next: start + 1 };
}

/** Keeps the printed form; bytes that are not ASCII become `?` so that the result is UTF-8. */
function sanitized(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] >= 0x80) bytes[at] = 0x3f;
  return end;
}
