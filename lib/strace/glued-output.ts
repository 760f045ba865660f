import { ArgumentScan, scanArguments } from './arguments.ts';
import {
  BRACE_OPEN,
  BRACKET_OPEN,
  COLON,
  isDigit,
  LESS,
  LF,
  matchesAt,
  PAREN_OPEN,
  QUOTE,
  SLASH,
  SPACE,
  STAR,
} from './ascii.ts';
import { unescapeBytes } from './escapes.ts';
import { scanName } from './event-text.ts';
import { Leader, scanLeader, skipSpaces } from './leader.ts';

const decoder = new TextDecoder();
/** What begins a string, a list, a structure, a call or a decoration. */
const OPENING = new Set([QUOTE, BRACKET_OPEN, BRACE_OPEN, PAREN_OPEN, LESS]);
const leader = new Leader();
const scan = new ArgumentScan();

/**
 * Where the output of the program begins in a call that it interrupted, or `length` when it cannot be
 * told from the arguments: behind the 6 in `write(1, "hello\n", 6hello`, behind the comma in
 * `wait4(-1, ls: cannot access '/none'`.
 */
export function outputStart(bytes: Uint8Array, length: number): number {
  scanLeader(bytes, 0, length, leader);
  const nameEnd = scanName(bytes, leader.eventStart, length);
  const start = nameEnd + 1;
  if (decoder.decode(bytes.subarray(leader.eventStart, nameEnd)) === 'write') {
    const written = writtenStart(bytes, start, length);
    if (written > 0) return written;
  }
  scanArguments(bytes, start, length, scan);
  if (scan.endsInString) return length;
  for (let i = 0; i < scan.argumentCount; i++) {
    const from = scan.argumentStarts[i];
    const to = i + 1 < scan.argumentCount ? scan.argumentStarts[i + 1] - 1 : length;
    const first = skipSpaces(bytes, from, to);
    if (isProse(bytes, first, to)) return first;
  }
  return length;
}

/**
 * End of the arguments of `1, "hello\n", 6hello`, where the text behind the number is what is
 * written, or -1 when it is not.
 */
export function writtenStart(bytes: Uint8Array, start: number, end: number): number {
  scanArguments(bytes, start, end, scan);
  if (scan.argumentCount < 3) return -1;
  const quoted = scan.argumentStarts[1];
  const first = skipSpaces(bytes, scan.argumentStarts[2], end);
  if (bytes[quoted + 1] !== QUOTE) return -1;
  const isCut = bytes[scan.argumentStarts[2] - 2] !== QUOTE;
  const stringEnd = scan.argumentStarts[2] - (isCut ? 5 : 2);
  const written = unescapeBytes(bytes, quoted + 2, stringEnd);
  for (let at = first + 1; at <= end && isDigit(bytes[at - 1]); at++) {
    const count = Number(decoder.decode(bytes.subarray(first, at)));
    if (isCut ? count <= written.length : count !== written.length) continue;
    if (isPrefix(written, bytes, at, end)) return at;
  }
  return -1;
}

/** Whether the last argument is a number and nothing else, as strace prints a count. */
export function endsInNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end - 1;
  while (at > start && isDigit(bytes[at])) at--;
  return at < end - 1 && bytes[at] === SPACE;
}

/** Whether an argument is none that strace prints: words behind spaces, or a path without quotes. */
function isProse(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (OPENING.has(byte)) return false;
    if (byte === COLON) return true;
    if (byte === SLASH) return bytes[at + 1] !== STAR;
    if (byte === SPACE) return isLetter(bytes[start]) && isLetter(bytes[at + 1]);
  }
  return false;
}

function isLetter(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

/** Whether output of the program as it is written, up to the line end, fills the rest of the line. */
function isPrefix(written: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const feed = written.indexOf(LF);
  const length = feed < 0 ? written.length : feed;
  return length > 0 && matchesAt(bytes, start, end, written.subarray(0, length));
}
