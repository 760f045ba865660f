import { DOT, GREATER, isDigit, SLASH, SPACE } from '../ascii';
import { Batch } from '../batch';
import { isSame } from '../memory';
import {
  argumentOf,
  CWD,
  cutStrings,
  endOf,
  FD,
  hasCwd,
  hasPath,
  isNamedObject,
  kindOf,
  OBJECT,
  pieceCount,
  readDescriptor,
  startOf,
} from './arguments';
import { followCall, opened, targetOfDescriptor } from './descriptors';
import { targetOf } from './known';
import { state } from './line';
import { collectPaths, pathAt, pathCount, pathLength } from './paths';
import {
  ALWAYS_CHANGES,
  CHANGES,
  NameRef,
  OPENS,
  PEER,
  SELF,
  Syscall,
  Target,
  Thread,
} from './records';
import {
  decorationEnd,
  decorationStart,
  duration,
  errorEnd,
  errorStart,
  errorTextEnd,
  errorTextStart,
  hasValue,
  isPath,
  textEnd,
  textStart,
  value,
} from './return-value';

/** The columns that rows are written to. */
export const batch: Batch = changetype<Batch>(memory.data(160, 8));
/** Of the kind `call`; JavaScript sets its bytes. */
export const callKind: NameRef = changetype<NameRef>(memory.data(16, 8));
/** What every ordinary file is. */
export const plainFile: Target = changetype<Target>(memory.data(64, 8));

/** Descriptor that the call is about, and what it refers to. */
let fd: i32 = -1;
let target: Target | null = null;
let followedAt: usize = 0;
let followedLength: i32 = 0;

/**
 * Adds the row of a call whose arguments `[start, close)` and return value were scanned; false, with
 * nothing changed, when the call does something that only JavaScript follows.
 */
export function addCall(
  thread: Thread,
  syscall: Syscall,
  start: usize,
  close: usize,
  time: i64,
  seq: i32,
): bool {
  if (!state.hasFdPaths && (hasPath || hasCwd || isPath)) return false;
  if (hasCwd && !isKnownDirectory(thread)) return false;
  if (!isEndPlain(syscall, start, close)) return false;
  if (!findDescriptor(thread, syscall)) return false;
  if (!collectPaths(syscall, thread, followedAt, followedLength)) return false;
  if (syscall.effect != 0 && !isFollowed(thread, syscall, start, close)) return false;
  writeRow(thread, syscall, start, close, time, seq);
  if (duration >= 0) state.hasDurations = 1;
  state.cutStrings += cutStrings;
  if (hasValue || errorStart != 0) {
    syscall.calls++;
    if (errorStart != 0) syscall.errors++;
  }
  return true;
}

/** Whether `AT_FDCWD</home/dev>` tells nothing new. */
export function isKnownDirectory(thread: Thread): bool {
  if (!thread.isExact) return false;
  for (let i = 0; i < pieceCount; i++) {
    if (kindOf(i) != CWD) continue;
    const at = startOf(i);
    const length = <i32>(endOf(i) - at);
    return length == thread.cwdLength && isSame(at, thread.cwdAt, length);
  }
  return true;
}

/** Whether the arguments end where the parenthesis closes: with no mark, and nothing that the call wrote. */
// @ts-ignore: decorator
@inline
function isEndPlain(syscall: Syscall, start: usize, close: usize): bool {
  if (syscall.isWrite) {
    // the last argument is a number
    let at = close - 1;
    while (at > start && isDigit(load<u8>(at))) at--;
    if (!(at < close - 1 && load<u8>(at) == SPACE)) return false;
  }
  // <unfinished ...>
  return load<u8>(close - 1) != GREATER || load<u8>(close - 2) != DOT;
}

