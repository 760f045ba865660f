import { Clock, type ClockBase } from './clock.ts';
import { HeldLine } from './held-line.ts';
import { NameTable } from './name.ts';
import { PassedDescriptors } from './passed-descriptors.ts';
import {
  describePassages,
  type PassageSnapshot,
  type ProcessesSnapshot,
  restorePassages,
} from './process-snapshot.ts';
import { Processes } from './processes.ts';
import { Sockets } from './sockets.ts';
import { Syscall } from './syscalls.ts';

/** Everything a parser must know of the lines before the one it reads. */
export class ParserState {
  /** Lines read so far. */
  lines = 0;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly syscalls = new NameTable((text, bytes) => new Syscall(text, bytes));
  /** A call that program output or a message of strace cut in two, waiting for its other half. */
  readonly held = new HeldLine();
  /** What calls told of sockets that lines name by inode alone. */
  readonly sockets = new Sockets();
  /** Descriptors on their way in messages. */
  readonly passed = new PassedDescriptors();
  /** Within the table that -c and -C print. */
  isInSummary = false;
  /** Decorations of -y were seen. */
  hasFdPaths = false;
  /** Lines begin with a pid or a time. */
  hasLeaders = false;

  constructor(base: ClockBase, processes = new Processes()) {
    this.clock = new Clock(base);
    this.processes = processes;
  }

  /** Bytes of earlier lines that rows to come may hold: of held lines and unfinished calls. */
  openBytes(): Uint8Array {
    const pieces = this.processes.interrupted().map(({ unfinished }) => unfinished);
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, this.held.length));
    let at = 0;
    for (const { bytes, length } of [this.held, ...pieces]) {
      all.set(bytes.subarray(0, length), at);
      at += length;
    }
    return all;
  }

  /** A copy made of plain values, to go on from elsewhere. */
  snapshot(): StateSnapshot {
    const { held } = this;
    return {
      lines: this.lines,
      clock: this.clock.snapshot(),
      processes: this.processes.snapshot(),
      held: {
        bytes: held.bytes.slice(0, held.length),
        line: held.line,
        isCutByMessage: held.isCutByMessage,
      },
      sockets: this.sockets.snapshot(),
      passed: describePassages(this.passed),
      isInSummary: this.isInSummary,
      hasFdPaths: this.hasFdPaths,
      hasLeaders: this.hasLeaders,
    };
  }

  /** The state a snapshot was taken of. */
  static restore(base: ClockBase, snapshot: StateSnapshot): ParserState {
    const syscallOf = (text: string): Syscall => {
      const bytes = encoder.encode(text);
      return state.syscalls.get(bytes, 0, bytes.length);
    };
    const state = new ParserState(base);
    state.processes.restore(snapshot.processes, syscallOf);
    state.lines = snapshot.lines;
    state.clock.restore(snapshot.clock);
    const { bytes, line, isCutByMessage } = snapshot.held;
    state.held.keep(bytes, 0, bytes.length, line, isCutByMessage);
    state.sockets.restore(snapshot.sockets);
    restorePassages(state.passed, snapshot.passed);
    state.isInSummary = snapshot.isInSummary;
    state.hasFdPaths = snapshot.hasFdPaths;
    state.hasLeaders = snapshot.hasLeaders;
    return state;
  }
}

const encoder = new TextEncoder();

/** A state as plain values: numbers, texts and bytes, fit for structured cloning. */
export interface StateSnapshot {
  lines: number;
  clock: ReturnType<Clock['snapshot']>;
  processes: ProcessesSnapshot;
  held: { bytes: Uint8Array; line: number; isCutByMessage: boolean };
  sockets: ReturnType<Sockets['snapshot']>;
  passed: PassageSnapshot[];
  isInSummary: boolean;
  hasFdPaths: boolean;
  hasLeaders: boolean;
}

/** Whether two snapshots say the same. */
export function isSameState(a: StateSnapshot, b: StateSnapshot): boolean {
  return canonicalText(a) === canonicalText(b);
}

function canonicalText(snapshot: StateSnapshot): string {
  return JSON.stringify(snapshot, (_key, value) =>
    value instanceof Uint8Array ? `bytes:${decoder.decode(value)}` : value,
  );
}

const decoder = new TextDecoder('latin1');
