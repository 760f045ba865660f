// The fields of the records in wasm/lane/records.ts and wasm/batch.ts, as offsets in units of 4 bytes.

/** Bytes of a name. */
export const NAME = { at: 0, length: 1, mark: 2, size: 16 } as const;

/** A system call. */
export const SYSCALL = {
  name: 0,
  effect: 1,
  fdArgument: 2,
  flagsArgument: 3,
  isWrite: 4,
  roles: 5,
  calls: 7,
  errors: 8,
  size: 36,
} as const;

/** What a call does to the state that rows depend on. */
export const EFFECT = {
  none: 0,
  opensFile: 1,
  opens: 2,
  closes: 3,
  duplicates: 4,
  controls: 5,
  descriptors: 6,
  self: 7,
  peer: 8,
  changes: 9,
  alwaysChanges: 10,
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
  process: 5,
  parent: 6,
  executable: 7,
  comm: 8,
  cwdAt: 9,
  cwdLength: 10,
  isExact: 11,
  hasRoot: 12,
  hasDescriptors: 13,
  call: 14,
  callAt: 15,
  callLength: 16,
  callNanos: 17,
  callSeq: 18,
  isDirty: 19,
  nextDirty: 20,
} as const;

/** What lane and JavaScript tell one another; the first three are doubles, the next two 64-bit integers. */
export const STATE = {
  dayStart: 0,
  seconds: 2,
  elapsed: 4,
  first: 6,
  last: 8,
  nanos: 10,
  timeOfDay: 11,
  isSteady: 12,
  chunkStart: 13,
  chunkEnd: 14,
  lines: 15,
  lineEnd: 16,
  hasFdPaths: 17,
  isAscii: 18,
  epoch: 19,
  dirty: 20,
  complete: 21,
  unfinished: 22,
  resumed: 23,
  cutStrings: 24,
  hasPidColumn: 25,
  hasBracketedPids: 26,
  hasTimeOfDay: 27,
  hasEpoch: 28,
  hasDurations: 29,
  hasLeaders: 30,
  hasRelative: 31,
  hasComms: 32,
  clockDigits: 33,
  lastRow: 34,
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
