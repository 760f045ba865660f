/** Calls of one program, system call and outcome, counted. Plain values. */
export interface CallCount {
  executable: string | null;
  syscall: string;
  error: string | null;
  calls: number;
  /** Those of them that have a duration. */
  timed: number;
  /** Nanoseconds they took together: `durationCarries * CARRY + duration`, exact. */
  duration: number;
  durationCarries: number;
  /** Nanoseconds the longest took. */
  longest: number;
  /** Those of them that moved bytes or could have, and the bytes: `byteCarries * CARRY + bytes`. */
  transfers: number;
  bytes: number;
  byteCarries: number;
}

/** A sum that reaches this is carried over, so that it stays exact. */
export const CARRY = 2 ** 52;

/** A column whose rows are read as numbers. */
interface NumberColumn {
  numberAt(row: number): number;
}

/** Rows of `calls` as columns: numbers of names plus 1 (0 for NULL), and what the numbers stand for. */
interface CountedColumns {
  rows: number;
  executable: Int32Array;
  syscall: Int32Array;
  error: Int32Array;
  /** Nanoseconds, NaN for NULL. */
  duration: NumberColumn;
  /** NaN for NULL. */
  bytes: NumberColumn;
  executables: readonly string[];
  syscalls: readonly string[];
  errors: readonly string[];
}

/** Numbers that are kept of each group, at these places. */
const CALLS = 0;
const TIMED = 1;
const DURATION = 2;
const DURATION_CARRIES = 3;
const LONGEST = 4;
const TRANSFERS = 5;
const BYTES = 6;
const BYTE_CARRIES = 7;
const WIDTH = 8;

const FIRST_GROUPS = 256;

/** Counts the calls of one batch by program, system call and error; rows that are no calls are left out. */
export function countCalls(columns: CountedColumns): CallCount[] {
  const { executables, syscalls, errors } = columns;
  const table = new GroupTable(executables.length + 1, errors.length + 1);
  sumUp(columns, table);
  return Array.from({ length: table.count }, (_, group) => {
    const [executable, syscall, error] = table.namesOf(group);
    const sums = table.sums.subarray(group * WIDTH);
    return {
      executable: executable === 0 ? null : executables[executable - 1],
      syscall: syscalls[syscall],
      error: error === 0 ? null : errors[error - 1],
      calls: sums[CALLS],
      timed: sums[TIMED],
      duration: sums[DURATION],
      durationCarries: sums[DURATION_CARRIES],
      longest: sums[LONGEST],
      transfers: sums[TRANSFERS],
      bytes: sums[BYTES],
      byteCarries: sums[BYTE_CARRIES],
    };
  });
}

function sumUp(columns: CountedColumns, table: GroupTable): void {
  const { rows, executable, syscall, error, duration, bytes } = columns;
  for (let row = 0; row < rows; row++) {
    if (syscall[row] === 0) continue;
    const at = table.find(executable[row], syscall[row] - 1, error[row]) * WIDTH;
    const { sums } = table;
    sums[at + CALLS]++;
    const taken = duration.numberAt(row);
    if (taken >= 0) {
      sums[at + TIMED]++;
      if (taken > sums[at + LONGEST]) sums[at + LONGEST] = taken;
      addExactly(sums, at + DURATION, at + DURATION_CARRIES, taken);
    }
    const moved = bytes.numberAt(row);
    if (moved >= 0) {
      sums[at + TRANSFERS]++;
      addExactly(sums, at + BYTES, at + BYTE_CARRIES, moved);
    }
  }
}

function addExactly(sums: Float64Array, at: number, carriesAt: number, value: number): void {
  const sum = sums[at] + value;
  if (sum < CARRY) {
    sums[at] = sum;
  } else {
    sums[at] = sum - CARRY;
    sums[carriesAt]++;
  }
}

/** Groups by three small numbers, in the order of their first row. */
class GroupTable {
  count = 0;
  /** WIDTH numbers of every group. */
  sums = new Float64Array(FIRST_GROUPS * WIDTH);
  #keys = new Float64Array(FIRST_GROUPS);
  /** Number of a group plus 1, 0 when free. */
  #slots = new Int32Array(FIRST_GROUPS * 4);
  readonly #executables: number;
  readonly #errors: number;

  constructor(executables: number, errors: number) {
    this.#executables = executables;
    this.#errors = errors;
  }

  /** Number of a group, giving it the next one when it is new. */
  find(executable: number, syscall: number, error: number): number {
    const key = (syscall * this.#executables + executable) * this.#errors + error;
    const mask = this.#slots.length - 1;
    let slot = hash(key) & mask;
    for (;;) {
      const group = this.#slots[slot] - 1;
      if (group < 0) return this.#add(key, slot);
      if (this.#keys[group] === key) return group;
      slot = (slot + 1) & mask;
    }
  }

  namesOf(group: number): [executable: number, syscall: number, error: number] {
    const key = this.#keys[group];
    const pair = Math.floor(key / this.#errors);
    return [pair % this.#executables, Math.floor(pair / this.#executables), key % this.#errors];
  }

  #add(key: number, slot: number): number {
    const group = this.count++;
    this.#keys[group] = key;
    this.#slots[slot] = group + 1;
    if (this.count === this.#keys.length) this.#grow();
    return group;
  }

  #grow(): void {
    const keys = new Float64Array(this.count * 2);
    const sums = new Float64Array(this.count * 2 * WIDTH);
    const slots = new Int32Array(this.count * 8);
    keys.set(this.#keys);
    sums.set(this.sums);
    const mask = slots.length - 1;
    for (let group = 0; group < this.count; group++) {
      let slot = hash(keys[group]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = group + 1;
    }
    this.#keys = keys;
    this.sums = sums;
    this.#slots = slots;
  }
}

function hash(key: number): number {
  const mixed = Math.imul(key | 0, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
