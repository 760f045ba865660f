import { DOT, findByte, findSpecial, LESS, QUOTE, SLASH } from '../ascii';
import { isSame } from '../memory';
import {
  argumentOf,
  CWD,
  endOf,
  FD,
  kindOf,
  pieceCount,
  readDescriptor,
  startOf,
  STRING,
} from './arguments';
import { targetOfDescriptor } from './descriptors';
import { DIRFD, PATH, Syscall, Target, Thread } from './records';
import { decorationEnd, decorationStart, isPath } from './return-value';

const ROOM: usize = 1 << 16;
const addresses: usize = memory.data(80 * 4, 8);
const lengths: usize = memory.data(80 * 4, 8);
/** Paths that had to be put together. */
const made: usize = heap.alloc(ROOM);
let madeEnd: usize = made;

/** Number of files of the call. */
export let pathCount: i32 = 0;

// @ts-ignore: decorator
@inline
export function pathAt(index: i32): usize {
  return load<usize>(addresses + (index << 2));
}

// @ts-ignore: decorator
@inline
export function pathLength(index: i32): i32 {
  return load<i32>(lengths + (index << 2));
}

/** Takes a path, unless the call named it before. */
// @ts-ignore: decorator
@inline
function add(at: usize, length: i32): void {
  for (let i = 0; i < pathCount; i++) {
    if (pathLength(i) == length && isSame(pathAt(i), at, length)) return;
  }
  store<usize>(addresses + (pathCount << 2), at);
  store<i32>(lengths + (pathCount << 2), length);
  pathCount++;
}

/**
 * Takes the files from scanned arguments and return value as FilePaths does; `followed` is the path of an
 * undecorated descriptor. False for what is left to it: escapes, chroot.
 */
export function collectPaths(
  syscall: Syscall,
  thread: Thread,
  followed: usize,
  followedLength: i32,
): bool {
  pathCount = 0;
  madeEnd = made;
  if (followedLength > 0) add(followed, followedLength);
  for (let i = 0; i < pieceCount; i++) {
    const kind = kindOf(i);
    const argument = argumentOf(i);
    if (kind == FD) {
      if (syscall.roleOf(argument) == DIRFD && isFollowedByPath(i, argument)) continue;
      if (!addRaw(startOf(i), pathEnd(startOf(i), endOf(i)))) return false;
    } else if (kind == STRING) {
      if (syscall.roleOf(argument) == PATH && !addString(syscall, thread, i, argument)) return false;
    }
  }
  if (pathCount == 0 && syscall.roleOf(0) == DIRFD && !isString(1)) return false;
  return !isPath || addRaw(decorationStart, pathEnd(decorationStart, decorationEnd));
}

/** Whether an argument is a string. */
function isString(argument: i32): bool {
  for (let i = 0; i < pieceCount; i++) {
    if (argumentOf(i) == argument && kindOf(i) == STRING) return true;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isFollowedByPath(piece: i32, argument: i32): bool {
  const next = piece + 1;
  return next < pieceCount && kindOf(next) == STRING && argumentOf(next) == argument + 1;
}

/** ` (deleted)` as words. */
const DELETED_START: u64 = 0x6574656c65642820;
const DELETED_END: u16 = 0x2964;

/** End of the path in a decoration: before a nested `<char 1:3>` or ` (deleted)`. */
// @ts-ignore: decorator
@inline
function pathEnd(start: usize, close: usize): usize {
  const nested = findByte(LESS, start, close);
  if (nested != close) return nested;
  const bare = close - 10;
  const isDeleted =
    bare > start && load<u64>(bare) == DELETED_START && load<u16>(bare + 8) == DELETED_END;
  return isDeleted ? bare : close;
}

/** A path as the text names it, already absolute. */
// @ts-ignore: decorator
@inline
function addRaw(start: usize, end: usize): bool {
  if (findSpecial(start, end) != end) return false;
  add(start, <i32>(end - start));
  return true;
}

// @ts-ignore: decorator
@inline
function addString(syscall: Syscall, thread: Thread, piece: i32, argument: i32): bool {
  const start = startOf(piece);
  const end = endOf(piece);
  const isAt = argument > 0 && syscall.roleOf(argument - 1) == DIRFD;
  const base = isAt ? directoryPiece(piece, argument - 1) : -1;
  // a directory descriptor that the text does not tell of
  const isBeneath = isAt && base < 0 && !isBehindCwd(start);
  let directory = thread.cwdAt;
  let length = thread.cwdLength;
  if (isBeneath) {
    const fd = readDescriptor(argument - 1);
    if (fd < 0) return false;
    const followed = targetOfDescriptor(thread, fd);
    directory = followed == 0 ? 0 : changetype<Target>(followed).pathAt;
    length = followed == 0 ? 0 : changetype<Target>(followed).pathLength;
  }
  if (start == end) {
    if (isBeneath && directory != 0) add(directory, length);
    if (base < 0 || kindOf(base) != FD) return true;
    return addRaw(startOf(base), pathEnd(startOf(base), endOf(base)));
  }
  if (thread.hasRoot) return false;
  if (load<u8>(start) == SLASH) return addRaw(start, end);
  if (findSpecial(start, end) != end) return false;
  if (base >= 0) {
    const first = startOf(base);
    const last = pathEnd(first, endOf(base));
    if (findSpecial(first, last) != last) return false;
    return addRelative(first, last, start, end, true);
  }
  if (directory == 0) {
    add(start, <i32>(end - start));
    return true;
  }
  return addRelative(directory, directory + length, start, end, !isBeneath && thread.isExact != 0);
}

/** The piece that names the directory in an argument, or -1. */
// @ts-ignore: decorator
@inline
function directoryPiece(piece: i32, argument: i32): i32 {
  for (let i = piece - 1; i >= 0; i--) {
    if (argumentOf(i) == argument && (kindOf(i) == FD || kindOf(i) == CWD)) return i;
  }
  return -1;
}

/** `AT_FDCWD, "` before the string that begins at `start`. */
function isBehindCwd(start: usize): bool {
  return (
    load<u64>(start - 11) == 0x44574344465f5441 &&
    load<u16>(start - 3) == 0x202c &&
    load<u8>(start - 1) == QUOTE
  );
}

/** A path relative to a directory; `isExact`: the kernel itself named that. */
function addRelative(
  directory: usize,
  directoryEnd: usize,
  start: usize,
  end: usize,
  isExact: bool,
): bool {
  const size = directoryEnd - directory + (end - start) + 1;
  if (madeEnd + size > made + ROOM) return false;
  const from = madeEnd;
  memory.copy(from, directory, directoryEnd - directory);
  let to = from + (directoryEnd - directory);
  let at = start;
  while (at < end && load<u8>(at) == DOT) {
    const isUp = at + 1 < end && load<u8>(at + 1) == DOT;
    const next = at + (isUp ? 2 : 1);
    if (next < end && load<u8>(next) != SLASH) break;
    if (isUp && !isExact) break;
    if (isUp) {
      // to the parent
      to--;
      while (to > from && load<u8>(to) != SLASH) to--;
    }
    at = min(next + 1, end);
  }
  const isRoot = to == from + 1 && load<u8>(from) == SLASH;
  if (!isRoot && (at < end || to == from)) store<u8>(to++, SLASH);
  memory.copy(to, at, end - at);
  to += end - at;
  madeEnd = to;
  add(from, <i32>(to - from));
  return true;
}
