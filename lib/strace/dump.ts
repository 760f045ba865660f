import { BACKSLASH, LF, matchesAt, PIPE, SPACE } from './ascii.ts';
import { grown } from './byte-dictionary.ts';

const BYTES_A_LINE = 16;
const HEXADECIMAL = '0123456789abcdef';
const NAMED = new Map([
  [0x09, 0x74],
  [LF, 0x6e],
  [0x0d, 0x72],
]);
const TWO_SPACES = Uint8Array.of(SPACE, SPACE);

/** The bytes of one call that -e read= or -e write= dumped, gathered line by line. */
export class Dump {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;

  /** Adds a line ` | 00000  7f 45 4c ...  .EL |`; one without bytes (` * 5 bytes in buffer 0`) adds none, an empty one drops all. */
  addLine(line: Uint8Array, start: number, end: number): void {
    if (start === end) this.length = 0;
    if (start === end || line[start + 1] !== PIPE) return;
    let at = start + 3;
    while (at < end && hexDigit(line[at]) >= 0) at++;
    if (!matchesAt(line, at, end, TWO_SPACES)) return;
    at += TWO_SPACES.length;
    if (this.length + BYTES_A_LINE > this.bytes.length) {
      this.bytes = grown(this.bytes, this.length + BYTES_A_LINE);
    }
    for (let i = 0; i < BYTES_A_LINE; i++) {
      const high = hexDigit(line[at]);
      const low = hexDigit(line[at + 1]);
      if (high < 0 || low < 0 || at + 1 >= end) return;
      this.bytes[this.length++] = high * 16 + low;
      // a second space stands in the middle
      at += i === BYTES_A_LINE / 2 - 1 ? 4 : 3;
    }
  }

  /**
   * The bytes as text, from which they can be had again: what is UTF-8 as it is, but `\\` for a backslash,
   * `\n`, `\t`, `\r`, and `\xNN` for other control characters and all other bytes.
   */
  toText(): Uint8Array {
    const { bytes, length } = this;
    const text = new Uint8Array(length * 4);
    let end = 0;
    for (let at = 0; at < length; ) {
      const size = plainLength(bytes, at, length);
      if (size > 0) {
        for (const next = at + size; at < next; ) text[end++] = bytes[at++];
        continue;
      }
      const byte = bytes[at++];
      text[end++] = BACKSLASH;
      const letter = byte === BACKSLASH ? BACKSLASH : NAMED.get(byte);
      if (letter !== undefined) {
        text[end++] = letter;
        continue;
      }
      text[end++] = 0x78;
      text[end++] = HEXADECIMAL.charCodeAt(byte >> 4);
      text[end++] = HEXADECIMAL.charCodeAt(byte & 15);
    }
    return text.subarray(0, end);
  }

  clear(): void {
    this.length = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}

/** Bytes of the printable character that begins here, or 0 when what is here must be escaped. */
function plainLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first < 0x80) return first >= SPACE && first !== 0x7f && first !== BACKSLASH ? 1 : 0;
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size === 0 || at + size > end) return 0;
  for (let i = 1; i < size; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1];
  // control characters, overlong forms, surrogates, and what is beyond Unicode
  if (first === 0xc2 && second < 0xa0) return 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  return first === 0xf4 && second > 0x8f ? 0 : size;
}
