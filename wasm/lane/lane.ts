import { CR, findByte, isAscii, LESS, LF } from '../ascii';
import { scanArguments } from './arguments';
import { syscallOf } from './known';
import {
  begin,
  findThread,
  isMarked,
  noteDirty,
  now,
  readUnfinished,
  resumedTail,
  scanName,
  state,
  tick,
} from './line';
import { ALWAYS_CHANGES } from './records';
import { scanBehind } from './return-value';
import { join } from './join';
import { addCall } from './row';
import { skimLine } from './skim';

const BILLION: i64 = 1_000_000_000;

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

// @ts-ignore: decorator
@inline
function readLine(start: usize, end: usize): bool {
  const at = begin(start, end);
  if (at == 0) return false;
  if (!state.isAscii && !isAscii(start, end)) return false;
  if (load<u8>(at) == LESS) return readResumed(at, end);
  const nameEnd = scanName(at, end);
  if (nameEnd == 0) return false;
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
