import { ByteSink } from './byte-sink';
import { allocate, enlarge } from './memory';
import { page, PAGE_ROWS, PLAIN } from './page';
import { countMarks, putPresenceOfMarks } from './presence';

/** Bytes of text in one data page, about. */
const PAGE_BYTES: i32 = 4 << 20;

/** Set in the place of a value that was copied: the rest is its offset there. */
const COPIED: u32 = 1 << 31;

/** STRING column of long, mostly distinct values, put into PLAIN pages when these are asked for; nullable. */
@unmanaged
export class TextColumn {
  /** Values that do not stay where they were. */
  copied: ByteSink;
  /** A byte a row: 1 when it has a value, 0 for NULL. */
  marks: usize;
  /** 8 bytes a row: address of its value (or COPIED and an offset), and its length. */
  spans: usize;
  /** Rows that there is room for. */
  room: i32;
  /** Bytes of the pages so far: each value behind its length in 4 bytes. */
  length: i32;
  /** Row and byte that end the page under way. */
  lastRow: i32;
  lastByte: i32;
  /** Row where each page but the first begins, 4 bytes each. */
  breaks: ByteSink;

  /** A column without rows. */
  static make(): TextColumn {
    const made = changetype<TextColumn>(allocate(offsetof<TextColumn>()));
    made.copied = ByteSink.make(1 << 12);
    made.breaks = ByteSink.make(1 << 6);
    made.marks = allocate(1);
    made.spans = allocate(8);
    made.lastRow = PAGE_ROWS;
    made.lastByte = PAGE_BYTES;
    return made;
  }

  /** Makes room for rows 0 to `rows` - 1. */
  reserve(rows: i32): void {
    if (rows <= this.room) return;
    const room = max(rows, this.room << 1);
    this.marks = enlarge(this.marks, this.room, room);
    this.spans = heap.realloc(this.spans, <usize>room << 3);
    this.room = room;
  }

  /** Sets a row to bytes that must be UTF-8 and stay where they are until `clear`; rows come in order. */
  @inline
  refer(row: i32, at: usize, length: i32): void {
    this.place(row, <u32>at, length);
  }

  /** Where the `length` bytes of a row are to be put, which must happen next; rows come in order. */
  take(row: i32, length: i32): usize {
    const copied = this.copied;
    copied.reserve(length);
    const end = copied.end;
    this.place(row, <u32>copied.length | COPIED, length);
    copied.length += length;
    return end;
  }

  @inline
  private place(row: i32, at: u32, length: i32): void {
    if (row >= this.lastRow || this.length >= this.lastByte) this.breakPage(row);
    const span = this.spans + (<usize>row << 3);
    store<u32>(span, at);
    store<i32>(span, length, 4);
    store<u8>(this.marks + row, 1);
    this.length += length + 4;
  }

  /** Where the value of a row stands, 0 for NULL. */
  addressOf(row: i32): usize {
    if (load<u8>(this.marks + row) == 0) return 0;
    const at = load<u32>(this.spans + (<usize>row << 3));
    return at & COPIED ? this.copied.at + (at ^ COPIED) : at;
  }

  /** Length of the value of a row that has one. */
  lengthOf(row: i32): i32 {
    return load<i32>(this.spans + (<usize>row << 3), 4);
  }

  /** Begins the next row group; no row behind the first `rows` was set. */
  clear(rows: i32): void {
    if (this.length == 0) return;
    this.length = 0;
    this.copied.length = 0;
    this.breaks.length = 0;
    memory.fill(this.marks, 0, rows);
    this.lastRow = PAGE_ROWS;
    this.lastByte = PAGE_BYTES;
  }

  private breakPage(row: i32): void {
    this.breaks.putInt32(row);
    this.lastRow = row + PAGE_ROWS;
    this.lastByte = this.length + PAGE_BYTES;
  }

  /** Number of pages. */
  get pages(): i32 {
    return (this.breaks.length >> 2) + 1;
  }

  /** Puts together page `number`, from 0, of `rows` rows in all. */
  putPage(number: i32, rows: i32): void {
    // the break at the end of the page
    const stop = this.breaks.at + ((<usize>number) << 2);
    const row = number == 0 ? 0 : load<i32>(stop - 4);
    const lastRow = number == this.pages - 1 ? rows : load<i32>(stop);
    const marks = this.marks + row;
    const length = lastRow - row;
    const count = this.length == 0 ? 0 : countMarks(marks, length);
    const sink = page.begin(length, length - count, PLAIN);
    putPresenceOfMarks(sink, marks, length, count);
    if (count > 0) this.putValues(sink, row, lastRow);
  }

  private putValues(sink: ByteSink, row: i32, lastRow: i32): void {
    const copied = this.copied.at;
    for (let i = row; i < lastRow; i++) {
      if (load<u8>(this.marks + i) == 0) continue;
      const span = this.spans + (<usize>i << 3);
      const at = load<u32>(span);
      const length = load<i32>(span, 4);
      sink.putInt32(length);
      sink.putBytes(at & COPIED ? copied + (at ^ COPIED) : at, length);
    }
  }
}
