import type { CallCount } from './call-counter.ts';

/** One row of `call_stats`, but for what is the same on all rows of a session. */
export interface StatsRow {
  executable: string | null;
  /** Null on the one row of a session without calls. */
  syscall: string | null;
  error: string | null;
  calls: number;
  duration_ns: bigint | null;
  longest_ns: number | null;
  bytes: bigint | null;
}

/** What is counted of a session while its log is converted, chunk by chunk. */
export class CallStats {
  readonly #counts = new Map<string, CallCount>();
  readonly #processes = new Set<number>();

  /** Adds what a chunk counted. */
  add(chunk: { calls: readonly CallCount[]; processes: readonly number[] }): void {
    for (const process of chunk.processes) this.#processes.add(process);
    for (const count of chunk.calls) {
      const key = JSON.stringify([count.executable, count.syscall, count.error]);
      const known = this.#counts.get(key);
      this.#counts.set(key, known ? addUp(known, count) : count);
    }
  }

  /** Different processes seen; a log that names none is of one. */
  get processes(): number {
    return Math.max(this.#processes.size, 1);
  }

  /** Rows in order of executable, system call and error; at least one. */
  rows(): StatsRow[] {
    const rows = [...this.#counts.values()].map(rowOf);
    return rows.length === 0 ? [NO_CALLS] : rows.sort(compareRows);
  }
}

const NO_CALLS: StatsRow = {
  executable: null,
  syscall: null,
  error: null,
  calls: 0,
  duration_ns: null,
  longest_ns: null,
  bytes: null,
};

function addUp(a: CallCount, b: CallCount): CallCount {
  return {
    ...a,
    calls: a.calls + b.calls,
    timed: a.timed + b.timed,
    duration: a.duration + b.duration,
    longest: Math.max(a.longest, b.longest),
    transfers: a.transfers + b.transfers,
    bytes: a.bytes + b.bytes,
  };
}

function rowOf(count: CallCount): StatsRow {
  const { executable, syscall, error, calls, timed, transfers } = count;
  return {
    executable,
    syscall,
    error,
    calls,
    duration_ns: timed === 0 ? null : count.duration,
    longest_ns: timed === 0 ? null : count.longest,
    bytes: transfers === 0 ? null : count.bytes,
  };
}

function compareRows(a: StatsRow, b: StatsRow): number {
  return (
    compareTexts(a.executable, b.executable) ||
    compareTexts(a.syscall, b.syscall) ||
    compareTexts(a.error, b.error)
  );
}

/** NULL first. */
function compareTexts(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
