import { isAscii } from 'node:buffer';
import { constants, zstdCompressSync } from 'node:zlib';
import type { LineKind, Unparsed } from '../strace/census.ts';
import { LineReader } from '../strace/line-reader.ts';
import { LogParser } from '../strace/log-parser.ts';
import type { ParserState } from '../strace/parser-state.ts';
import type { TraitValues } from '../strace/recording-traits.ts';
import type { SyscallCount } from '../strace/summary-table.ts';
import { CallBatch } from './call-batch.ts';
import type { CallCount } from './call-counter.ts';
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

  constructor(session: string) {
    this.#batch = new CallBatch(session);
  }

  /** Parses a chunk from the state its predecessors left, and leaves `state` for the next one. */
  parse(chunk: LogChunk, state: ParserState): ParsedChunk {
    const batch = this.#batch;
    batch.clear();
    batch.isAscii = isAscii(chunk.bytes) && isAscii(state.openBytes());
    const before = state.lines;
    const parser = new LogParser(batch, state);
    const reader = new LineReader((bytes, start, end) => parser.readLine(bytes, start, end));
    reader.push(chunk.bytes, bufferOn(chunk.bytes));
    if (chunk.isLast) {
      reader.end((bytes, start, end) => parser.readCutLine(bytes, start, end));
      parser.end();
    } else {
      reader.end();
    }
    const { census, traits } = parser;
    return {
      group: batch.rows === 0 ? undefined : encodeRowGroup(batch.encode(), batch.rows, compress),
      lines: state.lines - before,
      logBytes: chunk.bytes.length,
      counts: census.counts,
      unparsed: census.unparsed,
      traits,
      hasFdPaths: state.hasFdPaths,
      syscalls: parser.counts,
      calls: batch.count(),
      processes: batch.processes(),
      summaryLines: [...parser.summaryLines],
    };
  }
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}
