import type { CallRow, CallSink, PathList, Span } from '../../lib/strace/call.ts';
import type { Census } from '../../lib/strace/census.ts';
import type { ClockBase } from '../../lib/strace/clock.ts';
import { Dump } from '../../lib/strace/dump.ts';
import { LineReader } from '../../lib/strace/line-reader.ts';
import { LogParser } from '../../lib/strace/log-parser.ts';
import { ParserState } from '../../lib/strace/parser-state.ts';
import { RowTail } from '../../lib/strace/row-tail.ts';
import { findUnnamedPid } from '../../lib/strace/unnamed-pid.ts';

/** One row with the names and types of the table's columns. */
export interface Row {
  seq: number;
  kind: string;
  time_ns: bigint | null;
  duration_ns: number | null;
  pid: number | null;
  process: number | null;
  parent: number | null;
  executable: string | null;
  comm: string | null;
  syscall: string | null;
  path: string | null;
  paths: string[];
  args: string | null;
  ret: bigint | null;
  ret_text: string | null;
  error: string | null;
  error_text: string | null;
  signal: string | null;
  classes: string[];
  fd: number | null;
  fd_kind: string | null;
  protocol: string | null;
  local_address: string | null;
  remote_address: string | null;
  bytes: bigint | null;
  direction: string | null;
  stack: string[];
  data: string | null;
}

/** Everything the parser says about a log. */
export interface ParsedLog {
  rows: Row[];
  lines: number;
  bytes: number;
  census: Census;
  traits: LogParser['traits'];
}

/** 2026-11-23, the date of logs whose lines carry none. */
export const TEST_DAY: ClockBase = { midnight: 1_795_392_000, utcOffset: 0 };

/** Parses chunks of a log with the scanner itself, and keeps every row. */
export function parseChunks(chunks: Iterable<Uint8Array>, clock = TEST_DAY): ParsedLog {
  const sink = new RowCollector();
  const parser = new LogParser(sink, clock);
  const reader = new LineReader((bytes, start, end) => parser.readLine(bytes, start, end));
  const pieces = [...chunks];
  parser.state.processes.nameUnnamed(findUnnamedPid(Buffer.concat(pieces)));
  for (const piece of pieces) reader.push(piece);
  reader.end((bytes, start, end) => parser.readCutLine(bytes, start, end));
  parser.end();
  return {
    rows: sink.rows,
    lines: parser.lines,
    bytes: reader.byteCount,
    census: parser.census,
    traits: parser.traits,
  };
}

/** Rows of a log when, after each line, a new parser goes on from the state the last one left. */
export function parseInRelay(log: Uint8Array, clock = TEST_DAY): Row[] {
  const sink = new RowCollector();
  let parser = new LogParser(sink, clock);
  parser.state.processes.nameUnnamed(findUnnamedPid(log));
  const reader = new LineReader((bytes, start, end) => {
    parser.readLine(bytes, start, end);
    const snapshot = structuredClone(parser.state.snapshot());
    parser = new LogParser(sink, ParserState.restore(clock, snapshot));
  });
  reader.push(log);
  reader.end((bytes, start, end) => parser.readCutLine(bytes, start, end));
  parser.end();
  return sink.rows;
}

/** Parses a log held in memory. */
export function parseLog(log: Uint8Array | string, clock = TEST_DAY): ParsedLog {
  return parseChunks([typeof log === 'string' ? Buffer.from(log) : log], clock);
}

const KINDS = ['call', 'signal', 'exit'];

class RowCollector implements CallSink {
  readonly rows: Row[] = [];
  #tail = new RowTail();
  #dump = new Dump();
  #dumped: Row | undefined;

  add(row: CallRow): void {
    this.#tail.end = row.seq;
    const paths = listPaths(row.paths);
    const ret = row.hasRet ? (BigInt(row.retHigh) << 32n) | BigInt(row.retLow >>> 0) : null;
    const isCounted = ret !== null && ret >= 0n && !row.syscall?.countsMessages;
    const direction = isCounted ? (row.syscall?.direction?.text ?? null) : null;
    this.rows.push({
      seq: row.seq,
      kind: KINDS[row.kind],
      time_ns: row.seconds < 0 ? null : BigInt(row.seconds) * 1_000_000_000n + BigInt(row.nanos),
      duration_ns: row.duration < 0 ? null : row.duration,
      pid: row.pid < 0 ? null : row.pid,
      process: row.process < 0 ? null : row.process,
      parent: row.parent < 0 ? null : row.parent,
      executable: row.executable?.text ?? null,
      comm: row.comm?.text ?? null,
      syscall: row.syscall?.text ?? null,
      path: paths[0] ?? null,
      paths,
      args: readSpan(row.args),
      ret,
      ret_text: readSpan(row.retText),
      error: row.error?.text ?? null,
      error_text: row.errorText?.text ?? null,
      signal: row.signal?.text ?? null,
      classes: row.syscall?.classes.map((name) => name.text) ?? [],
      fd: row.fd < 0 ? null : row.fd,
      fd_kind: row.fdKind?.text ?? null,
      protocol: row.protocol?.text ?? null,
      local_address: row.local?.text ?? null,
      remote_address: row.remote?.text ?? null,
      bytes: direction === null ? null : ret,
      direction,
      stack: [],
      data: null,
    });
  }

  addDump(bytes: Uint8Array, start: number, end: number, line: number): void {
    const row = this.rows.at(-1);
    if (row === undefined || !this.#tail.take(line)) return;
    if (this.#dumped !== row) this.#dump.clear();
    this.#dumped = row;
    this.#dump.addLine(bytes, start, end);
    row.data = this.#dump.length === 0 ? null : strict.decode(this.#dump.toText());
  }

  addFrame(bytes: Uint8Array, start: number, end: number, line: number): void {
    if (!this.#tail.take(line)) return;
    this.rows.at(-1)?.stack.push(readSpan({ bytes, start, end }) as string);
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** Paths must be UTF-8 by now: they go into Parquet as they are. */
function listPaths({ sources, starts, ends, count }: PathList): string[] {
  return Array.from({ length: count }, (_, i) =>
    strict.decode(sources[i].subarray(starts[i], ends[i])),
  );
}

function readSpan({ bytes, start, end }: Span): string | null {
  if (bytes === undefined) return null;
  if (start < 0 || end < start || end > bytes.length) {
    throw new RangeError(`span outside of its bytes: ${start}..${end} of ${bytes.length}`);
  }
  return lenient.decode(bytes.subarray(start, end));
}
