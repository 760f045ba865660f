import {
  CR,
  DOT,
  EQUALS,
  findByte,
  GREATER,
  isAscii,
  isDigit,
  LESS,
  LF,
  MINUS,
  PAREN_CLOSE,
  PAREN_OPEN,
  QUESTION,
  skipSpaces,
  SLASH,
  SPACE,
  UNDERSCORE,
} from '../ascii';
import { isSame } from '../memory';
import { scanArguments } from './arguments';
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
import { syscallOf, threadOf } from './known';
import { ALWAYS_CHANGES, CHANGES, LaneState, SELF, STATELESS, Syscall, Thread } from './records';
import { addCall } from './row';
import { scanReturn } from './return-value';

/** What the lane and JavaScript tell one another. */
export const state: LaneState = changetype<LaneState>(memory.data(256, 8));

const HOUR: i64 = 3600;
const BILLION: i64 = 1_000_000_000;
/** Sums of relative times that are exact in the double that the general parser has; nanoseconds. */
const MAX_ELAPSED: f64 = 4_000_000_000_000_000;
const MAX_NAME: usize = 40;
/** `<unfinished ...>` as words. */
const UNFINISHED_START: u64 = 0x73696e69666e753c;
const UNFINISHED_END: u64 = 0x3e2e2e2e20646568;
/** `<...`, ` resumed`. */
const RESUMED_HEAD: u32 = 0x2e2e2e3c;
const RESUMED: u64 = 0x64656d7573657220;

/**
 * Reads lines from `start` on as LogParser does, up to the first one that is not an ordinary call: it
 * stands where the result says, up to `state.lineEnd`, and changed nothing. `isSkimming`: no rows are
 * made, so that calls which change nothing but rows are only glanced at.
 */
export function run(start: usize, isSkimming: bool): usize {
  const end = state.chunkEnd;
  let at = start;
  while (at < end) {
    const feed = findByte(LF, at, end);
    if (feed == end) {
      state.lineEnd = 0;
      return at;
    }
    const stop = feed > at && load<u8>(feed - 1) == CR ? feed - 1 : feed;
    if (!(isSkimming ? skimLine(at, stop) : readLine(at, stop))) {
      state.lineEnd = feed;
      return at;
    }
    state.lines++;
    at = feed + 1;
  }
  return at;
}

