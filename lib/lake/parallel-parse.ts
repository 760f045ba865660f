import type { ClockBase } from '../strace/clock.ts';
import { isSameState, ParserState, type StateSnapshot } from '../strace/parser-state.ts';
import type { ChunkParser, ParsedChunk } from './chunk-parser.ts';
import { ChunkPool } from './chunk-pool.ts';
import type { ChunkResult } from './chunk-worker.ts';
import type { LogChunk } from './log-chunks.ts';
import { holdYoungGeneration } from './v8-heap.ts';

/** A chunk under way, and the state that it is thought to leave. */
interface Flight {
  result: Promise<ChunkResult>;
  after: StateSnapshot;
  hasLanded: boolean;
}

/** How a log is parsed in parallel. */
export interface ParallelOptions {
  session: string;
  base: ClockBase;
  /** Threads that parse, this one included. */
  threads: number;
  /** Takes the memory of chunks that are done with. */
  spare?: ArrayBuffer[];
}

/**
 * Parses the chunks of a log on several threads, with the very result of parsing them in turn. While
 * other threads have room, this one skims a chunk for the state it leaves and hands it over with the
 * state before; else it parses the chunk itself. The state that a parse arrives at must be the
 * skimmed one, else the later chunks are done again. `start` is the state that chunks before the
 * first one left, `parser` this thread's own.
 */
export async function* parseInParallel(
  chunks: AsyncIterable<LogChunk>,
  { session, base, threads, spare = [] }: ParallelOptions,
  start: ParserState,
  parser: ChunkParser,
): AsyncGenerator<ParsedChunk> {
  const letGrow = holdYoungGeneration();
  const pool = new ChunkPool(threads - 1, { session, base });
  let state = start;
  let flights: Flight[] = [];

  function launch(chunk: LogChunk): Flight {
    return pool.hasRoom ? handOver(chunk) : parseHere(chunk);
  }

  function handOver(chunk: LogChunk): Flight {
    const before = state.snapshot();
    parser.skim(chunk, state);
    const result = pool.parse({ chunk, before });
    const flight = { result, after: state.snapshot(), hasLanded: false };
    const land = () => {
      flight.hasLanded = true;
    };
    result.then(land, land);
    return flight;
  }

  function parseHere(chunk: LogChunk): Flight {
    // taken over, so that the bytes are there should the state before prove wrong
    const own = structuredClone(chunk, { transfer: [chunk.bytes.buffer as ArrayBuffer] });
    const parsed = parser.parse(own, state);
    const after = state.snapshot();
    return { result: Promise.resolve({ parsed, after, chunk: own }), after, hasLanded: true };
  }

  async function land(): Promise<ParsedChunk> {
    const [{ result, after }, ...later] = flights;
    const { parsed, after: truth, chunk } = await result;
    spare.push(chunk.bytes.buffer as ArrayBuffer);
    flights = later;
    if (after === truth || isSameState(after, truth)) return parsed;
    const results = await Promise.all(later.map((flight) => flight.result));
    state = ParserState.restore(base, truth);
    flights = [];
    for (const { chunk } of results) flights.push(launch(chunk));
    return parsed;
  }

  try {
    for await (const chunk of chunks) {
      flights.push(launch(chunk));
      while (flights.length > pool.capacity || flights[0]?.hasLanded) yield await land();
    }
    while (flights.length > 0) yield await land();
  } finally {
    letGrow();
    await pool.close();
  }
}
