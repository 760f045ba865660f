import type { Name } from './name.ts';
import type { Syscall } from './syscalls.ts';

/** What a row is about. */
export const CALL = 0;
export const SIGNAL = 1;
export const EXIT = 2;

/** A range of bytes in a buffer; empty ranges with `bytes` undefined mean NULL. */
export interface Span {
  bytes: Uint8Array | undefined;
  start: number;
  end: number;
}

/** Files of one call: `count` absolute or relative paths; path `i` is `sources[i][starts[i], ends[i])`. */
export interface PathList {
  sources: readonly Uint8Array[];
  starts: Int32Array;
  ends: Int32Array;
  count: number;
}

/**
 * One completed call, signal or exit. The parser fills one such object again and again: a sink
 * copies what it needs before it returns. -1 stands for an unknown number, undefined for NULL.
 */
export interface CallRow {
  kind: typeof CALL | typeof SIGNAL | typeof EXIT;
  /** Line of the log, from 1. */
  seq: number;
  /** Start: whole seconds since 1970 (or -1) and nanoseconds within the second. */
  seconds: number;
  nanos: number;
  /** -T in nanoseconds, or -1. */
  duration: number;
  pid: number;
  process: number;
  /** Process that started this one, or -1. */
  parent: number;
  executable: Name | undefined;
  comm: Name | undefined;
  syscall: Syscall | undefined;
  paths: PathList;
  args: Span;
  /** Whether there is a return value, and its 64 bits, low and high half. */
  hasRet: boolean;
  retLow: number;
  retHigh: number;
  retText: Span;
  error: Name | undefined;
  errorText: Name | undefined;
  signal: Name | undefined;
  /** Descriptor the call is about, or -1, and what it refers to. */
  fd: number;
  fdKind: Name | undefined;
  protocol: Name | undefined;
  local: Name | undefined;
  remote: Name | undefined;
}

/** Where rows go. */
export interface CallSink {
  add(row: CallRow): void;
  /**
   * Gives the row added last a frame of its stack (-k): `/lib/libc.so.6(read+0x12) [0x1234]`; `line` is
   * the line of the log it stands on. A `RowTail` tells whether it is that row's.
   */
  addFrame(bytes: Uint8Array, start: number, end: number, line: number): void;
  /** Gives it a line of a dump (-e read, -e write): ` | 00000  7f 45 ...` or ` * 5 bytes in buffer 0`; an empty
   * line says that the dump was cut off, and is not to be kept. */
  addDump(bytes: Uint8Array, start: number, end: number, line: number): void;
}

/** Keeps nothing: for who is interested in the state alone. */
export const noSink: CallSink = { add() {}, addFrame() {}, addDump() {} };
