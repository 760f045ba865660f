import type { SchemaElement } from 'hyparquet';
import type { CallRow, CallSink, Span } from '../strace/call.ts';
import { Dump } from '../strace/dump.ts';
import { Name } from '../strace/name.ts';
import { RowTail } from '../strace/row-tail.ts';
import { type CallCount, countCalls } from './call-counter.ts';
import { callColumns } from './columns.ts';
import { deriveColumns } from './derived-columns.ts';
import { BATCH, BATCH_COLUMNS } from './lane/records.ts';
import type { ColumnBuilder, EncodedChunk } from './parquet/column-chunk.ts';
import { ConstantColumn } from './parquet/constant-column.ts';
import { DictionaryColumn } from './parquet/dictionary-column.ts';
import { IntColumn } from './parquet/int-column.ts';
import { Int64Column } from './parquet/int64-column.ts';
import { parquetSchema } from './parquet/schema.ts';
import { StringListColumn } from './parquet/string-list-column.ts';
import { TextColumn } from './parquet/text-column.ts';
import { WasmHeap } from './wasm/wasm-heap.ts';

const KINDS = ['call', 'signal', 'exit'].map((kind) => new Name(kind));

/** Rows of `calls` gathered column by column, to become one Parquet row group. */
export class CallBatch implements CallSink {
  /** Rows so far. */
  rows = 0;
  /** Promise of whoever adds rows that all their bytes are ASCII, so that none need be looked at. */
  isAscii = false;
  /** Where the columns are. */
  readonly heap = new WasmHeap();
  readonly #columns;
  readonly #builders: ColumnBuilder[];
  /** Rows that the columns have room for. */
  #room = 0;
  #tail = new RowTail();
  /** What was dumped behind a row. */
  #dump = new Dump();
  #dumpedRow = -1;

