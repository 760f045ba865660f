import { constants, zstdCompressSync } from 'node:zlib';
import { SPACE } from '../strace/ascii.ts';
import { type Census, LINE_KINDS } from '../strace/census.ts';
import type { ClockBase } from '../strace/clock.ts';
import { LineReader } from '../strace/line-reader.ts';
import { LogParser } from '../strace/log-parser.ts';
import { compareSummary } from '../strace/summary-table.ts';
import { CallBatch, callSchema } from './call-batch.ts';
import type { ParseSummary } from './manifest.ts';
import { ParquetFileWriter } from './parquet/file-writer.ts';
import { missingFacts, recordingOptions } from './recording-options.ts';

/** How a log is turned into rows. */
export interface ConvertOptions {
  session: string;
  /** Date of the first line, `YYYY-MM-DD`, for logs whose times carry none. */
  date?: string;
  /** Instant the log was stored: the date of last resort. */
  storedAt?: Date;
  /** Offset of the log's local time from UTC, minutes east (default 0); for -t and -tt. */
  utcOffsetMinutes?: number;
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

/** Bytes of log behind which a row group ends, at the next line that does not continue another. */
const GROUP_LOG_BYTES = 16 << 20;
/** Row groups of one Parquet file: half a gigabyte of log. */
const PART_GROUPS = 32;
/** Longest piece of log parsed at a time, so that finished bytes leave soon. */
const SLICE_BYTES = 1 << 20;

/**
 * Parses a log (plain bytes, already decompressed) and yields its Parquet files one after another,
 * in constant memory; returns what the parser counted. Bad lines are counted, never thrown.
 */
export async function* convertLog(
  log: AsyncIterable<Uint8Array>,
  options: ConvertOptions,
): AsyncGenerator<ConvertedPart, ParseSummary> {
  const conversion = new Conversion(options);
  const pieces = conversion.pieces(log);
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
  return conversion.summarize();
}

/** Bytes that come next in a file. */
interface Piece {
  file: ParquetFileWriter;
  bytes: Uint8Array[];
}

/** The parser with the batch it fills and the file the batch goes to. */
class Conversion {
  #rows = 0;
  #batch: CallBatch;
  #parser: LogParser;
  #reader: LineReader;
  #file: ParquetFileWriter | undefined;
  #groupEnd = GROUP_LOG_BYTES;
  #finished: Piece[] = [];

  constructor(options: ConvertOptions) {
    this.#batch = new CallBatch(options.session);
    this.#parser = new LogParser(this.#batch, clockBase(options));
    this.#reader = new LineReader((bytes, start, end) => {
      // a stack or a dump begins with a space and belongs to the row before it
      if (this.#reader.byteCount >= this.#groupEnd && bytes[start] !== SPACE) this.#endGroup();
      this.#parser.readLine(bytes, start, end);
    });
  }

  async *pieces(log: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
    for await (const chunk of log) {
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        this.#reader.push(chunk.subarray(at, at + SLICE_BYTES));
        yield* this.#finished.splice(0);
      }
    }
    this.#reader.end();
    this.#parser.end();
    this.#endGroup();
    this.#endFile();
    yield* this.#finished.splice(0);
  }

  #endGroup(): void {
    this.#groupEnd = this.#reader.byteCount + GROUP_LOG_BYTES;
    const { rows } = this.#batch;
    if (rows === 0) return;
    this.#file ??= new ParquetFileWriter(callSchema, compress);
    const file = this.#file;
    this.#finished.push({ file, bytes: file.addRowGroup(this.#batch.encode(), rows) });
    this.#rows += rows;
    this.#batch.clear();
    if (file.groupCount === PART_GROUPS) this.#endFile();
  }

  #endFile(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#finished.push({ file, bytes: file.finish() });
    this.#file = undefined;
  }

  summarize(): ParseSummary {
    const { census, traits, lines, summaryRows, syscalls } = this.#parser;
    const options = recordingOptions(traits);
    return {
      lines,
      log_bytes: this.#reader.byteCount,
      rows: this.#rows,
      lines_by_kind: countsOf(census),
      unparsed: census.unparsed,
      start_time: isoTime(traits.first),
      end_time: isoTime(traits.last),
      options,
      missing: missingFacts(options),
      strace_table:
        summaryRows.length === 0
          ? null
          : { rows: summaryRows, differences: compareSummary(summaryRows, syscalls) },
    };
  }
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

function countsOf(census: Census): Record<string, number> {
  return Object.fromEntries(
    LINE_KINDS.filter((kind) => census.counts[kind] > 0).map((kind) => [kind, census.counts[kind]]),
  );
}

function clockBase(options: ConvertOptions): ClockBase {
  const date = options.date ?? (options.storedAt ?? new Date(0)).toISOString().slice(0, 10);
  return {
    midnight: Date.parse(`${date}T00:00:00Z`) / 1000,
    utcOffset: (options.utcOffsetMinutes ?? 0) * 60,
  };
}

/** ISO 8601 in UTC with nine digits of the second, or null for an unknown time. */
function isoTime(time: { seconds: number; nanos: number }): string | null {
  if (time.seconds < 0) return null;
  const whole = new Date(time.seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(time.nanos).padStart(9, '0')}Z`;
}
