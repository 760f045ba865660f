import { GREATER, LF, PIPE, STAR } from './ascii.ts';
import { Leader, NO_TIME, scanLeader, skipSpaces, TIME_OF_DAY } from './leader.ts';

/** Seconds of a day. */
export const DAY = 86_400;
const HOUR = 3600;

/** One file of an `strace -ff` run. */
export interface SplitLog {
  /** Thread the file is about, the number at the end of its name. */
  pid: number;
  /** Opens the file's bytes (decompressed) from the beginning; may be called more than once. */
  open(): AsyncIterable<Uint8Array>;
}

/** A time printed by strace; `seconds` counts from midnight or from 1970. */
export interface PrintedTime {
  isTimeOfDay: boolean;
  seconds: number;
  nanos: number;
}

/** A line longer than this is cut in two, so that memory stays bounded. */
const MAX_LINE = 64 << 20;

/**
 * Reads one file line by line. `seconds` and `nanos` tell where the current line stands in the
 * merge; a line without a time stands with the line before.
 */
export class SplitLogReader {
  readonly pid: number;
  seconds: number;
  nanos = 0;
  /** The current line, without its line end, is `bytes[start, end)`. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** The current line is the last one of the file, and has no line end. */
  isCut = false;
  /** The current line prints no time. */
  isUntimed = false;
  /** The current line is part of the event before it: a stack frame, a dump, an empty line. */
  isAttached = false;
  readonly leader = new Leader();
  readonly #chunks: AsyncIterator<Uint8Array>;
  #own: Uint8Array = new Uint8Array(0);
  #next = 0;
  #filled = 0;
  #scanned = 0;
  #isDrained = false;
  /** What brings the printed seconds to those of the merge. */
  #offset: number | undefined;
  #printed = 0;

  /** `firstSeconds` is where the first line with a time stands in the merge. */
  constructor(log: SplitLog, firstSeconds: number) {
    this.pid = log.pid;
    this.seconds = firstSeconds;
    this.#chunks = log.open()[Symbol.asyncIterator]();
  }

  /** Steps to the next line; waits for the file only when memory holds no whole line. */
  async next(): Promise<boolean> {
    while (!this.advance()) if (!(await this.#fill())) return false;
    return true;
  }

  /** Steps to the next line if it is in memory; when it says no, `next` may still find one. */
  advance(): boolean {
    let feed = this.bytes.indexOf(LF, this.#scanned);
    if (feed < 0 || feed >= this.#filled) {
      this.#scanned = this.#filled;
      if (this.#next === this.#filled) return false;
      if (!this.#isDrained && this.#filled - this.#next < MAX_LINE) return false;
      feed = this.#filled;
      this.isCut = this.#isDrained;
    }
    this.start = this.#next;
    this.end = feed;
    this.#next = Math.min(feed + 1, this.#filled);
    this.#scanned = this.#next;
    this.#placeLine();
    return true;
  }

  /** Gives the file back when the merge is given up. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(): Promise<boolean> {
    if (this.#isDrained) return false;
    const result = await this.#chunks.next();
    if (result.done) {
      this.#isDrained = true;
      return this.#next < this.#filled;
    }
    this.#append(result.value);
    return true;
  }

  #append(chunk: Uint8Array): void {
    const rest = this.#filled - this.#next;
    if (rest === 0) this.bytes = chunk;
    else this.#join(chunk, rest);
    this.#scanned -= this.#next;
    this.#next = 0;
    this.#filled = rest + chunk.length;
  }

  /** Puts the chunk behind the unfinished line, in memory of our own. */
  #join(chunk: Uint8Array, rest: number): void {
    const isInPlace = this.bytes === this.#own && this.#next === 0;
    const head = this.bytes.subarray(this.#next, this.#filled);
    if (rest + chunk.length > this.#own.length) {
      this.#own = new Uint8Array(2 * (rest + chunk.length));
      this.#own.set(head);
    } else if (!isInPlace) {
      this.#own.set(head);
    }
    this.#own.set(chunk, rest);
    this.bytes = this.#own;
  }

  #placeLine(): void {
    const { leader } = this;
    this.isAttached = isAttached(this.bytes, this.start, this.end);
    scanLeader(this.bytes, this.start, this.end, leader);
    this.isUntimed = this.isAttached || leader.clock === NO_TIME;
    if (this.isUntimed) return;
    if (leader.clock === TIME_OF_DAY && this.#offset !== undefined) {
      const step = leader.seconds - this.#printed;
      // a thread's calls are in order: time goes back only when the clock is set back
      if (step < -HOUR) this.#offset += DAY;
      else if (step > DAY - HOUR) this.#offset -= DAY;
    }
    this.#offset ??= this.seconds - leader.seconds;
    this.#printed = leader.seconds;
    const seconds = leader.seconds + this.#offset;
    // The order of the lines of one file stands, whatever its clock did.
    if (seconds > this.seconds || (seconds === this.seconds && leader.nanos > this.nanos)) {
      this.seconds = seconds;
      this.nanos = leader.nanos;
    }
  }
}

/** First time printed in the first 64 kB of a file, or undefined when its lines have none. */
export async function readFirstTime(log: SplitLog): Promise<PrintedTime | undefined> {
  const reader = new SplitLogReader(log, 0);
  const { leader } = reader;
  try {
    for (let read = 0; read < 65_536 && (await reader.next()); read += reader.end - reader.start) {
      if (reader.isUntimed) continue;
      const isTimeOfDay = leader.clock === TIME_OF_DAY;
      return { isTimeOfDay, seconds: leader.seconds, nanos: leader.nanos };
    }
    return undefined;
  } finally {
    await reader.close();
  }
}

/** Frames of -k (` > /lib/x.so(...)`), dumps (` | 00000  7f`, ` * 5 bytes in buffer 0`), nothing. */
function isAttached(bytes: Uint8Array, start: number, end: number): boolean {
  const first = skipSpaces(bytes, start, end);
  if (first === end) return true;
  if (first === start) return false;
  return bytes[first] === GREATER || bytes[first] === PIPE || bytes[first] === STAR;
}
