import type { SchemaElement } from 'hyparquet';
import type { CallRow, CallSink, Span } from '../strace/call.ts';
import { Name } from '../strace/name.ts';
import { type Column, callColumns } from './columns.ts';
import type { ColumnBuilder, EncodedChunk } from './parquet/column-chunk.ts';
import { DictionaryColumn } from './parquet/dictionary-column.ts';
import { IntDictionaryColumn } from './parquet/int-dictionary-column.ts';
import { Int64Column } from './parquet/int64-column.ts';
import { StringListColumn } from './parquet/string-list-column.ts';
import { TextColumn } from './parquet/text-column.ts';

const KINDS = ['call', 'signal', 'exit'].map((kind) => new Name(kind));
const NO_NAMES: readonly Name[] = [];
const BILLION = 1_000_000_000;
const TWO_32 = 4294967296;

/** Rows of `calls` gathered column by column, to become one Parquet row group. */
export class CallBatch implements CallSink {
  /** Rows so far. */
  rows = 0;
  /** Promise of whoever adds rows that all their bytes are ASCII, so that none need be looked at. */
  isAscii = false;
  readonly #session: Name;
  readonly #columns = {
    session: new DictionaryColumn('session'),
    seq: new Int64Column('seq', true),
    kind: new DictionaryColumn('kind'),
    time_ns: new Int64Column('time_ns', true),
    duration_ns: new IntDictionaryColumn('duration_ns', 'INT64'),
    pid: new IntDictionaryColumn('pid'),
    process: new IntDictionaryColumn('process'),
    parent: new IntDictionaryColumn('parent'),
    executable: new DictionaryColumn('executable'),
    comm: new DictionaryColumn('comm'),
    syscall: new DictionaryColumn('syscall'),
    path: new DictionaryColumn('path'),
    paths: new StringListColumn('paths'),
    args: new TextColumn('args'),
    ret: new Int64Column('ret', false),
    ret_text: new DictionaryColumn('ret_text'),
    error: new DictionaryColumn('error'),
    error_text: new DictionaryColumn('error_text'),
    signal: new DictionaryColumn('signal'),
    classes: new StringListColumn('classes'),
    fd: new IntDictionaryColumn('fd'),
    fd_kind: new DictionaryColumn('fd_kind'),
    protocol: new DictionaryColumn('protocol'),
    local_address: new DictionaryColumn('local_address'),
    remote_address: new DictionaryColumn('remote_address'),
    bytes: new Int64Column('bytes', false),
    direction: new DictionaryColumn('direction'),
    stack: new StringListColumn('stack'),
  };
  readonly #builders: ColumnBuilder[];
  /** The second of the last row, in nanoseconds, as low and high half. */
  #second = -1;
  #secondLow = 0;
  #secondHigh = 0;

  constructor(session: string) {
    this.#session = new Name(session);
    const columns: Record<string, ColumnBuilder> = this.#columns;
    this.#builders = callColumns.map(({ name }) => columns[name]);
  }

  add(row: CallRow): void {
    const columns = this.#columns;
    this.rows++;
    columns.session.addName(this.#session);
    columns.seq.addNumber(row.seq);
    columns.kind.addName(KINDS[row.kind]);
    if (row.seconds < 0) columns.time_ns.addNull();
    else this.#addTime(row.seconds, row.nanos);
    if (row.duration < 0) columns.duration_ns.addNull();
    else columns.duration_ns.add(row.duration);
    addPid(columns.pid, row.pid);
    addPid(columns.process, row.process);
    addPid(columns.parent, row.parent);
    columns.executable.addName(row.executable);
    columns.comm.addName(row.comm);
    columns.syscall.addName(row.syscall);
    const { bytes, starts, count } = row.paths;
    const first = columns.paths.add(bytes, starts, count);
    if (first < 0) columns.path.addNull();
    else columns.path.addFrom(columns.paths.dictionary, first);
    addText(columns.args, row.args, this.isAscii);
    if (row.hasRet) columns.ret.add(row.retLow, row.retHigh);
    else columns.ret.addNull();
    addWord(columns.ret_text, row.retText, this.isAscii);
    columns.error.addName(row.error);
    columns.error_text.addName(row.errorText);
    columns.signal.addName(row.signal);
    columns.classes.addNames(row.syscall?.classes ?? NO_NAMES);
    addPid(columns.fd, row.fd);
    columns.fd_kind.addName(row.fdKind);
    columns.protocol.addName(row.protocol);
    columns.local_address.addName(row.local);
    columns.remote_address.addName(row.remote);
    const direction = row.hasRet && row.retHigh >= 0 ? row.syscall?.direction : undefined;
    if (direction === undefined) columns.bytes.addNull();
    else columns.bytes.add(row.retLow, row.retHigh);
    columns.direction.addName(direction);
    columns.stack.addEmpty();
  }

  addFrame(bytes: Uint8Array, start: number, end: number): void {
    const { stack } = this.#columns;
    if (this.rows === 0) return;
    if (isAscii(bytes, start, end)) {
      stack.extend(bytes, start, end);
    } else {
      const text = repaired(bytes, start, end);
      stack.extend(text, 0, text.length);
    }
  }

  /** The columns of the rows so far, in the order of the schema. */
  encode(): EncodedChunk[] {
    return this.#builders.map((builder) => builder.encode());
  }

  /** Begins the next row group. */
  clear(): void {
    this.rows = 0;
    for (const builder of this.#builders) builder.clear();
  }

  #addTime(seconds: number, nanos: number): void {
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
    this.#columns.time_ns.add((low - carry * TWO_32) | 0, this.#secondHigh + carry);
  }
}

function addPid(column: IntDictionaryColumn, pid: number): void {
  if (pid < 0) column.addNull();
  else column.add(pid);
}

function addText(column: TextColumn, span: Span, isKnownAscii: boolean): void {
  const { bytes, start, end } = span;
  if (bytes === undefined) {
    column.addNull();
  } else if (isKnownAscii || isAscii(bytes, start, end)) {
    column.add(bytes, start, end);
  } else {
    const text = repaired(bytes, start, end);
    column.add(text, 0, text.length);
  }
}

function addWord(column: DictionaryColumn, span: Span, isKnownAscii: boolean): void {
  const { bytes, start, end } = span;
  if (bytes === undefined) {
    column.addNull();
  } else if (isKnownAscii || isAscii(bytes, start, end)) {
    column.addBytes(bytes, start, end);
  } else {
    const text = repaired(bytes, start, end);
    column.addBytes(text, 0, text.length);
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
export const callSchema: SchemaElement[] = [
  { name: 'schema', num_children: callColumns.length },
  ...callColumns.flatMap(schemaElements),
];

function schemaElements(column: Column): SchemaElement[] {
  const { name, nullable } = column;
  const repetition_type = 'OPTIONAL';
  switch (column.type) {
    case 'string':
      return [{ name, type: 'BYTE_ARRAY', repetition_type, converted_type: 'UTF8' }];
    case 'bigint':
      return [{ name, type: 'INT64', repetition_type }];
    case 'int':
      return [{ name, type: 'INT32', repetition_type }];
    default:
      if (nullable) throw new TypeError(`list column must not be nullable: ${name}`);
      return [
        { name, repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        {
          name: 'element',
          type: 'BYTE_ARRAY',
          repetition_type: 'REQUIRED',
          converted_type: 'UTF8',
        },
      ];
  }
}
