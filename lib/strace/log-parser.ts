import { scanArguments } from './arguments.ts';
import {
  ascii,
  BRACKET_OPEN,
  DOT,
  GREATER,
  indexOfLiteral,
  LESS,
  MINUS,
  matchesAt,
  PAREN_OPEN,
  PIPE,
  PLUS,
  SPACE,
  STAR,
} from './ascii.ts';
import type { CallSink } from './call.ts';
import { CallScan } from './call-scan.ts';
import { Census, type LineKind, REASONS } from './census.ts';
import type { ClockBase } from './clock.ts';
import { makeComm } from './comm.ts';
import { ARGUMENTS, CUT_DUMP, cutMarkStart, judgeCutLine, OUTPUT, WHOLE } from './cut-line.ts';
import {
  attachedMessage,
  isDetachedMark,
  isEventStart,
  isFenced,
  isProcessMessage,
  lastEquals,
  mayContinue,
  resumedTail,
  scanName,
  unfinishedMark,
} from './event-text.ts';
import { hasLeader, Leader, NO_TIME, scanLeader, skipSpaces } from './leader.ts';
import { NameTable } from './name.ts';
import { ParserState } from './parser-state.ts';
import type { Processes } from './processes.ts';
import { RecordingTraits } from './recording-traits.ts';
import type { Moment } from './row.ts';
import { RowEmitter } from './row-emitter.ts';
import { isSummaryHead, SummaryTable } from './summary-table.ts';
import { SyscallCounts } from './syscall-counts.ts';
import type { Syscall } from './syscalls.ts';
import type { Thread } from './thread.ts';

const BRACKETED_PID = ascii('[pid ');
const STRACE = ascii('strace: ');
const VCPU = ascii(' VCPU');
const ARROW = ascii('=>');
/** What some editors put before the first line. */
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);
const NO_BYTES = new Uint8Array(0);

/**
 * Reads the lines of an strace log one by one and gives every completed call, signal and exit to a
 * sink. Never throws on what a log holds: a line is understood, or counted under a reason.
 */
export class LogParser {
  readonly census = new Census();
  readonly traits = new RecordingTraits();
  /** Returned calls and errors by system call. */
  readonly counts = new SyscallCounts();
  readonly #state: ParserState;
  #processes: Processes;
  #sink: CallSink;
  #emitter: RowEmitter;
  #leader = new Leader();
  #call = new CallScan();
  #comms = new NameTable(makeComm);
  #summary = new SummaryTable();
  #moment: Moment = { seconds: -1, nanos: 0, seq: 0 };

  /** Begins a log, or goes on with one from the state its earlier lines left. */
  constructor(sink: CallSink, from: ClockBase | ParserState) {
    this.#sink = sink;
    this.#state = from instanceof ParserState ? from : new ParserState(from);
    this.#processes = this.#state.processes;
    this.#emitter = new RowEmitter(sink, this.#state, this.traits, this.counts);
  }

  /** What the lines so far left for those to come. */
  get state(): ParserState {
    return this.#state;
  }

  /** Lines of the log so far. */
  get lines(): number {
    return this.#state.lines;
  }

  /** Reads one line, `bytes[start, end)` without its line end. */
  readLine(bytes: Uint8Array, start: number, end: number): void {
    const mark = bytes[end - 2] === DOT ? cutMarkStart(bytes, start, end) : -1;
    if (mark >= 0) {
      this.readCutLine(bytes, start, mark);
      return;
    }
    this.#state.lines++;
    const kind = start === end ? 'blank' : this.#readLine(bytes, start, end);
    if (kind !== undefined) this.census.count(kind);
  }

  /** Reads the last line of a file that does not end with a line end: what may be missing is NULL. */
  readCutLine(bytes: Uint8Array, start: number, end: number): void {
    this.#state.lines++;
    const kind = start === end ? 'blank' : this.#readCutLine(bytes, start, end);
    if (kind !== undefined) this.census.count(kind);
  }

  /** Emits what never returned. Call once, after the last line. */
  end(): void {
    this.#dropHeld();
    for (const thread of this.#processes.interrupted()) {
      this.#emitter.emitInterrupted(thread, this.#call.arguments);
    }
  }

