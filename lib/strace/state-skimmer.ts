import {
  ascii,
  DOT,
  EQUALS,
  GREATER,
  indexOfLiteral,
  isDigit,
  LESS,
  MINUS,
  PAREN_CLOSE,
  PAREN_OPEN,
  PIPE,
  QUESTION,
  SPACE,
  STAR,
} from './ascii.ts';
import type { CallRow, CallSink } from './call.ts';
import { cutMarkStart } from './cut-line.ts';
import { isDetachedMark, scanName, unfinishedMark } from './event-text.ts';
import { Leader, scanLeader, skipSpaces } from './leader.ts';
import { LogParser } from './log-parser.ts';
import type { ParserState } from './parser-state.ts';
import type { Syscall } from './syscalls.ts';
import type { Thread } from './thread.ts';

const CWD_DECORATION = ascii('AT_FDCWD<');

/**
 * Brings a parser's state past lines without making rows of them, many times faster than parsing:
 * lines that cannot change the state are only glanced at. What it misjudges is found out later, by
 * comparing the state with the one that parsing leaves.
 */
export class StateSkimmer {
  readonly #state: ParserState;
  #parser: LogParser;
  #leader = new Leader();

  constructor(state: ParserState) {
    this.#state = state;
    this.#parser = new LogParser(NO_SINK, state);
  }

  /** Skims one line, `bytes[start, end)` without its line end. */
  skimLine(bytes: Uint8Array, start: number, end: number): void {
    if (this.#changesState(bytes, start, end)) this.#parser.readLine(bytes, start, end);
    else this.#state.lines++;
  }

  #changesState(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) return false;
    const state = this.#state;
    const first = bytes[start];
    if (state.isInSummary) return true;
    if (state.held.length > 0) return true;
    if (bytes[end - 2] === DOT && cutMarkStart(bytes, start, end) >= 0) return true;
    if (first === SPACE && bytes[start + 2] === SPACE) {
      const mark = bytes[start + 1];
      if (mark === GREATER || mark === PIPE || mark === STAR) return false;
    }
    const leader = this.#leader;
    scanLeader(bytes, start, end, leader);
    const thread = state.processes.peek(leader.pid);
    if (thread === undefined || leader.isBracketed || leader.commStart >= 0) return true;
    const at = leader.eventStart;
    if (bytes[at] === LESS) return !this.#skimResumed(thread, bytes, at, end);
    if (bytes[at] === MINUS) return this.#tick();
    const nameEnd = scanName(bytes, at, end);
    if (nameEnd === at || bytes[nameEnd] !== PAREN_OPEN) return true;
    return this.#callChangesState(thread, bytes, at, nameEnd, end);
  }

  #callChangesState(
    thread: Thread,
    bytes: Uint8Array,
    start: number,
    nameEnd: number,
    end: number,
  ): boolean {
    const state = this.#state;
    const syscall = state.syscalls.get(bytes, start, nameEnd);
    if (!this.#isStateless(syscall, thread)) return true;
    if (thread.unfinished.syscall !== undefined) return true;
    const mark = unfinishedMark(bytes, nameEnd + 1, end);
    if (mark >= 0) {
      if (isDetachedMark(bytes, mark, end)) return true;
      this.#tick();
      const { seconds, nanos } = state.clock;
      const moment = { seconds, nanos, seq: state.lines + 1 };
      thread.unfinished.keep(syscall, moment, bytes, nameEnd + 1, mark);
      return false;
    }
    if (!looksReturned(bytes, nameEnd, end)) return true;
    if (!thread.directory.isExact && hasLiteral(bytes, nameEnd, end, CWD_DECORATION)) return true;
    if (!state.hasFdPaths && mayBeDecorated(bytes, nameEnd, end)) return true;
    return this.#tick();
  }

  /** Whether a call changes nothing but rows: with -y, descriptors need not be followed. */
  #isStateless(syscall: Syscall, thread: Thread): boolean {
    switch (syscall.role) {
      case undefined:
      case 'peer':
        return true;
      case 'self':
        return thread.pid >= 0;
      case 'open':
      case 'close':
      case 'duplicate':
      case 'pair':
      case 'fcntl':
      case 'message':
        return this.#state.hasFdPaths;
      default:
        return false;
    }
  }

  /** Ends the call that is resumed here, when nothing of it is of interest. */
  #skimResumed(thread: Thread, bytes: Uint8Array, start: number, end: number): boolean {
    const call = thread.unfinished;
    if (call.syscall === undefined || !this.#isStateless(call.syscall, thread)) return false;
    const nameStart = skipSpaces(bytes, start + 4, end);
    const nameEnd = scanName(bytes, nameStart, end);
    if (this.#state.syscalls.get(bytes, nameStart, nameEnd) !== call.syscall) return false;
    if (!thread.directory.isExact || !this.#state.hasFdPaths) return false;
    if (!looksReturned(bytes, nameEnd, end)) return false;
    call.syscall = undefined;
    this.#tick();
    return true;
  }

  /** Sets the clock to the line's time; never a change that needs parsing. */
  #tick(): false {
    const { clock, processes } = this.#state;
    clock.advance(this.#leader);
    if (this.#leader.pid >= 0) processes.named(this.#leader.pid, false, false);
    else processes.unnamed();
    this.#state.hasLeaders ||= this.#leader.pid >= 0 || this.#leader.clock !== 0;
    return false;
  }
}

/** Whether the line ends like a call that returned: `) = `, perhaps with more spaces, and a value. */
function looksReturned(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = end - 3; at > start; at--) {
    if (bytes[at] !== EQUALS || bytes[at - 1] !== SPACE || bytes[at + 1] !== SPACE) continue;
    let before = at - 1;
    while (before > start && bytes[before] === SPACE) before--;
    const value = bytes[at + 2];
    const isValue = isDigit(value) || value === MINUS || value === QUESTION;
    if (bytes[before] === PAREN_CLOSE && isValue) return true;
  }
  return false;
}

function hasLiteral(bytes: Uint8Array, start: number, end: number, literal: Uint8Array): boolean {
  const at = indexOfLiteral(bytes, start, end, literal);
  return at >= 0;
}

/** Whether a digit stands before a `<`, as in `3</etc/passwd>`. */
function mayBeDecorated(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === LESS && isDigit(bytes[at - 1])) return true;
  }
  return false;
}

const NO_SINK: CallSink = {
  add(_row: CallRow): void {},
  addFrame(): void {},
  addDump(): void {},
};
