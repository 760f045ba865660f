import { constants, zstdCompressSync } from 'node:zlib';
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

/** Bytes of log behind which a row group ends. */
const GROUP_LOG_BYTES = 16 << 20;
/** Row groups of one Parquet file: half a gigabyte of log. */
const PART_GROUPS = 32;
/** Longest piece of log parsed at a time, so that a large chunk cannot overfill a row group. */
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
  const groups = conversion.groups(log);
  let next = await groups.next();
  for (let index = 0; !next.done; index++) {
    const file = new ParquetFileWriter(callSchema, compress);
    const body = async function* (): AsyncGenerator<Uint8Array> {
      while (!next.done && file.groupCount < PART_GROUPS) {
        const { batch } = conversion;
        yield* file.addRowGroup(batch.encode(), batch.rows);
        conversion.rows += batch.rows;
        batch.clear();
        next = await groups.next();
      }
      yield* file.finish();
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

/** The parser with the batch it fills; `groups` stops whenever the batch is a row group. */
class Conversion {
  readonly batch: CallBatch;
  rows = 0;
  #parser: LogParser;
  #reader: LineReader;

  constructor(options: ConvertOptions) {
    this.batch = new CallBatch(options.session);
    this.#parser = new LogParser(this.batch, clockBase(options));
    this.#reader = new LineReader((bytes, start, end) => this.#parser.readLine(bytes, start, end));
  }

  async *groups(log: AsyncIterable<Uint8Array>): AsyncGenerator<void> {
    let limit = GROUP_LOG_BYTES;
    for await (const chunk of log) {
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        this.#reader.push(chunk.subarray(at, at + SLICE_BYTES));
        if (this.#reader.byteCount < limit) continue;
        limit = this.#reader.byteCount + GROUP_LOG_BYTES;
        if (this.batch.rows > 0) yield;
      }
    }
    this.#reader.end();
    this.#parser.end();
    if (this.batch.rows > 0) yield;
  }

  summarize(): ParseSummary {
    const { census, traits, lines, summaryRows, syscalls } = this.#parser;
    const options = recordingOptions(traits);
    return {
      lines,
      log_bytes: this.#reader.byteCount,
      rows: this.rows,
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
