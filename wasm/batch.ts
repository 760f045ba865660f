import { DictionaryColumn } from './dictionary-column';
import { Int64Column } from './int64-column';
import { IntColumn } from './int-column';
import { ListColumn } from './list-column';
import { TextColumn } from './text-column';
import { NameRef } from './lane/records';

const FIRST_ROOM: i32 = 1 << 14;

/** The columns of `calls` that rows are written to, in the order in which JavaScript gives their addresses. */
@unmanaged
export class Batch {
  /** Rows so far, and rows that the columns have room for. */
  rows: i32;
  room: i32;
  /** Changes with every row group, so that names are numbered anew. */
  generation: i32;
  seq: Int64Column;
  time: Int64Column;
  duration: Int64Column;
  ret: Int64Column;
  bytes: Int64Column;
  pid: IntColumn;
  process: IntColumn;
  parent: IntColumn;
  fd: IntColumn;
  kind: DictionaryColumn;
  executable: DictionaryColumn;
  comm: DictionaryColumn;
  syscall: DictionaryColumn;
  path: DictionaryColumn;
  retText: DictionaryColumn;
  error: DictionaryColumn;
  errorText: DictionaryColumn;
  signal: DictionaryColumn;
  fdKind: DictionaryColumn;
  protocol: DictionaryColumn;
  local: DictionaryColumn;
  remote: DictionaryColumn;
  direction: DictionaryColumn;
  paths: ListColumn;
  classes: ListColumn;
  stack: ListColumn;
  args: TextColumn;
  data: TextColumn;

  /** Makes room for one more row. */
  @inline
  reserve(): void {
    this.makeRoom(this.rows + 1);
  }

  /** Sets a row of a column to a name; `place` tells the columns apart. */
  @inline
  setName(column: DictionaryColumn, place: i32, row: i32, name: NameRef | null): void {
    if (name === null) return;
    const mark = (this.generation << 4) | place;
    if (name.mark != mark) {
      name.mark = mark;
      name.number = column.dictionary.intern(name.at, name.length);
    }
    column.set(row, name.number);
  }

  /** Makes room for `rows` rows, and for as many again while rows are few. */
  @inline
  makeRoom(rows: i32): void {
    if (rows > this.room) this.reserveRows(max(max(rows, FIRST_ROOM), this.room << 1));
  }

  /** Makes room for rows 0 to `room` - 1. */
  reserveRows(room: i32): void {
    if (room <= this.room) return;
    this.room = room;
    this.seq.reserve(room);
    this.time.reserve(room);
    this.duration.reserve(room);
    this.ret.reserve(room);
    this.bytes.reserve(room);
    this.pid.reserve(room);
    this.process.reserve(room);
    this.parent.reserve(room);
    this.fd.reserve(room);
    this.kind.reserve(room);
    this.executable.reserve(room);
    this.comm.reserve(room);
    this.syscall.reserve(room);
    this.path.reserve(room);
    this.retText.reserve(room);
    this.error.reserve(room);
    this.errorText.reserve(room);
    this.signal.reserve(room);
    this.fdKind.reserve(room);
    this.protocol.reserve(room);
    this.local.reserve(room);
    this.remote.reserve(room);
    this.direction.reserve(room);
    this.paths.reserve(room);
    this.classes.reserve(room);
    this.stack.reserve(room);
    this.args.reserve(room);
    this.data.reserve(room);
  }
}
