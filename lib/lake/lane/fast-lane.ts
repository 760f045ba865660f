import { LF } from '../../strace/ascii.ts';
import type { DescriptorTable } from '../../strace/descriptors.ts';
import type { LogParser } from '../../strace/log-parser.ts';
import type { ParserState } from '../../strace/parser-state.ts';
import type { Syscall } from '../../strace/syscalls.ts';
import type { Thread } from '../../strace/thread.ts';
import type { CallBatch } from '../call-batch.ts';
import { bufferOn } from '../log-chunks.ts';
import type { WasmHeap } from '../wasm/wasm-heap.ts';
import { LaneNames } from './lane-names.ts';
import { BATCH, STATE, THREAD } from './records.ts';

const BILLION = 1_000_000_000n;
const ESCAPE = 0x1b;
const CR = 0x0d;
/** Readable bytes around a chunk, so that 16 can be loaded from any place in it. */
const PADDING = 64;
/** Names are forgotten behind a chunk that left more of them, bytes. */
const MAX_NAMES = 4 << 20;

/**
 * Reads the lines that most logs are made of in WebAssembly, from bytes to columns, and leaves every other
 * line to a LogParser: the rows are those that it would have made. What both know is brought up to date
 * whenever a line changes hands.
 */
export class FastLane {
  #heap: WasmHeap;
  #names: LaneNames;
  #batch: CallBatch;
  #state: number;
  #rows: number;
  #chunk = 0;
  #chunkRoom = 0;
  #parser: LogParser | undefined;
  /** Threads by the address of their record, and directories that were copied, for the chunk at hand. */
  #threads = new Map<number, Thread>();
  #directories = new Map<Uint8Array, number>();

  /** A lane that writes its rows to a batch. */
  constructor(batch: CallBatch) {
    const { heap } = batch;
    this.#heap = heap;
    this.#batch = batch;
    this.#names = new LaneNames(heap);
    this.#state = heap.exports.laneState() >> 2;
    this.#rows = heap.exports.laneBatch() >> 2;
    heap.lane = {
      describeSyscall: (at, length) => this.#names.describeSyscall(at, length, this.#parserState),
      describeName: (at, length) => this.#names.describeName(at, length),
      describeTarget: (at, length) => this.#names.describeTarget(at, length),
      describeThread: (record) => this.#describeThread(record),
      followDescriptor: (record, fd) => this.#followDescriptor(record, fd),
      describeOpened: (target) => this.#names.describeOpened(target),
      openDescriptor: (record, fd, target, closesOnExec) =>
        this.#descriptorsOf(record).receive(fd, this.#names.openedAt(target), closesOnExec !== 0),
      closeDescriptor: (record, fd) => this.#descriptorsOf(record).close(fd),
      duplicateDescriptor: (record, from, to, closesOnExec) =>
        this.#descriptorsOf(record).duplicate(from, to, closesOnExec !== 0),
      setCloseOnExec: (record, fd, closesOnExec) =>
        this.#descriptorsOf(record).setCloseOnExec(fd, closesOnExec !== 0),
    };
  }

  get #parserState(): ParserState {
    return (this.#parser as LogParser).state;
  }

  /**
   * Reads the lines of a chunk; returns where the first line begins that has no line end, or 0 when the
   * lane is not for this chunk.
   */
  read(bytes: Uint8Array, parser: LogParser): number {
    return this.#readChunk(bytes, parser, false);
  }

  /** Reads them for the state they leave: the rows of calls that change nothing else are not made. */
  skim(bytes: Uint8Array, parser: LogParser): number {
    return this.#readChunk(bytes, parser, true);
  }

