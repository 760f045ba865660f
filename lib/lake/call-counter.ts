import type { DictionaryColumn } from './parquet/dictionary-column.ts';
import type { Int64Column } from './parquet/int64-column.ts';
import type { WasmHeap } from './wasm/wasm-heap.ts';

/** Calls of one program, system call and outcome, counted. Plain values. */
export interface CallCount {
  executable: string | null;
  syscall: string;
  error: string | null;
  calls: number;
  /** Those of them that have a duration. */
  timed: number;
  /** Nanoseconds they took together. */
  duration: bigint;
  /** Nanoseconds the longest took. */
  longest: number;
  /** Those of them that moved bytes or could have, and the bytes. */
  transfers: number;
  bytes: bigint;
}

/** The columns of `calls` that tell. */
interface CountedColumns {
  executable: DictionaryColumn;
  syscall: DictionaryColumn;
  error: DictionaryColumn;
  duration_ns: Int64Column;
  bytes: Int64Column;
}

/** What the module keeps of a group: six numbers of 32 bits, three of 64, and two of 32. */
const GROUP_BYTES = 56;
const EXECUTABLE = 0;
const SYSCALL = 4;
const ERROR = 8;
const CALLS = 12;
const TIMED = 16;
const TRANSFERS = 20;
const DURATION = 24;
const LONGEST = 32;
const BYTES = 40;
const DURATION_CARRIES = 48;
const BYTE_CARRIES = 52;

/** Counts the calls of the first `rows` rows by program, system call and error; signals and exits are no calls. */
export function countCalls(heap: WasmHeap, columns: CountedColumns, rows: number): CallCount[] {
  const { exports } = heap;
  const { executable, syscall, error, duration_ns, bytes } = columns;
  const count = exports.countCalls(
    executable.pointer,
    syscall.pointer,
    error.pointer,
    duration_ns.pointer,
    bytes.pointer,
    rows,
  );
  const executables = [null, ...executable.dictionary.texts()];
  const syscalls = ['', ...syscall.dictionary.texts()];
  const errors = [null, ...error.dictionary.texts()];
  const groups = heap.view(exports.countedGroups(), count * GROUP_BYTES);
  const view = new DataView(groups.buffer, groups.byteOffset, groups.length);
  return Array.from({ length: count }, (_, group) => {
    const at = group * GROUP_BYTES;
    const numberAt = (field: number) => view.getInt32(at + field, true);
    const sumAt = (field: number, carries: number) =>
      view.getBigUint64(at + field, true) + (BigInt(numberAt(carries)) << 64n);
    return {
      executable: executables[numberAt(EXECUTABLE)],
      syscall: syscalls[numberAt(SYSCALL)],
      error: errors[numberAt(ERROR)],
      calls: numberAt(CALLS),
      timed: numberAt(TIMED),
      duration: sumAt(DURATION, DURATION_CARRIES),
      longest: Number(view.getBigUint64(at + LONGEST, true)),
      transfers: numberAt(TRANSFERS),
      bytes: sumAt(BYTES, BYTE_CARRIES),
    };
  });
}
