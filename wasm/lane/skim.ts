import {
  EQUALS,
  findByte,
  isDigit,
  LESS,
  MINUS,
  PAREN_CLOSE,
  QUESTION,
  SLASH,
  SPACE,
} from '../ascii';
import { hasCwd, hasPath, readDescriptor, scanArguments } from './arguments';
import { followCall, passesDescriptors } from './descriptors';
import { syscallOf } from './known';
import { begin, findThread, isMarked, noteDirty, readUnfinished, resumedTail, scanName, state, tick } from './line';
import { join } from './join';
import { collectPaths } from './paths';
import { CHANGES, OPENS_FILE, PEER, SELF, STATELESS, Syscall, Thread } from './records';
import { errorStart, hasValue, isPath, scanBehind } from './return-value';
import { isKnownDirectory } from './row';

/** Takes note of what a line leaves for those to come. */
// @ts-ignore: decorator
@inline
export function skimLine(start: usize, end: usize): bool {
  const at = begin(start, end);
  if (at == 0) return false;
  if (load<u8>(at) == LESS) return skimResumed(at, end);
  const nameEnd = scanName(at, end);
  if (nameEnd == 0) return false;
  const thread = findThread();
  if (thread === null || thread.call !== null) return false;
  const syscall = syscallOf(at, <i32>(nameEnd - at));
  const changes = !isStateless(thread, syscall);
  if (changes && !mayChange(syscall)) return false;
  if (isMarked(end)) return readUnfinished(thread, syscall, nameEnd + 1, end);
  if (changes && syscall.effect != CHANGES) {
    if (!follow(thread, syscall, nameEnd + 1, end)) return false;
    tick();
    return true;
  }
  const value = findValue(nameEnd, end);
  // what changes the state when it succeeds
  if (value == 0 || (changes && load<u32>(value) != FAILED)) return false;
  if (!thread.isExact || !state.hasFdPaths) {
    if (mayBeDecorated(nameEnd, end, thread.isExact != 0)) return false;
  }
  tick();
  return true;
}

/** Whether a call that changes the state may be looked at here. */
// @ts-ignore: decorator
@inline
function mayChange(syscall: Syscall): bool {
  const effect = syscall.effect;
  return effect == CHANGES || (!state.hasFdPaths && effect < CHANGES && effect != SELF);
}

/** Follows what a call does to the descriptors of a log without -y; false when only JavaScript can. */
function follow(thread: Thread, syscall: Syscall, start: usize, end: usize): bool {
  const close = scanArguments(start, end);
  if (close == 0 || !scanBehind(close + 1, end)) return false;
  if (!state.hasFdPaths && (hasPath || hasCwd || isPath)) return false;
  if (hasCwd && !isKnownDirectory(thread)) return false;
  if (!hasValue || errorStart != 0 || isStateless(thread, syscall)) return true;
  const effect = syscall.effect;
  if (effect == CHANGES || effect == SELF) return false;
  if (effect == PEER) return !passesDescriptors(start, close);
  if (effect == OPENS_FILE && !collectPaths(syscall, thread, 0, 0)) return false;
  const argument = syscall.fdArgument;
  const fd = argument < 0 ? -1 : readDescriptor(argument);
  return followCall(thread, syscall, fd, null, start, close);
}

/** Ends the call that is resumed here, when nothing of it is of interest. */
function skimResumed(start: usize, end: usize): bool {
  const thread = findThread();
  if (thread === null) return false;
  const syscall = thread.call;
  if (syscall === null) return false;
  const tail = resumedTail(start, end, syscall);
  if (tail == 0) return false;
  const isQuiet = isStateless(thread, syscall);
  if (isQuiet && thread.isExact && state.hasFdPaths) {
    if (findValue(tail - 1, end) == 0) return false;
  } else {
    if (isMarked(end) || !(isQuiet || mayChange(syscall))) return false;
    const joined = join(thread.callAt, thread.callLength, tail, end);
    if (!follow(thread, syscall, joined, joined + thread.callLength + (end - tail))) return false;
  }
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

/** Where the value begins of a call that returned: behind `) = `, perhaps with more spaces; 0 without. */
// @ts-ignore: decorator
@inline
function findValue(start: usize, end: usize): usize {
  const equals = i8x16.splat(EQUALS);
  for (let from = end - 16; from + 16 > start; from -= 16) {
    let mask = i8x16.bitmask(i8x16.eq(v128.load(from), equals));
    while (mask != 0) {
      const last = 31 - clz(mask);
      const at = from + last;
      if (at <= start) return 0;
      if (isReturn(at, start)) return at + 2;
      mask ^= 1 << last;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isReturn(at: usize, start: usize): bool {
  if (load<u8>(at - 1) != SPACE || load<u8>(at + 1) != SPACE) return false;
  const value = load<u8>(at + 2);
  if (!isDigit(value) && value != MINUS && value != QUESTION) return false;
  let before = at - 1;
  while (before > start && load<u8>(before) == SPACE) before--;
  return load<u8>(before) == PAREN_CLOSE;
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

/** `-1 E`. */
const FAILED: u32 = 0x4520312d;
/** The last of AT_FDCWD. */
const LETTER_D: u8 = 0x44;

