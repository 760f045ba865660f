import type { ClockBase } from '../strace/clock.ts';
import type { StateSnapshot } from '../strace/parser-state.ts';
import type { ParsedChunk } from './chunk-parser.ts';
import type { LogChunk } from './log-chunks.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  session: string;
  base: ClockBase;
}

/** A chunk to parse, from the state its predecessors left. */
export interface ChunkJob {
  chunk: LogChunk;
  before: StateSnapshot;
}

/** A parsed chunk, the state it left, and its bytes handed back. */
export interface ChunkResult {
  parsed: ParsedChunk;
  after: StateSnapshot;
  chunk: LogChunk;
}
