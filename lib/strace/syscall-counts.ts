import type { SyscallCount } from './summary-table.ts';
import type { Syscall } from './syscalls.ts';

/** Counts what strace's own table counts: calls that returned, with an error or without. */
export class SyscallCounts {
  #counts = new Map<Syscall, SyscallCount>();

  /** Adds calls of a kind, and how many of them failed. */
  add(syscall: Syscall, calls: number, errors: number): void {
    let count = this.#counts.get(syscall);
    if (count === undefined) {
      count = { syscall: syscall.text, calls: 0, errors: 0 };
      this.#counts.set(syscall, count);
    }
    count.calls += calls;
    count.errors += errors;
  }

  /** The counts by system call, in the order of their names. */
  list(): SyscallCount[] {
    return [...this.#counts.values()].sort((a, b) => (a.syscall < b.syscall ? -1 : 1));
  }
}
