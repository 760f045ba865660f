import type { ClockBase } from '../strace/clock.ts';
import { LineReader } from '../strace/line-reader.ts';
import { isSameState, ParserState, type StateSnapshot } from '../strace/parser-state.ts';
import { StateSkimmer } from '../strace/state-skimmer.ts';
import type { ParsedChunk } from './chunk-parser.ts';
import { ChunkPool } from './chunk-pool.ts';
import type { ChunkResult } from './chunk-worker.ts';
import { bufferOn, type LogChunk } from './log-chunks.ts';

/** A chunk under way, and the state that skimming says it leaves. */
interface Flight {
  result: Promise<ChunkResult>;
  after: StateSnapshot;
}

/** How a log is parsed in parallel. */
export interface ParallelOptions {
  session: string;
  base: ClockBase;
  /** Worker threads, beside the one that skims. */
  threads: number;
}

/**
 * Parses the chunks of a log on several threads, with the very result of parsing them in turn. This
 * thread skims each chunk for the state it leaves, and a worker parses it from the state before; the
 * state that the worker arrives at must be the skimmed one, else the later chunks are done again.
 * `start` is the state that chunks before the first one left.
 */
export async function* parseInParallel(
  chunks: AsyncIterable<LogChunk>,
  { session, base, threads }: ParallelOptions,
  start: ParserState,
): AsyncGenerator<ParsedChunk> {
  const pool = new ChunkPool(threads, { session, base });
  let state = start;
  let flights: Flight[] = [];

  function launch(chunk: LogChunk): Flight {
    const before = state.snapshot();
    skim(chunk, state);
    return { after: state.snapshot(), result: pool.parse({ chunk, before }) };
  }

  async function land(): Promise<ParsedChunk> {
    const [{ result, after }, ...later] = flights;
    const { parsed, after: truth } = await result;
    flights = later;
    if (!isSameState(after, truth) && later.length > 0) {
      const results = await Promise.all(later.map((flight) => flight.result));
      state = ParserState.restore(base, truth);
      flights = results.map(({ chunk }) => launch(chunk));
    } else if (!isSameState(after, truth)) {
      state = ParserState.restore(base, truth);
    }
    return parsed;
  }

  try {
    for await (const chunk of chunks) {
      flights.push(launch(chunk));
      if (flights.length > threads) yield await land();
    }
    while (flights.length > 0) yield await land();
  } finally {
    await pool.close();
  }
}

function skim(chunk: LogChunk, state: ParserState): void {
  const skimmer = new StateSkimmer(state);
  const reader = new LineReader((bytes, start, end) => skimmer.skimLine(bytes, start, end));
  reader.push(chunk.bytes, bufferOn(chunk.bytes));
  reader.end();
}
