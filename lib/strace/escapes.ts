import { BACKSLASH, isDigit, SEVEN, ZERO } from './ascii.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

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
  const plain = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; ) {
    if (bytes[at] !== BACKSLASH || at + 1 >= end) {
      plain[length++] = bytes[at++];
      continue;
    }
    const escaped = scanEscape(bytes, at + 1, end);
    if (escaped.value < 0x20 || escaped.value === 0x7f) return sanitized(bytes, start, end);
    plain[length++] = escaped.value;
    at = escaped.next;
  }
  try {
    decoder.decode(plain.subarray(0, length));
  } catch {
    return sanitized(bytes, start, end);
  }
  bytes.set(plain.subarray(0, length), start);
  return start + length;
}

/** The same of a text, such as the name of a Unix socket. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = new TextEncoder().encode(text);
  return decoder.decode(bytes.subarray(0, unescapePath(bytes, 0, bytes.length)));
}

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
  // \n, \t and the like name control characters; `\"` and `\\` the character itself
  const isLetter = bytes[start] >= 0x61 && bytes[start] <= 0x7a;
  return { value: isLetter || isDigit(bytes[start]) ? 0 : bytes[start], next: start + 1 };
}

/** Keeps the printed form; bytes that are not ASCII become `?` so that the result is UTF-8. */
function sanitized(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] >= 0x80) bytes[at] = 0x3f;
  return end;
}
