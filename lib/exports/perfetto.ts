import type { CallBatches, CallRow } from './call-row.ts';
import { ForkFlows } from './fork-flows.ts';
import { encodeTexts } from './text-chunks.ts';
import { ThreadNames } from './thread-names.ts';
import { callEvent, markEvent, type TraceEvent } from './trace-events.ts';

/**
 * Rows as Chrome trace JSON, which ui.perfetto.dev and chrome://tracing open: a slice a call, under its
 * thread and process; arrows from forks to what they started; signals and exits as marks. Times are
 * microseconds since `startNs`; rows without a time are left out.
 */
export function encodePerfetto(
  startNs: bigint,
): (batches: CallBatches) => AsyncIterable<Uint8Array> {
  return (batches) => encodeTexts(printTrace(batches, startNs));
}

async function* printTrace(batches: CallBatches, startNs: bigint): AsyncGenerator<string> {
  const start = new Date(Number(startNs / 1_000_000n)).toISOString();
  const head = { displayTimeUnit: 'ns', otherData: { start, start_ns: String(startNs) } };
  yield `${JSON.stringify(head).slice(0, -1)},"traceEvents":[`;
  const trace = new Trace(startNs);
  let separator = '\n';
  const print = (events: Iterable<TraceEvent>) => {
    let text = '';
    for (const event of events) {
      text += separator + JSON.stringify(event);
      separator = ',\n';
    }
    return text;
  };
  for await (const rows of batches) yield rows.map((row) => print(trace.add(row))).join('');
  yield print(trace.end());
  yield '\n]}\n';
}

/** Turns rows into events; a thread's call is held until its next, which it must not overlap. */
class Trace {
  readonly #startNs: bigint;
  readonly #held = new Map<number, TraceEvent>();
  readonly #flows = new ForkFlows();
  readonly #names = new ThreadNames();

  constructor(startNs: bigint) {
    this.#startNs = startNs;
  }

  *add(row: CallRow): Generator<TraceEvent> {
    if (row.time_ns === null) return;
    const offsetNs = Number(row.time_ns - this.#startNs);
    this.#names.add(row);
    const hasLength = row.kind === 'call' && row.duration_ns !== null;
    const event = hasLength ? callEvent(row, offsetNs) : markEvent(row, offsetNs);
    yield* this.#release(event.tid, event.ts);
    if (hasLength) this.#held.set(event.tid, event);
    else yield event;
    yield* this.#flows.add(row, event);
    if (row.kind === 'exit') yield* this.#release(event.tid);
  }

  *end(): Generator<TraceEvent> {
    for (const tid of [...this.#held.keys()]) yield* this.#release(tid);
    yield* this.#names.events();
  }

  /** strace rounds what it prints, so that a call may seem to end after the next began. */
  *#release(tid: number, before = Number.POSITIVE_INFINITY): Generator<TraceEvent> {
    const event = this.#held.get(tid);
    if (!event) return;
    this.#held.delete(tid);
    const room = Math.max(0, before - event.ts);
    yield event.dur! <= room ? event : cutSlice(event, room);
  }
}

/** A shorter slice, which still says what strace printed. */
function cutSlice(event: TraceEvent, microseconds: number): TraceEvent {
  const dur = Math.round(microseconds * 1000) / 1000;
  return { ...event, dur, args: { ...event.args, duration_us: event.dur } };
}