/** Scans the leader of a line; where the event begins, or 0 when the general parser must look at it. */
// @ts-ignore: decorator
@inline
function begin(start: usize, end: usize): usize {
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

// @ts-ignore: decorator
@inline
function readLine(start: usize, end: usize): bool {
  const at = begin(start, end);
  if (at == 0) return false;
  if (!state.isAscii && !isAscii(start, end)) return false;
  if (load<u8>(at) == LESS) return readResumed(at, end);
  const nameEnd = scanName(at, end);
  if (nameEnd == at || nameEnd >= end || load<u8>(nameEnd) != PAREN_OPEN) return false;
  if (nameEnd - at > MAX_NAME) return false;
  const thread = findThread();
  if (thread === null || thread.call !== null) return false;
  const syscall = syscallOf(at, <i32>(nameEnd - at));
  if (isMarked(end)) return readUnfinished(thread, syscall, nameEnd + 1, end);
  const close = scanArguments(nameEnd + 1, end);
  if (close == 0 || !scanBehind(close + 1, end)) return false;
  if (!addCall(thread, syscall, nameEnd + 1, close, now(), state.lines + 1)) return false;
  tick();
  state.complete++;
  return true;
}

/** Takes note of what a line leaves for those to come. */
// @ts-ignore: decorator
@inline
function skimLine(start: usize, end: usize): bool {
  const at = begin(start, end);
  if (at == 0) return false;
  if (load<u8>(at) == LESS) return skimResumed(at, end);
  const nameEnd = scanName(at, end);
  if (nameEnd == at || nameEnd >= end || load<u8>(nameEnd) != PAREN_OPEN) return false;
  if (nameEnd - at > MAX_NAME) return false;
  const thread = findThread();
  if (thread === null || thread.call !== null) return false;
  const syscall = syscallOf(at, <i32>(nameEnd - at));
  if (!isStateless(thread, syscall)) return false;
  if (isMarked(end)) return readUnfinished(thread, syscall, nameEnd + 1, end);
  if (!looksReturned(nameEnd, end)) return false;
  if (!thread.isExact || !state.hasFdPaths) {
    if (mayBeDecorated(nameEnd, end, thread.isExact != 0)) return false;
  }
  tick();
  return true;
}

/** Ends the call that is resumed here, when nothing of it is of interest. */
function skimResumed(start: usize, end: usize): bool {
  const thread = findThread();
  if (thread === null || !thread.isExact || !state.hasFdPaths) return false;
  const syscall = thread.call;
  if (syscall === null || !isStateless(thread, syscall)) return false;
  const tail = resumedTail(start, end, syscall);
  if (tail == 0 || !looksReturned(tail - 1, end)) return false;
  tick();
  thread.call = null;
  noteDirty(thread);
  return true;
}

/** Whether a call changes nothing but rows, whatever it returns. */
// @ts-ignore: decorator
@inline
function isStateless(thread: Thread, syscall: Syscall): bool {
  const effect = syscall.effect;
  if (effect == STATELESS) return true;
  if (effect == SELF) return thread.pid >= 0;
  return effect < CHANGES && state.hasFdPaths != 0;
}

/** Whether the line ends like a call that returned: `) = `, perhaps with more spaces, and a value. */
// @ts-ignore: decorator
@inline
function looksReturned(start: usize, end: usize): bool {
  for (let at = end - 3; at > start; at--) {
    if (load<u8>(at) != EQUALS || load<u8>(at - 1) != SPACE || load<u8>(at + 1) != SPACE) continue;
    let before = at - 1;
    while (before > start && load<u8>(before) == SPACE) before--;
    const value = load<u8>(at + 2);
    const isValue = isDigit(value) || value == MINUS || value == QUESTION;
    if (isValue && load<u8>(before) == PAREN_CLOSE) return true;
  }
  return false;
}

/** Whether a decoration may stand there that tells something new: of a directory, of a first descriptor. */
function mayBeDecorated(start: usize, end: usize, isExact: bool): bool {
  for (let at = findByte(LESS, start + 1, end); at < end; at = findByte(LESS, at + 1, end)) {
    const before = load<u8>(at - 1);
    // AT_FDCWD</x>, or with -X verbose that in a comment
    if ((before == LETTER_D || before == SLASH) && !isExact) return true;
    if (isDigit(before) && !state.hasFdPaths) return true;
  }
  return false;
}

/** The last of AT_FDCWD. */
const LETTER_D: u8 = 0x44;

/** The thread of the line, unless the line tells something new of it. */
// @ts-ignore: decorator
@inline
function findThread(): Thread | null {
  const thread = threadOf(pid, state.epoch);
  if (commAt == 0 || thread === null) return thread;
  const comm = thread.comm;
  if (comm === null || comm.length != commLength) return null;
  return isSame(comm.at, commAt, commLength) ? thread : null;
}

/** Whether the line ends with `.>`, as `<unfinished ...>` does. */
// @ts-ignore: decorator
@inline
function isMarked(end: usize): bool {
  return load<u8>(end - 1) == GREATER && load<u8>(end - 2) == DOT;
}

/** ` = VALUE...` behind the closing parenthesis. */
// @ts-ignore: decorator
@inline
function scanBehind(start: usize, end: usize): bool {
  const at = skipSpaces(start, end);
  if (at >= end || load<u8>(at) != EQUALS) return false;
  return scanReturn(skipSpaces(at + 1, end), end);
}

function readUnfinished(thread: Thread, syscall: Syscall, start: usize, end: usize): bool {
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

/** `<... read resumed>"x", 1) = 1 <0.000012>` */
function readResumed(start: usize, end: usize): bool {
  if (isMarked(end)) return false;
  const thread = findThread();
  if (thread === null) return false;
  const syscall = thread.call;
  if (syscall === null || syscall.effect == ALWAYS_CHANGES) return false;
  const tail = resumedTail(start, end, syscall);
  if (tail == 0) return false;
  const joined = join(thread.callAt, thread.callLength, tail, end);
  const joinedEnd = joined + thread.callLength + (end - tail);
  const close = scanArguments(joined, joinedEnd);
  if (close == 0 || !scanBehind(close + 1, joinedEnd)) return false;
  const whole = <i64>thread.callSeconds;
  const time: i64 = whole < 0 ? -1 : whole * BILLION + thread.callNanos;
  if (!addCall(thread, syscall, joined, close, time, state.lines + 1)) return false;
  tick();
  thread.call = null;
  noteDirty(thread);
  state.resumed++;
  return true;
}

/** Where the rest of the call begins behind `<... read resumed>`, or 0 when it is of another call. */
// @ts-ignore: decorator
@inline
function resumedTail(start: usize, end: usize, syscall: Syscall): usize {
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

/** `=>` as a word. */
const ARROW: u16 = 0x3e3d;
const PADDING: usize = 32;
let joinRoom: usize = 1 << 16;
let joinBuffer: usize = heap.alloc(1 << 16);

/** The halves of a call one behind the other, with a line end behind and nothing before. */
function join(at: usize, length: i32, tail: usize, end: usize): usize {
  const size = PADDING * 2 + length + (end - tail);
  if (size > joinRoom) {
    joinRoom = size * 2;
    heap.free(joinBuffer);
    joinBuffer = heap.alloc(joinRoom);
  }
  memory.fill(joinBuffer, 0, PADDING);
  const joined = joinBuffer + PADDING;
  memory.copy(joined, at, length);
  memory.copy(joined + length, tail, end - tail);
  store<u8>(joined + length + (end - tail), LF);
  return joined;
}

// @ts-ignore: decorator
@inline
function scanName(start: usize, end: usize): usize {
  let at = start;
  while (at < end) {
    const byte = load<u8>(at);
    if (!((byte >= 0x61 && byte <= 0x7a) || byte == UNDERSCORE || isDigit(byte))) break;
    at++;
  }
  return at;
}

/** Nanoseconds since 1970 of the line just scanned, -1 without. */
// @ts-ignore: decorator
@inline
function now(): i64 {
  if (clock == NO_TIME) return -1;
  const time = seconds * BILLION + nanos;
  if (clock == TIME_OF_DAY) return <i64>state.dayStart * BILLION + time;
  return clock == EPOCH ? time : <i64>max(state.elapsed, 0) + time;
}

/** Takes note of the leader of a line that was understood. */
// @ts-ignore: decorator
@inline
function tick(): void {
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

// @ts-ignore: decorator
@inline
function noteDirty(thread: Thread): void {
  if (thread.isDirty) return;
  thread.isDirty = 1;
  thread.nextDirty = state.dirty;
  state.dirty = thread;
}
