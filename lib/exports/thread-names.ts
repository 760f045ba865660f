import type { CallRow } from './call-row.ts';
import { type TraceEvent, threadOf } from './trace-events.ts';

interface Thread {
  pid: number;
  tid: number;
  comm: string | null;
}

/** Names of processes and threads as they last were, in the order in which they began. */
export class ThreadNames {
  readonly #threads = new Map<number, Thread>();
  readonly #executables = new Map<number, string>();

  /** Takes note of what a row tells. */
  add(row: CallRow): void {
    const { pid, tid } = threadOf(row);
    const known = this.#threads.get(tid);
    this.#threads.set(tid, { pid, tid, comm: row.comm ?? known?.comm ?? null });
    if (row.executable !== null) this.#executables.set(pid, row.executable);
  }

  /** Events that name them. */
  *events(): Generator<TraceEvent> {
    const processes = new Set<number>();
    for (const { pid, tid, comm } of this.#threads.values()) {
      if (!processes.has(pid)) yield* this.#nameProcess(pid, processes.size);
      processes.add(pid);
      const name = comm ?? this.#shortName(pid) ?? `thread ${tid}`;
      yield { ph: 'M', name: 'thread_name', ts: 0, pid, tid, args: { name } };
    }
  }

  *#nameProcess(pid: number, index: number): Generator<TraceEvent> {
    const name = this.#shortName(pid) ?? `process ${pid}`;
    const labels = this.#executables.get(pid);
    const event = { ph: 'M', ts: 0, pid, tid: pid } as const;
    yield { ...event, name: 'process_name', args: { name } };
    if (labels !== undefined) yield { ...event, name: 'process_labels', args: { labels } };
    yield { ...event, name: 'process_sort_index', args: { sort_index: index } };
  }

  #shortName(pid: number): string | undefined {
    const executable = this.#executables.get(pid);
    return executable?.slice(executable.lastIndexOf('/') + 1);
  }
}
