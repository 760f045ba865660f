import type { CallRow } from './call-row.ts';
import { type TraceEvent, threadOf } from './trace-events.ts';

const FORKS = new Set(['fork', 'vfork', 'clone', 'clone3']);

/** Draws an arrow from each fork to the first event of the thread that it started. */
export class ForkFlows {
  /** First events of threads of which no fork is known yet, and forks whose thread has no event yet. */
  readonly #firsts = new Map<number, TraceEvent>();
  readonly #forks = new Map<number, TraceEvent>();
  readonly #known = new Set<number>();
  #count = 0;

  /** Arrows that are complete now that the row's event is known. */
  *add(row: CallRow, event: TraceEvent): Generator<TraceEvent> {
    yield* this.#begin(event);
    if (row.kind === 'exit') this.#forget(event.tid);
    if (!FORKS.has(row.syscall ?? '') || row.ret === null || row.ret <= 0n) return;
    const child = Number(row.ret);
    if (child === threadOf(row).tid) return;
    const first = this.#firsts.get(child);
    if (first) yield* this.#draw(event, first);
    else if (!this.#known.has(child)) this.#forks.set(child, event);
    this.#firsts.delete(child);
  }

  *#begin(event: TraceEvent): Generator<TraceEvent> {
    if (this.#known.has(event.tid)) return;
    this.#known.add(event.tid);
    const fork = this.#forks.get(event.tid);
    if (fork) yield* this.#draw(fork, event);
    else this.#firsts.set(event.tid, event);
    this.#forks.delete(event.tid);
  }

  *#draw(from: TraceEvent, to: TraceEvent): Generator<TraceEvent> {
    const arrow = { name: 'fork', cat: 'process', id: ++this.#count };
    yield { ph: 's', ...arrow, ts: from.ts, pid: from.pid, tid: from.tid };
    yield { ph: 'f', bp: 'e', ...arrow, ts: to.ts, pid: to.pid, tid: to.tid };
  }

  /** The number may be given to another thread. */
  #forget(tid: number) {
    this.#known.delete(tid);
  }
}