  /** Lines of strace's own table at the end of the log; none without -c or -C. */
  get summaryLines(): readonly string[] {
    return this.#summary.lines;
  }

  /** The kind of the line, or undefined when it is counted elsewhere (unparsed or held). */
  #readLine(bytes: Uint8Array, start: number, end: number): LineKind | undefined {
    const first = bytes[start];
    const { held } = this.#state;
    if (held.length > 0 && (held.isCutByMessage || mayContinue(bytes, start))) {
      const kind = this.#readContinuation(bytes, start, end);
      if (kind !== undefined) return kind;
    }
    if (first === SPACE) {
      const mark = bytes[start + 1];
      if (bytes[start + 2] === SPACE) {
        if (mark === GREATER) {
          this.#sink.addFrame(bytes, start + 3, end, this.lines);
          return 'stack';
        }
        if (mark === PIPE || mark === STAR) {
          this.#sink.addDump(bytes, start, end, this.lines);
          return 'dump';
        }
      }
      // VCPU:0> {exit_reason=KVM_EXIT_IO, ...}
      if (matchesAt(bytes, start, end, VCPU)) return 'dump';
    }
    return this.#readEvent(bytes, start, end);
  }

  #readCutLine(bytes: Uint8Array, start: number, end: number): LineKind | undefined {
    const { hasLeaders, isInSummary } = this.#state;
    switch (judgeCutLine(bytes, start, end, this.#leader, this.#call)) {
      case WHOLE:
        return this.#readLine(bytes, start, end);
      case ARGUMENTS: {
        const at = this.#leader.eventStart;
        const nameEnd = scanName(bytes, at, end);
        this.#readUnfinished(bytes, at, nameEnd, this.#call.arguments.close, end);
        break;
      }
      case OUTPUT:
        if (hasLeaders && !isInSummary) return 'output';
        break;
      case CUT_DUMP:
        this.#sink.addDump(bytes, end, end, this.lines);
    }
    return this.#unparsed(REASONS.cutAtEnd, bytes, start, end);
  }

  #readEvent(bytes: Uint8Array, start: number, end: number): LineKind | undefined {
    const leader = this.#leader;
    scanLeader(bytes, start, end, leader);
    const at = leader.eventStart;
    const nameEnd = scanName(bytes, at, end);
    if (nameEnd > at && nameEnd < end && bytes[nameEnd] === PAREN_OPEN) {
      return this.#readCall(bytes, start, at, nameEnd, end);
    }
    switch (bytes[at]) {
      case LESS:
        if (bytes[at + 1] !== DOT || bytes[at + 2] !== DOT) break;
        return this.#readResumed(bytes, start, at, end);
      case PLUS:
        if (!isFenced(bytes, at, end, PLUS)) break;
        return this.#readExit(bytes, at + 4, end - 4);
      case MINUS:
        if (!isFenced(bytes, at, end, MINUS)) break;
        this.#emitter.emitSignal(this.#thread(bytes), this.#now(), bytes, at + 4, end - 4);
        return 'signal';
      case BRACKET_OPEN:
        // [ Process PID=15824 runs in 32 bit mode. ]
        if (bytes[at + 1] === SPACE) return 'message';
        break;
      default:
        if (!matchesAt(bytes, at, end, STRACE) && !isProcessMessage(bytes, at, end)) break;
        this.#processes.learnMessage(bytes, at, end);
        return 'message';
    }
    if (this.#state.isInSummary || isSummaryHead(bytes, start, end)) {
      this.#state.isInSummary = true;
      this.#summary.add(bytes, start, end);
      return 'summary';
    }
    if (leader.pid < 0 && leader.clock === NO_TIME) return this.#readLoose(bytes, start, end);
    return this.#unparsed(at >= end ? REASONS.noEvent : REASONS.notStrace, bytes, start, end);
  }

  /** A line without a leader: the rest of a call, an event behind program output, or output alone. */
  #readLoose(bytes: Uint8Array, start: number, end: number): LineKind | undefined {
    if (this.lines === 1 && matchesAt(bytes, start, end, BYTE_ORDER_MARK)) {
      return this.#readEvent(bytes, start + BYTE_ORDER_MARK.length, end);
    }
    // cannot access '/none'[pid 10553] close(3) = 0
    const glued = indexOfLiteral(bytes, start + 1, end, BRACKETED_PID);
    if (glued >= 0) {
      scanLeader(bytes, glued, end, this.#leader);
      const { pid, eventStart } = this.#leader;
      const isEvent = pid >= 0 && isEventStart(bytes, eventStart, end);
      return isEvent ? this.#readEvent(bytes, glued, end) : 'output';
    }
    if (this.#readUnmarkedRest(bytes, start, end)) return 'resumed';
    if (this.#state.held.length === 0 || lastEquals(bytes, start, end) < 0) return 'output';
    return this.#readContinuation(bytes, start, end, true) ?? 'output';
  }

  /** Rest of the call that the line before left unfinished: strace 6.1 with -z does not say whose. */
  #readUnmarkedRest(bytes: Uint8Array, start: number, end: number): boolean {
    if (lastEquals(bytes, start, end) < 0) return false;
    const thread = this.#processes.interruptedAt(this.lines - 1);
    if (thread === undefined) return false;
    const call = thread.unfinished;
    const { length } = call;
    call.append(bytes, start, end);
    scanArguments(call.bytes, 0, call.length, this.#call.arguments);
    const isRest = this.#call.arguments.close >= length;
    if (isRest && this.#finishResumed(thread, call.syscall as Syscall, false)) return true;
    call.cut(length);
    return false;
  }

  #readCall(
    bytes: Uint8Array,
    lineStart: number,
    start: number,
    nameEnd: number,
    end: number,
  ): LineKind | undefined {
    const mark = unfinishedMark(bytes, nameEnd + 1, end);
    if (mark >= 0) {
      this.#readUnfinished(bytes, start, nameEnd, mark, end);
      return 'unfinished';
    }
    const close = this.#call.scan(bytes, nameEnd + 1, end);
    if (close < 0) {
      if (this.#call.arguments.close < 0) return this.#hold(bytes, lineStart, end);
      if (!hasLeader(this.#leader) && this.#state.hasLeaders) return 'output';
      return this.#unparsed(REASONS.noReturn, bytes, lineStart, end);
    }
    this.#state.isInSummary = false;
    const thread = this.#thread(bytes);
    if (thread.unfinished.syscall !== undefined) {
      this.#emitter.emitInterrupted(thread, this.#call.arguments);
      this.#call.scan(bytes, nameEnd + 1, end);
    }
    const syscall = this.#state.syscalls.get(bytes, start, nameEnd);
    this.#emitter.emitCall(thread, syscall, this.#now(), bytes, nameEnd + 1, close, this.#call);
    return 'complete';
  }

  #readUnfinished(
    bytes: Uint8Array,
    start: number,
    nameEnd: number,
    mark: number,
    end: number,
  ): void {
    const thread = this.#thread(bytes);
    const call = thread.unfinished;
    if (call.syscall !== undefined) this.#emitter.emitInterrupted(thread, this.#call.arguments);
    const syscall = this.#state.syscalls.get(bytes, start, nameEnd);
    call.keep(syscall, this.#now(), bytes, nameEnd + 1, mark);
    if (syscall.role === 'fork') this.#processes.enterFork(thread);
    if (isDetachedMark(bytes, mark, end))
      this.#emitter.emitInterrupted(thread, this.#call.arguments);
  }

  /** `<... wait4 resumed>[{WIFEXITED(s)}], 0, NULL) = 4130 <0.120445>` */
  #readResumed(
    bytes: Uint8Array,
    lineStart: number,
    start: number,
    end: number,
  ): LineKind | undefined {
    let tail = resumedTail(bytes, start, end);
    if (tail < 0) return this.#unparsed(REASONS.cutOff, bytes, lineStart, end);
    const nameStart = skipSpaces(bytes, start + 4, end);
    const nameEnd = scanName(bytes, nameStart, end);
    // before strace 5.0 a space follows the mark
    if (bytes[tail] === SPACE && !matchesAt(bytes, tail + 1, end, ARROW)) tail++;
    const syscall = this.#state.syscalls.get(bytes, nameStart, nameEnd);
    const thread = this.#thread(bytes);
    const call = thread.unfinished;
    if (call.syscall !== undefined && call.syscall.text !== syscall.text) {
      this.#emitter.emitInterrupted(thread, this.#call.arguments);
    }
    const isOrphan = call.syscall === undefined;
    if (isOrphan) call.keep(syscall, { ...this.#now(), seconds: -1, nanos: 0 }, NO_BYTES, 0, 0);
    const mark = unfinishedMark(bytes, tail, end);
    call.append(bytes, tail, mark >= 0 ? mark : end);
    if (mark >= 0) return 'resumed';
    if (this.#finishResumed(thread, syscall, isOrphan)) return 'resumed';
    if (isOrphan) call.syscall = undefined;
    else this.#emitter.emitInterrupted(thread, this.#call.arguments);
    return this.#unparsed(REASONS.badResumed, bytes, lineStart, end);
  }

  #finishResumed(thread: Thread, syscall: Syscall, isOrphan: boolean): boolean {
    const call = thread.unfinished;
    const close = this.#call.scan(call.bytes, 0, call.length);
    if (close < 0) return false;
    call.syscall = undefined;
    if (isOrphan) this.#call.loseBeginning();
    const moment = this.#now();
    moment.seconds = call.seconds;
    moment.nanos = call.nanos;
    this.#emitter.emitCall(thread, syscall, moment, call.bytes, 0, close, this.#call);
    return true;
  }

  #readExit(bytes: Uint8Array, start: number, end: number): LineKind {
    const thread = this.#thread(bytes);
    const isInterrupted = thread.unfinished.syscall !== undefined;
    if (isInterrupted) this.#emitter.emitInterrupted(thread, this.#call.arguments);
    this.#emitter.emitExit(thread, this.#now(), bytes, start, end);
    return 'exit';
  }

  /** Thread of the line whose leader was scanned; sets the clock to the line's time. */
  #thread(bytes: Uint8Array): Thread {
    // strace ends the line of a call before it prints an event of another: this one was cut off
    if (this.#state.held.length > 0) this.#dropHeld();
    const leader = this.#leader;
    const clock = this.#state.clock;
    clock.advance(leader);
    this.traits.observe(leader);
    this.#state.hasLeaders ||= hasLeader(leader);
    this.traits.observeTime(clock.seconds, clock.nanos);
    if (leader.pid < 0) return this.#processes.unnamed();
    const isResumed = bytes[leader.eventStart] === LESS;
    const thread = this.#processes.named(leader.pid, leader.isBracketed, isResumed);
    if (leader.commStart >= 0) {
      thread.comm = this.#comms.get(bytes, leader.commStart, leader.commEnd);
    }
    return thread;
  }

  #now(): Moment {
    const moment = this.#moment;
    moment.seconds = this.#state.clock.seconds;
    moment.nanos = this.#state.clock.nanos;
    moment.seq = this.lines;
    return moment;
  }

  /** Keeps a call without its end: its other half may stand on a later line. */
  #hold(bytes: Uint8Array, start: number, end: number): undefined {
    this.#dropHeld();
    const message = attachedMessage(bytes, start, end);
    if (message >= 0) this.#processes.learnMessage(bytes, message, end);
    this.#state.held.keep(bytes, start, message < 0 ? end : message, this.lines, message >= 0);
  }

  /** Joins the line to the held one if that makes a call; `isStrict`: one whose brackets nest. */
  #readContinuation(
    bytes: Uint8Array,
    start: number,
    end: number,
    isStrict = false,
  ): LineKind | undefined {
    const held = this.#state.held;
    const joined = held.complete(bytes, start, end, isStrict, this.#leader, this.#call);
    if (joined === undefined) return undefined;
    held.length = 0;
    this.census.counts.unfinished++;
    return this.#readEvent(joined, 0, joined.length);
  }

  #dropHeld(): void {
    const held = this.#state.held;
    if (held.length === 0) return;
    this.census.addUnparsed(REASONS.cutOff, held.line, held.bytes, 0, held.length);
    held.length = 0;
  }

  #unparsed(reason: string, bytes: Uint8Array, start: number, end: number): undefined {
    this.census.addUnparsed(reason, this.lines, bytes, start, end);
  }
}