  constructor(session: string) {
    this.#columns = makeColumns(session, this.heap);
    const columns: Record<string, ColumnBuilder> = this.#columns;
    this.#builders = callColumns.map(({ name }) => columns[name]);
    const { ints, exports } = this.heap;
    const addresses = BATCH_COLUMNS.map((name) => this.#columns[name].pointer);
    ints.set(addresses, (exports.laneBatch() >> 2) + BATCH.columns);
  }

  add(row: CallRow): void {
    const columns = this.#columns;
    const at = this.rows++;
    if (at >= this.#room) this.#room = this.heap.exports.reserveRows(at + 1);
    this.#tail.end = row.seq;
    columns.seq.setNumber(at, row.seq);
    columns.kind.setName(at, KINDS[row.kind]);
    if (row.seconds >= 0) columns.time_ns.setTime(at, row.seconds, row.nanos);
    if (row.duration >= 0) columns.duration_ns.setNumber(at, row.duration);
    columns.pid.set(at, row.pid);
    columns.process.set(at, row.process);
    columns.parent.set(at, row.parent);
    columns.fd.set(at, row.fd);
    if (row.executable !== undefined) columns.executable.setName(at, row.executable);
    if (row.comm !== undefined) columns.comm.setName(at, row.comm);
    if (row.syscall !== undefined) columns.syscall.setName(at, row.syscall);
    const { sources, starts, ends, count } = row.paths;
    for (let i = 0; i < count; i++) columns.paths.add(at, sources[i], starts[i], ends[i]);
    if (row.args.bytes !== undefined) setText(columns.args, at, row.args, this.isAscii);
    if (row.hasRet) columns.ret.set(at, row.retLow, row.retHigh);
    if (row.retText.bytes !== undefined) setText(columns.ret_text, at, row.retText, this.isAscii);
    if (row.error !== undefined) columns.error.setName(at, row.error);
    if (row.errorText !== undefined) columns.error_text.setName(at, row.errorText);
    if (row.signal !== undefined) columns.signal.setName(at, row.signal);
    if (row.fdKind !== undefined) columns.fd_kind.setName(at, row.fdKind);
    if (row.protocol !== undefined) columns.protocol.setName(at, row.protocol);
    if (row.local !== undefined) columns.local_address.setName(at, row.local);
    if (row.remote !== undefined) columns.remote_address.setName(at, row.remote);
  }

  /** Takes note of rows written elsewhere: how many there are now, and the line of the last one. */
  continueFrom(rows: number, line: number): void {
    this.rows = rows;
    this.#tail.end = line;
  }

  addDump(bytes: Uint8Array, start: number, end: number, line: number): void {
    if (!this.#tail.take(line)) return;
    if (this.#dumpedRow !== this.rows - 1) this.#setData();
    this.#dumpedRow = this.rows - 1;
    this.#dump.addLine(bytes, start, end);
  }

  addFrame(bytes: Uint8Array, start: number, end: number, line: number): void {
    const { stack } = this.#columns;
    if (!this.#tail.take(line)) return;
    if (isAscii(bytes, start, end)) {
      stack.add(this.rows - 1, bytes, start, end);
    } else {
      const text = repaired(bytes, start, end);
      stack.add(this.rows - 1, text, 0, text.length);
    }
  }

  /** The columns of the rows so far, in the order of the schema. */
  encode(): EncodedChunk[] {
    this.#setData();
    deriveColumns(this.heap, this.#columns, this.rows);
    return this.#builders.map((builder) => builder.encode(this.rows));
  }

  /** The calls so far by program, system call and error; call it behind `encode`. */
  count(): CallCount[] {
    return countCalls(this.heap, this.#columns, this.rows);
  }

  /** The processes that made them. */
  processes(): number[] {
    return this.#columns.process.values();
  }

  /** Begins the next row group. */
  clear(): void {
    for (const builder of this.#builders) builder.clear(this.rows);
    this.rows = 0;
    this.#tail.end = 0;
    this.#dump.clear();
  }

  /** Gives a row what was dumped behind it, now that no more comes. */
  #setData(): void {
    if (this.#dump.length === 0) return;
    const text = this.#dump.toText();
    this.#columns.data.setBytes(this.#dumpedRow, text, 0, text.length);
    this.#dump.clear();
  }
}

/** An empty builder for every column. */
function makeColumns(session: string, heap: WasmHeap) {
  return {
    session: new ConstantColumn('session', encoder.encode(session), heap),
    seq: new Int64Column('seq', 'close', heap),
    kind: new DictionaryColumn('kind', heap),
    time_ns: new Int64Column('time_ns', 'close', heap),
    duration_ns: new Int64Column('duration_ns', 'repeated', heap),
    pid: new IntColumn('pid', heap),
    process: new IntColumn('process', heap),
    parent: new IntColumn('parent', heap),
    executable: new DictionaryColumn('executable', heap),
    comm: new DictionaryColumn('comm', heap),
    syscall: new DictionaryColumn('syscall', heap),
    path: new DictionaryColumn('path', heap),
    paths: new StringListColumn('paths', heap),
    args: new TextColumn('args', heap),
    ret: new Int64Column('ret', 'repeated', heap),
    ret_text: new DictionaryColumn('ret_text', heap),
    error: new DictionaryColumn('error', heap),
    error_text: new DictionaryColumn('error_text', heap),
    signal: new DictionaryColumn('signal', heap),
    classes: new StringListColumn('classes', heap),
    fd: new IntColumn('fd', heap),
    fd_kind: new DictionaryColumn('fd_kind', heap),
    protocol: new DictionaryColumn('protocol', heap),
    local_address: new DictionaryColumn('local_address', heap),
    remote_address: new DictionaryColumn('remote_address', heap),
    bytes: new Int64Column('bytes', 'repeated', heap),
    direction: new DictionaryColumn('direction', heap),
    stack: new StringListColumn('stack', heap),
    data: new TextColumn('data', heap),
  };
}

function setText(
  column: TextColumn | DictionaryColumn,
  row: number,
  span: Span,
  isKnownAscii: boolean,
): void {
  const { bytes, start, end } = span as Required<Span> & { bytes: Uint8Array };
  if (isKnownAscii || isAscii(bytes, start, end)) {
    column.setBytes(row, bytes, start, end);
  } else {
    const text = repaired(bytes, start, end);
    column.setBytes(row, text, 0, text.length);
  }
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0;
  for (let i = start; i < end; i++) seen |= bytes[i];
  return seen < 0x80;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The bytes as UTF-8: what is not becomes U+FFFD. */
function repaired(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return encoder.encode(decoder.decode(bytes.subarray(start, end)));
}

/** Parquet schema of `calls`, derived from the one list of columns. */
export const callSchema: SchemaElement[] = parquetSchema(callColumns);