  #readChunk(bytes: Uint8Array, parser: LogParser, isSkimming: boolean): number {
    const finder = bufferOn(bytes);
    if (finder.indexOf(ESCAPE) >= 0) return 0;
    this.#parser = parser;
    this.#begin(bytes);
    const start = this.#chunk + PADDING;
    if (!isSkimming) this.#heap.exports.reserveChunk(start, start + bytes.length);
    const { state } = parser;
    let at = 0;
    while (at < bytes.length) {
      let lineEnd: number;
      if (state.held.length === 0 && !state.isInSummary) {
        at = this.#run(at, state, isSkimming);
        if (at >= bytes.length) break;
        lineEnd = this.#lineEnd();
      } else {
        lineEnd = finder.indexOf(LF, at);
      }
      if (lineEnd < 0) break;
      const hasReturn = lineEnd > at && bytes[lineEnd - 1] === CR;
      parser.readLine(bytes, at, hasReturn ? lineEnd - 1 : lineEnd);
      at = lineEnd + 1;
    }
    this.#end(parser);
    return at;
  }

  #begin(bytes: Uint8Array): void {
    const { exports } = this.#heap;
    exports.forgetThreads();
    if (exports.lastingSize() > MAX_NAMES) {
      exports.forgetNames();
      this.#names.clear();
    }
    this.#names.forgetTargets();
    this.#threads.clear();
    this.#directories.clear();
    const size = bytes.length + 2 * PADDING;
    if (size > this.#chunkRoom) {
      this.#chunk = this.#heap.exports.takeChunk(size);
      this.#chunkRoom = size;
    }
    const { bytes: memory, ints } = this.#heap;
    const start = this.#chunk + PADDING;
    memory.set(bytes, start);
    memory.fill(0, start + bytes.length, start + bytes.length + PADDING);
    const at = this.#state;
    ints.fill(0, at + STATE.complete, at + STATE.lastRow + 1);
    ints.fill(-1, at + STATE.first, at + STATE.last + 2);
    ints[at + STATE.chunkStart] = start;
    ints[at + STATE.chunkEnd] = start + bytes.length;
    ints[at + STATE.isAscii] = this.#batch.isAscii ? 1 : 0;
    ints[at + STATE.dirty] = 0;
    ints[this.#rows + BATCH.generation]++;
  }

  /** Where the line ends that the lane left, or -1. */
  #lineEnd(): number {
    const end = this.#heap.ints[this.#state + STATE.lineEnd];
    return end === 0 ? -1 : end - this.#chunk - PADDING;
  }

  #run(from: number, state: ParserState, isSkimming: boolean): number {
    const at = this.#state;
    const start = this.#chunk + PADDING;
    const { clock } = state;
    let { ints, doubles } = this.#heap;
    doubles[(at + STATE.dayStart) >> 1] = clock.dayStart;
    doubles[(at + STATE.elapsed) >> 1] = clock.elapsed;
    ints[at + STATE.timeOfDay] = clock.timeOfDay;
    ints[at + STATE.isSteady] = clock.isSteady ? 1 : 0;
    ints[at + STATE.lines] = state.lines;
    ints[at + STATE.hasFdPaths] = state.hasFdPaths ? 1 : 0;
    ints[at + STATE.epoch]++;
    ints[this.#rows + BATCH.rows] = this.#batch.rows;
    const stop = this.#heap.exports.runLane(start + from, isSkimming) - start;
    if (stop === from) return stop;
    ({ ints, doubles } = this.#heap);
    state.lines = ints[at + STATE.lines];
    if (ints[at + STATE.hasLeaders] !== 0) state.hasLeaders = true;
    clock.seconds = doubles[(at + STATE.seconds) >> 1];
    clock.nanos = ints[at + STATE.nanos];
    clock.skipTo(ints[at + STATE.timeOfDay], doubles[(at + STATE.elapsed) >> 1]);
    const line = ints[at + STATE.lastRow];
    if (line > 0) this.#batch.continueFrom(ints[this.#rows + BATCH.rows], line);
    ints[at + STATE.lastRow] = 0;
    this.#handBack(state);
    return stop;
  }

  /** Tells the threads which calls the lane left unfinished, and which it finished. */
  #handBack(state: ParserState): void {
    const { ints, doubles, bytes } = this.#heap;
    const dirty = this.#state + STATE.dirty;
    for (
      let record = ints[dirty] >> 2;
      record !== 0;
      record = ints[record + THREAD.nextDirty] >> 2
    ) {
      ints[record + THREAD.isDirty] = 0;
      const thread = this.#threads.get(record << 2) as Thread;
      const call = ints[record + THREAD.call];
      if (call === 0) {
        thread.unfinished.syscall = undefined;
        continue;
      }
      const start = ints[record + THREAD.callAt];
      const moment = {
        seconds: doubles[(record + THREAD.callSeconds) >> 1],
        nanos: ints[record + THREAD.callNanos],
        seq: ints[record + THREAD.callSeq],
      };
      const end = start + ints[record + THREAD.callLength];
      thread.unfinished.keep(this.#names.syscallAt(call, state), moment, bytes, start, end);
    }
    ints[dirty] = 0;
  }

  /** Gives the parser what the lane counted. */
  #end(parser: LogParser): void {
    const { ints } = this.#heap;
    const at = this.#state;
    const { counts } = parser.census;
    counts.complete += ints[at + STATE.complete];
    counts.unfinished += ints[at + STATE.unfinished];
    counts.resumed += ints[at + STATE.resumed];
    parser.traits.merge({
      hasPidColumn: ints[at + STATE.hasPidColumn] !== 0,
      hasBracketedPids: ints[at + STATE.hasBracketedPids] !== 0,
      hasComms: ints[at + STATE.hasComms] !== 0,
      hasTimeOfDay: ints[at + STATE.hasTimeOfDay] !== 0,
      hasEpoch: ints[at + STATE.hasEpoch] !== 0,
      hasRelative: ints[at + STATE.hasRelative] !== 0,
      hasDurations: ints[at + STATE.hasDurations] !== 0,
      clockDigits: ints[at + STATE.clockDigits],
      cutStrings: ints[at + STATE.cutStrings],
      first: this.#readTime(at + STATE.first),
      last: this.#readTime(at + STATE.last),
    });
    this.#names.takeCounts(parser);
    this.#parser = undefined;
  }

  /** Whole seconds and the nanoseconds behind them; -1 seconds for no time. */
  #readTime(at: number): { seconds: number; nanos: number } {
    const { ints } = this.#heap;
    const time = (BigInt(ints[at + 1]) << 32n) | BigInt(ints[at] >>> 0);
    if (time < 0n) return { seconds: -1, nanos: 0 };
    return { seconds: Number(time / BILLION), nanos: Number(time % BILLION) };
  }

  /** Brings a thread's record up to date; 0 when the log did not show it yet. */
  #describeThread(record: number): number {
    const { processes } = this.#parserState;
    const at = record >> 2;
    const key = this.#heap.ints[at + THREAD.key];
    const thread = processes.settled(key);
    if (thread === undefined) return 0;
    this.#threads.set(record, thread);
    const executable = this.#names.refOf(thread.executable);
    const comm = this.#names.refOf(thread.comm);
    const { path, isExact, root } = thread.directory;
    const cwd = path === undefined ? 0 : this.#copyDirectory(path);
    const { unfinished } = thread;
    const isWithin = unfinished.syscall !== undefined;
    const call = isWithin ? this.#recordOf(unfinished.syscall as Syscall) : 0;
    const callAt = isWithin ? this.#heap.exports.takePassing(unfinished.length) : 0;
    const { ints, bytes, doubles } = this.#heap;
    ints[at + THREAD.pid] = thread.pid;
    ints[at + THREAD.process] = thread.process;
    ints[at + THREAD.parent] = thread.parent;
    ints[at + THREAD.executable] = executable;
    ints[at + THREAD.comm] = comm;
    ints[at + THREAD.cwdAt] = cwd;
    ints[at + THREAD.cwdLength] = path?.length ?? 0;
    ints[at + THREAD.isExact] = isExact ? 1 : 0;
    ints[at + THREAD.hasRoot] = root === undefined ? 0 : 1;
    ints[at + THREAD.hasDescriptors] = thread.descriptors.isEmpty ? 0 : 1;
    ints[at + THREAD.call] = call;
    if (!isWithin) return 1;
    bytes.set(unfinished.bytes.subarray(0, unfinished.length), callAt);
    ints[at + THREAD.callAt] = callAt;
    ints[at + THREAD.callLength] = unfinished.length;
    doubles[(at + THREAD.callSeconds) >> 1] = unfinished.seconds;
    ints[at + THREAD.callNanos] = unfinished.nanos;
    ints[at + THREAD.callSeq] = unfinished.seq;
    return 1;
  }

  #recordOf({ bytes }: Syscall): number {
    const at = this.#heap.exports.takePassing(bytes.length + PADDING);
    this.#heap.bytes.set(bytes, at);
    return this.#heap.exports.syscallRecord(at, bytes.length);
  }

  #copyDirectory(path: Uint8Array): number {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const at = this.#heap.exports.takePassing(path.length + PADDING);
    this.#heap.bytes.set(path, at);
    this.#directories.set(path, at);
    return at;
  }

  #descriptorsOf(record: number): DescriptorTable {
    return (this.#threads.get(record) as Thread).descriptors;
  }

  #followDescriptor(record: number, fd: number): number {
    const target = this.#descriptorsOf(record).target(fd);
    return target === undefined ? 0 : this.#names.targetRecord(target);
  }
}