// @ts-ignore: decorator
@inline
function findDescriptor(thread: Thread, syscall: Syscall): bool {
  fd = -1;
  target = null;
  followedLength = 0;
  const argument = syscall.fdArgument;
  if (argument < 0) return true;
  fd = readDescriptor(argument);
  if (fd < 0) return true;
  for (let i = 0; i < pieceCount; i++) {
    if (argumentOf(i) != argument) continue;
    const kind = kindOf(i);
    if (kind != FD && kind != OBJECT) continue;
    return describe(startOf(i), endOf(i));
  }
  if (state.hasFdPaths && !thread.hasDescriptors) return true;
  const followed = targetOfDescriptor(thread, fd);
  if (followed == 0) return true;
  const found = changetype<Target>(followed);
  target = found;
  followedAt = found.pathAt;
  followedLength = found.pathLength;
  return true;
}

/** Takes what a decoration says as the target; false when more may be known of it from elsewhere. */
// @ts-ignore: decorator
@inline
function describe(start: usize, end: usize): bool {
  if (load<u8>(start) == SLASH && load<u8>(end - 1) != GREATER && !isNamedObject(start)) {
    target = plainFile;
    return true;
  }
  const told = targetOf(start, <i32>(end - start));
  target = told;
  return !told.hasInode;
}

/** Follows what the call changes beside rows; of one that opens a descriptor, takes that. */
function isFollowed(thread: Thread, syscall: Syscall, start: usize, close: usize): bool {
  const effect = syscall.effect;
  if (effect == ALWAYS_CHANGES) return false;
  if (!hasValue || errorStart != 0) return true;
  if (effect == CHANGES) return false;
  if (effect == SELF) return thread.pid >= 0;
  if (!state.hasFdPaths) {
    if (!followCall(thread, syscall, fd, target, start, close)) return false;
    const file = opened;
    if (file === null) return true;
    target = file;
  } else {
    if (effect == PEER) return target !== null && (target as Target).remote !== null;
    if (effect > OPENS) return true;
    if (decorationStart == 0 || !describe(decorationStart, decorationEnd)) return false;
  }
  if (syscall.fdArgument < 0) fd = value <= <i64>i32.MAX_VALUE ? <i32>value : -1;
  return true;
}

function writeRow(
  thread: Thread,
  syscall: Syscall,
  start: usize,
  close: usize,
  time: i64,
  seq: i32,
): void {
  batch.reserve();
  const row = batch.rows++;
  batch.seq.set(row, seq);
  batch.setName(batch.kind, 0, row, callKind);
  if (time >= 0) batch.time.set(row, time);
  if (duration >= 0) batch.duration.set(row, duration);
  batch.pid.set(row, thread.pid);
  batch.process.set(row, thread.process);
  batch.parent.set(row, thread.parent);
  batch.fd.set(row, fd);
  batch.setName(batch.executable, 1, row, thread.executable);
  batch.setName(batch.comm, 2, row, thread.comm);
  batch.setName(batch.syscall, 3, row, syscall.name);
  for (let i = 0; i < pathCount; i++) batch.paths.add(row, pathAt(i), pathLength(i));
  const length = <i32>(close - start);
  // what was put together is gone with the next line
  if (start >= state.chunkStart && start < state.chunkEnd) batch.args.refer(row, start, length);
  else memory.copy(batch.args.take(row, length), start, length);
  if (hasValue) batch.ret.set(row, value);
  if (textStart != 0) batch.retText.setBytes(row, textStart, <i32>(textEnd - textStart));
  if (errorStart != 0) {
    batch.error.setBytes(row, errorStart, <i32>(errorEnd - errorStart));
    if (errorTextStart != 0) {
      batch.errorText.setBytes(row, errorTextStart, <i32>(errorTextEnd - errorTextStart));
    }
  }
  const told = target;
  if (told !== null) {
    batch.setName(batch.fdKind, 4, row, told.kind);
    if (told.protocol !== null) batch.setName(batch.protocol, 5, row, told.protocol);
    if (told.local !== null) batch.setName(batch.local, 6, row, told.local);
    if (told.remote !== null) batch.setName(batch.remote, 7, row, told.remote);
  }
  state.lastRow = seq;
}
