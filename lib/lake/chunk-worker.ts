import { parentPort, workerData } from 'node:worker_threads';
import { ParserState } from '../strace/parser-state.ts';
import { ChunkParser } from './chunk-parser.ts';
import type { ChunkJob, ChunkResult, WorkerOptions } from './chunk-protocol.ts';

const { session, base } = workerData as WorkerOptions;
const parser = new ChunkParser(session);

parentPort?.on('message', ({ chunk, before }: ChunkJob) => {
  const state = ParserState.restore(base, before);
  const parsed = parser.parse(chunk, state);
  const result: ChunkResult = { parsed, after: state.snapshot(), chunk };
  parentPort?.postMessage(result, [chunk.bytes.buffer as ArrayBuffer]);
});
