import { DOT, GREATER, PAREN_OPEN, SPACE, UNDERSCORE, ZERO } from '../ascii';
import { isSame } from '../memory';
import {
  clock,
  clockDigits,
  commAt,
  commLength,
  EPOCH,
  isBracketed,
  nanos,
  NO_TIME,
  pid,
  RELATIVE,
  scanLeader,
  seconds,
  TIME_OF_DAY,
} from './leader';
import { threadOf } from './known';
import { ALWAYS_CHANGES, LaneState, Syscall, Thread } from './records';

/** What the lane and JavaScript tell one another. */
export const state: LaneState = changetype<LaneState>(memory.data(256, 8));

const BLOCK: i32 = 16;
const MAX_NAME: usize = 40;
const HOUR: i64 = 3600;
const BILLION: i64 = 1_000_000_000;
/** Sums of relative times that are exact in the double that the general parser has; nanoseconds. */
const MAX_ELAPSED: f64 = 4_000_000_000_000_000;
/** `<unfinished ...>` as words, and likewise what follows. */
const UNFINISHED_START: u64 = 0x73696e69666e753c;
const UNFINISHED_END: u64 = 0x3e2e2e2e20646568;
/** `<...`, ` resumed`. */
const RESUMED_HEAD: u32 = 0x2e2e2e3c;
const RESUMED: u64 = 0x64656d7573657220;
/** `=>`. */
const ARROW: u16 = 0x3e3d;

/** Scans the leader of a line; where the event begins, or 0 when the general parser must look at it. */
// @ts-ignore: decorator
@inline
export function begin(start: usize, end: usize): usize {
  if (start == end) return 0;
  const at = scanLeader(start, end);
  if (at == 0 || at >= end) return 0;
  // the first line with a time, a time hours away: the clock must look at it
  if (clock == TIME_OF_DAY) {
    if (!state.isSteady) return 0;
    const step = seconds - state.timeOfDay;
    if (step < 0 || step > HOUR) return 0;
  } else if (clock == RELATIVE && state.elapsed > MAX_ELAPSED) return 0;
  return at;
}

/** The thread of the line, unless the line tells something new of it. */
// @ts-ignore: decorator
@inline
export function findThread(): Thread | null {
  const thread = threadOf(pid, state.epoch);
  if (commAt == 0 || thread === null) return thread;
  const comm = thread.comm;
  if (comm === null || comm.length != commLength) return null;
  return isSame(comm.at, commAt, commLength) ? thread : null;
}

/** Whether the line ends with `.>`, as `<unfinished ...>` does. */
// @ts-ignore: decorator
@inline
export function isMarked(end: usize): bool {
  return load<u8>(end - 1) == GREATER && load<u8>(end - 2) == DOT;
}

/** Keeps a call that was cut until it is resumed; false for what is left to the general parser. */
export function readUnfinished(thread: Thread, syscall: Syscall, start: usize, end: usize): bool {
  if (syscall.effect == ALWAYS_CHANGES) return false;
  let mark = end - 16;
  if (mark < start) return false;
  if (load<u64>(mark) != UNFINISHED_START || load<u64>(mark + 8) != UNFINISHED_END) return false;
  if (mark > start && load<u8>(mark - 1) == SPACE) mark--;
  tick();
  thread.call = syscall;
  thread.callAt = start;
  thread.callLength = <i32>(mark - start);
  thread.callSeconds = state.seconds;
  thread.callNanos = state.nanos;
  thread.callSeq = state.lines + 1;
  noteDirty(thread);
  state.unfinished++;
  return true;
}

/** Where the rest of the call begins behind `<... read resumed>`, or 0 when it is of another call. */
// @ts-ignore: decorator
@inline
export function resumedTail(start: usize, end: usize, syscall: Syscall): usize {
  if (load<u32>(start) != RESUMED_HEAD || load<u8>(start + 4) != SPACE) return 0;
  const nameStart = start + 5;
  const name = syscall.name;
  const nameEnd = nameStart + name.length;
  if (nameEnd + 9 >= end || !isSame(name.at, nameStart, name.length)) return 0;
  if (load<u64>(nameEnd) != RESUMED || load<u8>(nameEnd + 8) != GREATER) return 0;
  const tail = nameEnd + 9;
  // before strace 5.0 a space follows the mark
  return load<u8>(tail) == SPACE && load<u16>(tail + 1) != ARROW ? tail + 1 : tail;
}


/** Where the name ends of a call that begins at `start`: at its parenthesis; 0 for what is no call. */
// @ts-ignore: decorator
@inline
export function scanName(start: usize, end: usize): usize {
  let at = start;
  let length = BLOCK;
  while (length == BLOCK) {
    length = ctz(~nameBytes(v128.load(at)) | (1 << BLOCK));
    at += length;
    if (at - start > MAX_NAME) return 0;
  }
  return at > start && at < end && load<u8>(at) == PAREN_OPEN ? at : 0;
}

/** Which of 16 bytes may be part of a name. */
// @ts-ignore: decorator
@inline
function nameBytes(bytes: v128): i32 {
  const letters = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(26));
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(ZERO)), i8x16.splat(10));
  const marks = i8x16.eq(bytes, i8x16.splat(UNDERSCORE));
  return i8x16.bitmask(v128.or(v128.or(letters, digits), marks));
}

/** Nanoseconds since 1970 of the line just scanned, -1 without. */
// @ts-ignore: decorator
@inline
export function now(): i64 {
  if (clock == NO_TIME) return -1;
  const time = seconds * BILLION + nanos;
  if (clock == TIME_OF_DAY) return <i64>state.dayStart * BILLION + time;
  return clock == EPOCH ? time : <i64>max(state.elapsed, 0) + time;
}

/** Takes note of the leader of a line that was understood. */
// @ts-ignore: decorator
@inline
export function tick(): void {
  if (pid >= 0) {
    if (isBracketed) state.hasBracketedPids = 1;
    else state.hasPidColumn = 1;
    state.hasLeaders = 1;
    if (commAt != 0) state.hasComms = 1;
  }
  if (clock == NO_TIME) {
    state.seconds = -1;
    state.nanos = 0;
    return;
  }
  const time = now();
  state.nanos = nanos;
  if (clock == TIME_OF_DAY) {
    state.hasLeaders = 1;
    state.hasTimeOfDay = 1;
    state.timeOfDay = <i32>seconds;
    state.seconds = state.dayStart + <f64>seconds;
  } else if (clock == EPOCH) {
    state.hasLeaders = 1;
    state.hasEpoch = 1;
    state.seconds = <f64>seconds;
  } else {
    state.hasRelative = 1;
    state.elapsed = <f64>time;
    state.seconds = <f64>(time / BILLION);
    state.nanos = <i32>(time % BILLION);
  }
  if (clockDigits > state.clockDigits) state.clockDigits = clockDigits;
  if (time < 0) return;
  if (time > state.last) state.last = time;
  if (state.first < 0 || time < state.first) state.first = time;
}

/** Has JavaScript told of what became of a thread's call. */
// @ts-ignore: decorator
@inline
export function noteDirty(thread: Thread): void {
  if (thread.isDirty) return;
  thread.isDirty = 1;
  thread.nextDirty = state.dirty;
  state.dirty = thread;
}
