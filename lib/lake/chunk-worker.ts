import { parentPort, workerData } from 'node:worker_threads';
import type { ClockBase } from '../strace/clock.ts';
import { ParserState, type StateSnapshot } from '../strace/parser-state.ts';
import { ChunkParser, type ParsedChunk } from './chunk-parser.ts';
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

const { session, base } = workerData as WorkerOptions;
const parser = new ChunkParser(session);

parentPort?.on('message', ({ chunk, before }: ChunkJob) => {
  const state = ParserState.restore(base, before);
  const parsed = parser.parse(chunk, state);
  const result: ChunkResult = { parsed, after: state.snapshot(), chunk };
  parentPort?.postMessage(result, [chunk.bytes.buffer as ArrayBuffer]);
});
