// The fields of the records in wasm/lane/records.ts and wasm/batch.ts, as offsets in units of 4 bytes.

/** Bytes of a name. */
export const NAME = { at: 0, length: 1, mark: 2, size: 16 } as const;

/** A system call. */
export const SYSCALL = {
  name: 0,
  effect: 1,
  fdArgument: 2,
  isWrite: 3,
  roles: 4,
  calls: 6,
  errors: 7,
  size: 32,
} as const;

/** What a call does to the state that rows depend on. */
export const EFFECT = {
  none: 0,
  opens: 1,
  descriptors: 2,
  self: 3,
  peer: 4,
  changes: 5,
  alwaysChanges: 6,
} as const;

/** What a descriptor refers to. */
export const TARGET = {
  kind: 0,
  protocol: 1,
  local: 2,
  remote: 3,
  pathAt: 4,
  pathLength: 5,
  hasInode: 6,
  size: 28,
} as const;

/** A thread; `callSeconds` is a double. */
export const THREAD = {
  callSeconds: 0,
  key: 2,
  pid: 3,
  process: 6,
  parent: 7,
  executable: 8,
  comm: 9,
  cwdAt: 10,
  cwdLength: 11,
  isExact: 12,
  hasRoot: 13,
  hasDescriptors: 14,
  call: 15,
  callAt: 16,
  callLength: 17,
  callNanos: 18,
  callSeq: 19,
  isDirty: 20,
  nextDirty: 21,
} as const;

/** What lane and JavaScript tell one another; the first two are doubles, the next two 64-bit integers. */
export const STATE = {
  dayStart: 0,
  seconds: 2,
  first: 4,
  last: 6,
  nanos: 8,
  timeOfDay: 9,
  isSteady: 10,
  chunkStart: 11,
  chunkEnd: 12,
  lines: 13,
  lineEnd: 14,
  hasFdPaths: 15,
  isAscii: 16,
  epoch: 17,
  dirty: 18,
  complete: 19,
  unfinished: 20,
  resumed: 21,
  cutStrings: 22,
  hasPidColumn: 23,
  hasBracketedPids: 24,
  hasTimeOfDay: 25,
  hasEpoch: 26,
  hasDurations: 27,
  hasLeaders: 28,
  clockDigits: 29,
  lastRow: 30,
} as const;

/** The record of the columns: counters, then the addresses of the columns in this order. */
export const BATCH = { rows: 0, room: 1, generation: 2, columns: 3 } as const;

/** Names of the columns in the order of their addresses. */
export const BATCH_COLUMNS = [
  'seq',
  'time_ns',
  'duration_ns',
  'ret',
  'bytes',
  'pid',
  'process',
  'parent',
  'fd',
  'kind',
  'executable',
  'comm',
  'syscall',
  'path',
  'ret_text',
  'error',
  'error_text',
  'signal',
  'fd_kind',
  'protocol',
  'local_address',
  'remote_address',
  'direction',
  'paths',
  'classes',
  'stack',
  'args',
  'data',
] as const;
