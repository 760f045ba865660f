import type { ClockBase } from '../strace/clock.ts';
import { isSameState, ParserState, type StateSnapshot } from '../strace/parser-state.ts';
import type { ChunkParser, ParsedChunk } from './chunk-parser.ts';
import type { ChunkPool } from './chunk-pool.ts';
import type { ChunkResult } from './chunk-protocol.ts';
import type { LogChunk } from './log-chunks.ts';

/** A chunk under way, and the state that it is thought to leave. */
interface Flight {
  result: Promise<ChunkResult>;
  after: StateSnapshot;
  hasLanded: boolean;
}

/** How a log is parsed in parallel. */
export interface ParallelOptions {
  base: ClockBase;
  /** The other threads; whoever started them ends them. */
  pool: ChunkPool;
  /** Told of each chunk that is done with. */
  onDone?: (chunk: LogChunk) => void;
}

/** Chunks that this thread may have parsed ahead of one that another thread is still at. */
const CHUNKS_AHEAD = 1;

/**
 * Parses the chunks of a log on several threads, with the very result of parsing them in turn. While
 * other threads have room, this one skims a chunk for the state it leaves and hands it over with the
 * state before; else, and at the end of the log, it parses the chunk itself. The state that a parse
 * arrives at must be the skimmed one, else the later chunks are done again. `start` is the state that
 * chunks before the first one left, `parser` this thread's own.
 */
export async function* parseInParallel(
  chunks: AsyncIterable<LogChunk>,
  { base, pool, onDone }: ParallelOptions,
  start: ParserState,
  parser: ChunkParser,
): AsyncGenerator<ParsedChunk> {
  let state = start;
  let flights: Flight[] = [];

  function launch(chunk: LogChunk): Flight {
    return pool.hasRoom && !chunk.isLast ? handOver(chunk) : parseHere(chunk);
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
    const parsed = parser.parse(chunk, state);
    const after = state.snapshot();
    return { result: Promise.resolve({ parsed, after, chunk }), after, hasLanded: true };
  }

  async function land(): Promise<ParsedChunk> {
    const [{ result, after }, ...later] = flights;
    const { parsed, after: truth, chunk } = await result;
    onDone?.(chunk);
    flights = later;
    if (after === truth || isSameState(after, truth)) return parsed;
    const results = await Promise.all(later.map((flight) => flight.result));
    state = ParserState.restore(base, truth);
    flights = [];
    for (const { chunk } of results) flights.push(launch(chunk));
    return parsed;
  }

  for await (const chunk of chunks) {
    flights.push(launch(chunk));
    const most = pool.capacity + CHUNKS_AHEAD;
    while (flights.length > most || flights[0]?.hasLanded) yield await land();
  }
  while (flights.length > 0) yield await land();
}
