import { isAscii } from 'node:buffer';
import { constants, zstdCompressSync } from 'node:zlib';
import { noSink } from '../strace/call.ts';
import type { LineKind, Unparsed } from '../strace/census.ts';
import { LineReader } from '../strace/line-reader.ts';
import { LogParser } from '../strace/log-parser.ts';
import type { ParserState } from '../strace/parser-state.ts';
import type { TraitValues } from '../strace/recording-traits.ts';
import type { SyscallCount } from '../strace/summary-table.ts';
import { CallBatch } from './call-batch.ts';
import type { CallCount } from './call-counter.ts';
import { FastLane } from './lane/fast-lane.ts';
import { bufferOn, type LogChunk } from './log-chunks.ts';
import { type EncodedGroup, encodeRowGroup } from './parquet/row-group.ts';

/** What became of one chunk: its rows as a Parquet row group, and what was counted. Plain values. */
export interface ParsedChunk {
  /** Undefined when the chunk has no row. */
  group: EncodedGroup | undefined;
  lines: number;
  logBytes: number;
  counts: Record<LineKind, number>;
  unparsed: Unparsed[];
  traits: TraitValues;
  hasFdPaths: boolean;
  syscalls: SyscallCount[];
  calls: CallCount[];
  processes: number[];
  summaryLines: string[];
}

/** Parses chunks of one session's log into row groups, with memory that is used again. */
export class ChunkParser {
  #batch: CallBatch;
  #lane: FastLane;

  constructor(session: string) {
    this.#batch = new CallBatch(session);
    this.#lane = new FastLane(this.#batch);
  }

  /** Parses a chunk from the state its predecessors left, and leaves `state` for the next one. */
  parse(chunk: LogChunk, state: ParserState): ParsedChunk {
    const batch = this.#batch;
    batch.clear();
    batch.isAscii = isAscii(chunk.bytes) && isAscii(state.openBytes());
    const before = state.lines;
    const parser = new LogParser(batch, state);
    const from = this.#lane.read(chunk.bytes, parser);
    readRest(chunk, from, parser);
    if (chunk.isLast) parser.end();
    const { census, traits } = parser;
    return {
      group: batch.rows === 0 ? undefined : encodeRowGroup(batch.encode(), batch.rows, compress),
      lines: state.lines - before,
      logBytes: chunk.bytes.length,
      counts: census.counts,
      unparsed: census.unparsed,
      traits,
      hasFdPaths: state.hasFdPaths,
      syscalls: parser.counts.list(),
      calls: batch.count(),
      processes: batch.processes(),
      summaryLines: [...parser.summaryLines],
    };
  }

  /**
   * Brings `state` past a chunk that is not the last one, without its rows and some times faster. What
   * is misjudged is found out later, by comparing the state with the one that parsing leaves.
   */
  skim(chunk: LogChunk, state: ParserState): void {
    const parser = new LogParser(noSink, state);
    readRest(chunk, this.#lane.skim(chunk.bytes, parser), parser);
  }
}

/** Reads the lines from byte `from` on; a last one without a line end may be cut off. */
function readRest({ bytes, isLast }: LogChunk, from: number, parser: LogParser): void {
  const reader = new LineReader((line, start, end) => parser.readLine(line, start, end));
  const rest = bytes.subarray(from);
  reader.push(rest, bufferOn(rest));
  if (isLast) reader.end((line, start, end) => parser.readCutLine(line, start, end));
  else reader.end();
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}
