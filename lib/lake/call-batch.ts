import type { SchemaElement } from 'hyparquet';
import type { CallRow, CallSink, Span } from '../strace/call.ts';
import { Dump } from '../strace/dump.ts';
import { Name } from '../strace/name.ts';
import { RowTail } from '../strace/row-tail.ts';
import type { Syscall } from '../strace/syscalls.ts';
import { type CallCount, countCalls } from './call-counter.ts';
import { callColumns } from './columns.ts';
import type { ColumnBuilder, EncodedChunk } from './parquet/column-chunk.ts';
import { ConstantColumn } from './parquet/constant-column.ts';
import { DictionaryColumn } from './parquet/dictionary-column.ts';
import { IntColumn } from './parquet/int-column.ts';
import { Int64Column } from './parquet/int64-column.ts';
import { parquetSchema } from './parquet/schema.ts';
import { StringListColumn } from './parquet/string-list-column.ts';
import { TextColumn } from './parquet/text-column.ts';

const KINDS = ['call', 'signal', 'exit'].map((kind) => new Name(kind));
const BILLION = 1_000_000_000;
const TWO_32 = 4294967296;
const FIRST_ROOM = 1 << 14;

/** Rows of `calls` gathered column by column, to become one Parquet row group. */
export class CallBatch implements CallSink {
  /** Rows so far. */
  rows = 0;
  /** Promise of whoever adds rows that all their bytes are ASCII, so that none need be looked at. */
  isAscii = false;
  readonly #columns;
  readonly #builders: ColumnBuilder[];
  /** Rows that the columns have room for. */
  #room = 0;
  /** The system call behind each number of the column `syscall`. */
  #syscalls: Syscall[] = [];
  #tail = new RowTail();
  /** What was dumped behind a row. */
  #dump = new Dump();
  #dumpedRow = -1;
  /** The second of the last row, in nanoseconds, as low and high half. */
  #second = -1;
  #secondLow = 0;
  #secondHigh = 0;

  constructor(session: string) {
    this.#columns = makeColumns(session);
    const columns: Record<string, ColumnBuilder> = this.#columns;
    this.#builders = callColumns.map(({ name }) => columns[name]);
  }

  add(row: CallRow): void {
    const columns = this.#columns;
    const at = this.rows++;
    if (at === this.#room) this.#enlarge();
    this.#tail.end = row.seq;
    columns.seq.setNumber(at, row.seq);
    columns.kind.setName(at, KINDS[row.kind]);
    if (row.seconds >= 0) this.#setTime(at, row.seconds, row.nanos);
    if (row.duration >= 0) columns.duration_ns.setNumber(at, row.duration);
    columns.pid.set(at, row.pid);
    columns.process.set(at, row.process);
    columns.parent.set(at, row.parent);
    columns.fd.set(at, row.fd);
    if (row.executable !== undefined) columns.executable.setName(at, row.executable);
    if (row.comm !== undefined) columns.comm.setName(at, row.comm);
    if (row.syscall !== undefined) this.#setSyscall(at, row.syscall);
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
    this.#derive();
    return this.#builders.map((builder) => builder.encode(this.rows));
  }

  /** The calls so far by program, system call and error; call it behind `encode`. */
  count(): CallCount[] {
    const { executable, syscall, error, duration_ns, bytes } = this.#columns;
    const { rows } = this;
    return countCalls({
      rows,
      executable: executable.numbers,
      syscall: syscall.numbers,
      error: error.numbers,
      duration: duration_ns,
      bytes,
      executables: executable.texts(),
      syscalls: syscall.texts(),
      errors: error.texts(),
    });
  }

  /** The processes that made them. */
  processes(): number[] {
    return this.#columns.process.values();
  }

  /** Begins the next row group. */
  clear(): void {
    this.rows = 0;
    this.#tail.end = 0;
    this.#dump.clear();
    this.#syscalls = [];
    for (const builder of this.#builders) builder.clear();
  }

  /** Fills the columns that follow from others. */
  #derive(): void {
    const { rows } = this;
    const { syscall, classes, direction, paths, path, ret, bytes } = this.#columns;
    path.setFrom(paths.dictionary, paths.firsts(rows), rows);
    const classNumbers = this.#syscalls.map((each) =>
      each.classes.map((name) => classes.dictionary.internName(name)),
    );
    classes.setFrom(syscall.numbers, rows, classNumbers);
    bytes.setFrom(ret, rows, (row, high) => {
      const number = syscall.numbers[row];
      const way = high >= 0 && number > 0 ? this.#syscalls[number - 1].direction : undefined;
      if (way === undefined) return false;
      direction.setName(row, way);
      return true;
    });
  }

  /** Gives a row what was dumped behind it, now that no more comes. */
  #setData(): void {
    if (this.#dump.length === 0) return;
    const text = this.#dump.toText();
    this.#columns.data.setBytes(this.#dumpedRow, text, 0, text.length);
    this.#dump.clear();
  }

  #enlarge(): void {
    this.#room = Math.max(FIRST_ROOM, this.#room * 2);
    for (const builder of this.#builders) builder.reserve(this.#room);
  }

  #setSyscall(at: number, name: Syscall): void {
    const { syscall } = this.#columns;
    syscall.setName(at, name);
    if (name.id === this.#syscalls.length) this.#syscalls.push(name);
  }

  #setTime(at: number, seconds: number, nanos: number): void {
    if (seconds !== this.#second) {
      this.#second = seconds;
      // 64-bit product in two exact halves
      const upper = Math.floor(seconds / 65536) * BILLION;
      const lower = (upper % 65536) * 65536 + (seconds % 65536) * BILLION;
      this.#secondLow = lower % TWO_32;
      this.#secondHigh = Math.floor(upper / 65536) + Math.floor(lower / TWO_32);
    }
    const low = this.#secondLow + nanos;
    const carry = low >= TWO_32 ? 1 : 0;
    this.#columns.time_ns.set(at, (low - carry * TWO_32) | 0, this.#secondHigh + carry);
  }
}

/** An empty builder for every column. */
function makeColumns(session: string) {
  return {
    session: new ConstantColumn('session', encoder.encode(session)),
    seq: new Int64Column('seq', 'close'),
    kind: new DictionaryColumn('kind'),
    time_ns: new Int64Column('time_ns', 'close'),
    duration_ns: new Int64Column('duration_ns', 'repeated'),
    pid: new IntColumn('pid'),
    process: new IntColumn('process'),
    parent: new IntColumn('parent'),
    executable: new DictionaryColumn('executable'),
    comm: new DictionaryColumn('comm'),
    syscall: new DictionaryColumn('syscall'),
    path: new DictionaryColumn('path'),
    paths: new StringListColumn('paths'),
    args: new TextColumn('args'),
    ret: new Int64Column('ret', 'repeated'),
    ret_text: new DictionaryColumn('ret_text'),
    error: new DictionaryColumn('error'),
    error_text: new DictionaryColumn('error_text'),
    signal: new DictionaryColumn('signal'),
    classes: new StringListColumn('classes'),
    fd: new IntColumn('fd'),
    fd_kind: new DictionaryColumn('fd_kind'),
    protocol: new DictionaryColumn('protocol'),
    local_address: new DictionaryColumn('local_address'),
    remote_address: new DictionaryColumn('remote_address'),
    bytes: new Int64Column('bytes', 'repeated'),
    direction: new DictionaryColumn('direction'),
    stack: new StringListColumn('stack'),
    data: new TextColumn('data'),
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
