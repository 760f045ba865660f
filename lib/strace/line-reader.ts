import { BRACKET_OPEN, CR, isDigit, LF } from './ascii.ts';
import { grown } from './byte-dictionary.ts';

/** Gets each line as `bytes[start, end)`, without its line end; valid only during the call. */
export type LineHandler = (bytes: Uint8Array, start: number, end: number) => void;

/** A line longer than this is handed over in pieces, so that memory stays bounded. */
const MAX_LINE = 64 << 20;
const ESCAPE = 0x1b;
const SEMICOLON = 0x3b;
const LETTER_M = 0x6d;

/** Finds a byte from a position on, or -1. A Node.js Buffer on the same memory does it fastest. */
export interface ByteFinder {
  indexOf(byte: number, from?: number): number;
}

/** Cuts a stream of chunks into lines. */
export class LineReader {
  /** Bytes handed over so far, line ends included. */
  byteCount = 0;
  #rest: Uint8Array = new Uint8Array(1 << 16);
  #restLength = 0;
  #handle: LineHandler;
  #hasColour = false;

  constructor(handle: LineHandler) {
    this.#handle = handle;
  }

  /**
   * Takes the next bytes of the log; colour sequences (strace --color=always) are left out. `finder`
   * looks for line ends in the same bytes.
   */
  push(chunk: Uint8Array, finder: ByteFinder = chunk): void {
    this.#hasColour ||= finder.indexOf(ESCAPE) >= 0;
    let start = 0;
    let feed = finder.indexOf(LF);
    if (this.#restLength > 0) {
      if (feed < 0) {
        this.#keep(chunk, 0);
        return;
      }
      this.#keep(chunk.subarray(0, feed), 0);
      this.#flush();
      this.byteCount++;
      start = feed + 1;
      feed = finder.indexOf(LF, start);
    }
    while (feed >= 0) {
      this.byteCount += feed + 1 - start;
      this.#emit(chunk, start, chunk[feed - 1] === CR && feed > start ? feed - 1 : feed);
      start = feed + 1;
      feed = finder.indexOf(LF, start);
    }
    if (start < chunk.length) this.#keep(chunk, start);
  }

  /** Hands over a last line without a line end, to `handle` when it is given. */
  end(handle: LineHandler = this.#handle): void {
    this.#handle = handle;
    if (this.#restLength > 0) this.#flush();
  }

  #keep(chunk: Uint8Array, start: number): void {
    const length = this.#restLength + chunk.length - start;
    if (length >= this.#rest.length) this.#rest = grown(this.#rest, length + 1);
    this.#rest.set(start === 0 ? chunk : chunk.subarray(start), this.#restLength);
    this.#restLength = length;
    if (length > MAX_LINE) this.#flush();
  }

  #flush(): void {
    const length = this.#restLength;
    this.#restLength = 0;
    this.byteCount += length;
    // scanners look one byte ahead: let them find a line end, not what was there before
    this.#rest[length] = LF;
    const hasReturn = length > 0 && this.#rest[length - 1] === CR;
    this.#emit(this.#rest, 0, hasReturn ? length - 1 : length);
  }

  #emit(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#hasColour || bytes.subarray(start, end).indexOf(ESCAPE) < 0) {
      this.#handle(bytes, start, end);
      return;
    }
    const plain = withoutColour(bytes, start, end);
    this.#handle(plain, 0, plain.length);
  }
}

/** The line without `ESC [ ... m`. */
function withoutColour(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const plain = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === ESCAPE && bytes[at + 1] === BRACKET_OPEN) {
      let stop = at + 2;
      while (stop < end && (isDigit(bytes[stop]) || bytes[stop] === SEMICOLON)) stop++;
      if (bytes[stop] === LETTER_M && stop < end) {
        at = stop;
        continue;
      }
    }
    plain[length++] = bytes[at];
  }
  return plain.subarray(0, length);
}
