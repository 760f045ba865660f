import { COMMA, isDigit, UNDERSCORE, ZERO } from '../ascii';
import { argumentAt, skipName } from './arguments';
import {
  closeDescriptor,
  duplicateDescriptor,
  followDescriptor,
  openDescriptor,
  setCloseOnExec,
} from './javascript';
import { isInDev, openedAs } from './known';
import { state } from './line';
import { pathAt, pathCount, pathLength } from './paths';
import { CLOSES, CONTROLS, DUPLICATES, OPENS_FILE, PEER, Syscall, Target, Thread } from './records';
import { decorationStart, value } from './return-value';

/** What the call just followed opened, or null. */
export let opened: Target | null = null;

/** The general parser looks for words in so much of the arguments. */
const MAX_ARGUMENTS: usize = 1000;
/** `_CLOEXEC`, `_TMPFILE` and `_RIGHTS` as words. */
const CLOEXEC: u64 = 0x434558454f4c435f;
const TMPFILE: u64 = 0x454c4946504d545f;
const RIGHTS: u64 = 0x5354484749525f;
const SEVEN_BYTES: u64 = 0xffffffffffffff;
const EIGHT_BYTES: u64 = u64.MAX_VALUE;

let askedThread: usize = 0;
let askedFd: i32 = 0;
let askedEpoch: i32 = 0;
let askedTarget: usize = 0;

/** The record of what a descriptor of a thread refers to, 0 when nobody knows. */
export function targetOfDescriptor(thread: Thread, fd: i32): usize {
  const at = changetype<usize>(thread);
  if (at == askedThread && fd == askedFd && state.epoch == askedEpoch) return askedTarget;
  const target = followDescriptor(at, fd);
  remember(at, fd, target);
  return target;
}

function remember(thread: usize, fd: i32, target: usize): void {
  askedThread = thread;
  askedFd = fd;
  askedEpoch = state.epoch;
  askedTarget = target;
}

/**
 * Follows what a call that succeeded does to the descriptors of its thread, in a log without -y; `fd` is the
 * one that the call is about. False, with nothing changed, for what only JavaScript follows.
 */
export function followCall(
  thread: Thread,
  syscall: Syscall,
  fd: i32,
  target: Target | null,
  start: usize,
  close: usize,
): bool {
  const effect = syscall.effect;
  opened = null;
  if (effect == PEER) {
    if (target === null || target.remote === null) return false;
    return !passesDescriptors(start, close);
  }
  if (decorationStart != 0 || value < 0 || value > <i64>i32.MAX_VALUE) return false;
  if (effect == OPENS_FILE) return open(thread, syscall, start, close);
  if (fd < 0) return false;
  if (effect == CONTROLS) return control(thread, fd, close);
  if (effect == DUPLICATES) {
    duplicate(thread, fd, false);
    return true;
  }
  if (effect != CLOSES) return false;
  closeDescriptor(changetype<usize>(thread), fd);
  askedThread = 0;
  return true;
}

/** Whether a message passes descriptors from process to process. */
export function passesDescriptors(start: usize, close: usize): bool {
  return hasWord(start, close, RIGHTS, SEVEN_BYTES);
}

function open(thread: Thread, syscall: Syscall, start: usize, close: usize): bool {
  if (pathCount == 0 || close - start > MAX_ARGUMENTS) return false;
  if (hasWord(start, close, TMPFILE, EIGHT_BYTES)) return false;
  const path = pathAt(0);
  const length = pathLength(0);
  if (mayNameDescriptor(path, length)) return false;
  const isCloexec = hasWord(start, close, CLOEXEC, EIGHT_BYTES);
  // a number, as -X raw prints flags
  if (!isCloexec && syscall.flagsArgument >= 0) {
    const flags = argumentAt(syscall.flagsArgument);
    if (flags == 0 || isDigit(load<u8>(skipName(flags)))) return false;
  }
  const target = openedAs(path, length);
  const at = changetype<usize>(thread);
  openDescriptor(at, <i32>value, changetype<usize>(target), isCloexec);
  remember(at, <i32>value, changetype<usize>(target));
  opened = target;
  return true;
}

/** `/proc/se` as a word, and the rest. */
const PROC_SELF: u64 = 0x65732f636f72702f;
const SELF_FD: u32 = 0x662f666c;

/** Whether a path may be one of those that name a descriptor: `/dev/fd/3`, `/dev/stdin`, `/proc/self/fd/3`. */
function mayNameDescriptor(path: usize, length: i32): bool {
  if (isInDev(path, length)) {
    const next = load<u8>(path + 5);
    return next == 0x66 || next == 0x73;
  }
  return length > 12 && load<u64>(path) == PROC_SELF && load<u32>(path + 8) == SELF_FD;
}

function duplicate(thread: Thread, fd: i32, isCloexec: bool): void {
  duplicateDescriptor(changetype<usize>(thread), fd, <i32>value, isCloexec);
  askedThread = 0;
}

/** `F_DUPFD`, `F_SETFD`, `FIOCLEX`, `FIONCLE` and `FD_CLOEX` as words. */
const F_DUPFD: u64 = 0x44465055445f46;
const F_SETFD: u64 = 0x44465445535f46;
const FIOCLEX: u64 = 0x58454c434f4946;
const FIONCLE: u64 = 0x454c434e4f4946;
const FD_CLOEX: u64 = 0x58454f4c435f4446;
const EC: u16 = 0x4345;

/** The commands of fcntl and ioctl that are about descriptors; others change nothing. */
function control(thread: Thread, fd: i32, close: usize): bool {
  const argument = argumentAt(1);
  if (argument == 0) return false;
  const command = skipName(argument);
  const first = load<u8>(command);
  if (first < 0x41 || first > 0x5a) return false;
  const word = load<u64>(command) & SEVEN_BYTES;
  if (word == FIOCLEX || word == FIONCLE) return false;
  if (word == F_DUPFD) {
    if (load<u8>(command + 7) == COMMA) duplicate(thread, fd, false);
    else if (load<u64>(command + 7) == CLOEXEC) duplicate(thread, fd, true);
    return true;
  }
  if (word != F_SETFD) return true;
  const last = argumentAt(2);
  if (last == 0) return false;
  const at = skipName(last);
  const isSet = close - at == 10 && load<u64>(at) == FD_CLOEX && load<u16>(at + 8) == EC;
  if (!isSet && !(close - at == 1 && load<u8>(at) == ZERO)) return false;
  setCloseOnExec(changetype<usize>(thread), fd, isSet);
  return true;
}

/** Whether a word that begins with an underscore stands in the range. */
function hasWord(start: usize, end: usize, word: u64, mask: u64): bool {
  const underscore = i8x16.splat(UNDERSCORE);
  for (let at = start; at < end; at += 16) {
    let found = i8x16.bitmask(i8x16.eq(v128.load(at), underscore));
    while (found != 0) {
      if ((load<u64>(at + ctz(found)) & mask) == word) return at + ctz(found) < end;
      found &= found - 1;
    }
  }
  return false;
}
