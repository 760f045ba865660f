// Records that JavaScript fills: lib/lake/lane/records.ts has the same fields in the same order.

/** Bytes that come back on many rows; numbered in the dictionary of the column that `mark` stands for. */
@unmanaged
export class NameRef {
  at: usize;
  length: i32;
  mark: i32;
  number: i32;
}

/** Of a system call: what it does to the state that rows depend on. */
export const STATELESS: i32 = 0;
/** Opens a descriptor, which the row is about: of a file by its path, or of something else. */
export const OPENS_FILE: i32 = 1;
export const OPENS: i32 = 2;
/** Changes descriptors; nothing to do where -y tells what they are. */
export const CLOSES: i32 = 3;
export const DUPLICATES: i32 = 4;
export const CONTROLS: i32 = 5;
export const DESCRIPTORS: i32 = 6;
/** Tells a thread its own pid; of interest while nobody knows it. */
export const SELF: i32 = 7;
/** May name the peer of a socket. */
export const PEER: i32 = 8;
/** Changes the state when it succeeds. */
export const CHANGES: i32 = 9;
/** Changes the state whatever it returns. */
export const ALWAYS_CHANGES: i32 = 10;

/** What an argument is to the files of a call. */
export const PATH: u8 = 1;
export const DIRFD: u8 = 2;

/** A system call. */
@unmanaged
export class Syscall {
  name: NameRef;
  effect: i32;
  /** Argument that is the descriptor the call is about, or -1. */
  fdArgument: i32;
  /** Argument that holds the flags of one that opens a file, or -1. */
  flagsArgument: i32;
  isWrite: i32;
  /** Role of each of the first 8 arguments, one byte each. */
  roles: u32;
  moreRoles: u32;
  /** Calls that returned a value or an error, and those of them with an error. */
  calls: i32;
  errors: i32;

  /** Role of an argument. */
  // @ts-ignore: decorator
  @inline
  roleOf(argument: i32): u8 {
    return argument < 8 ? load<u8>(changetype<usize>(this) + offsetof<Syscall>('roles') + argument) : 0;
  }
}

/** What a descriptor refers to; an address of 0 stands for NULL. */
@unmanaged
export class Target {
  kind: NameRef | null;
  protocol: NameRef | null;
  local: NameRef | null;
  remote: NameRef | null;
  /** Path of a descriptor that was followed; length 0 for none. */
  pathAt: usize;
  pathLength: i32;
  /** More may be known of it from elsewhere. */
  hasInode: i32;
}

/** A thread, with the call that another one's line interrupted. */
@unmanaged
export class Thread {
  callSeconds: f64;
  /** What lines call it: its pid, or -1 without one. */
  key: i32;
  pid: i32;
  /** Valid while it is that of the lane. */
  epoch: i32;
  process: i32;
  parent: i32;
  executable: NameRef | null;
  comm: NameRef | null;
  /** Working directory; address 0 while it is not known. */
  cwdAt: usize;
  cwdLength: i32;
  isExact: i32;
  hasRoot: i32;
  hasDescriptors: i32;
  /** The unfinished call, or null: arguments so far, and where and when it began; -1 seconds without a time. */
  call: Syscall | null;
  callAt: usize;
  callLength: i32;
  callNanos: i32;
  callSeq: i32;
  /** The lane began or ended a call that JavaScript does not know of yet. */
  isDirty: i32;
  /** The next one of those. */
  nextDirty: Thread | null;
}

/** What the lane and JavaScript tell one another. */
@unmanaged
export class LaneState {
  /** Seconds since 1970 of the day of the log's last line. */
  dayStart: f64;
  /** Time of the last line, -1 without. */
  seconds: f64;
  /** Nanoseconds that the relative times of a log without others add up to, -1 before any. */
  elapsed: f64;
  /** Least and greatest time of the lines read, nanoseconds; -1 before any. */
  first: i64;
  last: i64;
  nanos: i32;
  /** Seconds since midnight of the last line that has such a time, -1 before any. */
  timeOfDay: i32;
  /** The next line may follow it without a look at the day. */
  isSteady: i32;
  chunkStart: usize;
  chunkEnd: usize;
  /** Lines of the log so far. */
  lines: i32;
  /** End of the line that is left to JavaScript, line end excluded; 0 when the chunk ends before. */
  lineEnd: usize;
  hasFdPaths: i32;
  /** All bytes are ASCII. */
  isAscii: i32;
  epoch: i32;
  dirty: Thread | null;
  /** Counts of lines by kind. */
  complete: i32;
  unfinished: i32;
  resumed: i32;
  cutStrings: i32;
  /** What the lines show of how the log was recorded. */
  hasPidColumn: i32;
  hasBracketedPids: i32;
  hasTimeOfDay: i32;
  hasEpoch: i32;
  hasDurations: i32;
  hasLeaders: i32;
  hasRelative: i32;
  hasComms: i32;
  clockDigits: i32;
  /** Line of the last row, 0 when none was added. */
  lastRow: i32;
}
