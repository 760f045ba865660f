import type { ClockBase } from '../strace/clock.ts';
import { ParserState } from '../strace/parser-state.ts';
import { findUnnamedPid } from '../strace/unnamed-pid.ts';
import { callSchema } from './call-batch.ts';
import type { CallStats } from './call-stats.ts';
import { ChunkParser, type ParsedChunk } from './chunk-parser.ts';
import { ChunkPool } from './chunk-pool.ts';
import { ChunkMemory, chunkLog, type LogChunk, lettingGo } from './log-chunks.ts';
import type { ParseSummary } from './manifest.ts';
import { parseInParallel } from './parallel-parse.ts';
import { ParquetFileWriter } from './parquet/file-writer.ts';
import { ParseTally } from './parse-tally.ts';
import { collectRarely, holdYoungGeneration, optimizeRarely } from './v8-flags.ts';

/** How a log is turned into rows. */
export interface ConvertOptions {
  session: string;
  /** Date of the first line, `YYYY-MM-DD`, for logs whose times carry none. */
  date?: string;
  /** Instant the log was stored: the date of last resort. */
  storedAt?: Date;
  /** Offset of the log's local time from UTC, minutes east (default 0); for -t and -tt. */
  utcOffsetMinutes?: number;
  /** Threads that parse a long log; 1 (the default) is this one alone. The files are the same. */
  threads?: number;
  /** Chunks of 12 MiB that this thread parses before it starts others (default 3). */
  chunksAlone?: number;
  /** Nobody looks at the pieces of the log afterwards: the memory of each is let go once it was read. */
  ownsPieces?: boolean;
  /** Takes what is counted of the calls; complete when all is converted. */
  stats?: CallStats;
}

/** One Parquet file on its way out; `body` must be read to its end before the next part is asked for. */
export interface ConvertedPart {
  /** From 0. */
  index: number;
  body: AsyncIterable<Uint8Array>;
  /** Rows and bytes written; final once `body` has ended. */
  readonly rows: number;
  readonly sizeBytes: number;
}

/** Chunks parsed before more threads are started: a shorter log is done before they are warm. */
const CHUNKS_ALONE = 3;
/** By how many percent the heap of V8 may grow between two collections, buffers that come and go included. */
const HEAP_GROWTH = 500;
/** Calls of a function until V8 optimizes it. */
const CALLS_TO_OPTIMIZE = 30_000;
/** Row groups of one Parquet file: half a gigabyte of log. */
const PART_GROUPS = 42;

/**
 * Parses a log (plain bytes, already decompressed) and yields its Parquet files one after another,
 * in constant memory; returns what the parser counted. Bad lines are counted, never thrown.
 */
export async function* convertLog(
  log: AsyncIterable<Uint8Array>,
  options: ConvertOptions,
): AsyncGenerator<ConvertedPart, ParseSummary> {
  const tally = new ParseTally();
  const pieces = layOutFiles(parseChunks(log, options), tally, options.stats);
  let next = await pieces.next();
  for (let index = 0; !next.done; index++) {
    const { file } = next.value;
    const body = async function* (): AsyncGenerator<Uint8Array> {
      for (; !next.done && next.value.file === file; next = await pieces.next()) {
        yield* next.value.bytes;
      }
    };
    yield {
      index,
      body: body(),
      get rows() {
        return file.rows;
      },
      get sizeBytes() {
        return file.sizeBytes;
      },
    };
  }
  return tally.summarize();
}

/** Bytes that come next in a file. */
interface Piece {
  file: ParquetFileWriter;
  bytes: Uint8Array[];
}

async function* parseChunks(
  log: AsyncIterable<Uint8Array>,
  options: ConvertOptions,
): AsyncGenerator<ParsedChunk> {
  const { session, threads = 1, chunksAlone = CHUNKS_ALONE } = options;
  const base = clockBase(options);
  const state = new ParserState(base);
  const parser = new ChunkParser(session);
  const pieces = options.ownsPieces ? lettingGo(log) : log;
  const memory = new ChunkMemory();
  const onDone = (chunk: LogChunk) => memory.giveBack(chunk);
  const chunks = chunkLog(pieces, { memory });
  const collectAsBefore = collectRarely(HEAP_GROWTH);
  const optimizeAsBefore = optimizeRarely(CALLS_TO_OPTIMIZE);
  try {
    for (let count = 0; threads === 1 || count < chunksAlone; count++) {
      const next = await chunks.next();
      if (next.done) return;
      if (count === 0) state.processes.nameUnnamed(findUnnamedPid(next.value.bytes));
      const parsed = parser.parse(next.value, state);
      onDone(next.value);
      yield parsed;
    }
    const letGrow = holdYoungGeneration();
    const pool = new ChunkPool(threads - 1, { session, base });
    try {
      yield* parseInParallel(chunks, { base, pool, onDone }, state, parser);
    } finally {
      letGrow();
      await pool.close();
    }
  } finally {
    collectAsBefore();
    optimizeAsBefore();
  }
}

async function* layOutFiles(
  chunks: AsyncIterable<ParsedChunk>,
  tally: ParseTally,
  stats: CallStats | undefined,
): AsyncGenerator<Piece> {
  let file = new ParquetFileWriter(callSchema);
  for await (const chunk of chunks) {
    tally.add(chunk);
    stats?.add(chunk);
    if (chunk.group === undefined) continue;
    yield { file, bytes: file.addRowGroup(chunk.group) };
    if (file.groupCount < PART_GROUPS) continue;
    yield { file, bytes: file.finish() };
    file = new ParquetFileWriter(callSchema);
  }
  if (file.groupCount > 0) yield { file, bytes: file.finish() };
}

/** The date that times of day belong to. */
function clockBase(options: ConvertOptions): ClockBase {
  const date = options.date ?? (options.storedAt ?? new Date(0)).toISOString().slice(0, 10);
  return {
    midnight: Date.parse(`${date}T00:00:00Z`) / 1000,
    utcOffset: (options.utcOffsetMinutes ?? 0) * 60,
  };
}
