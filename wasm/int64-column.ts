import { ByteSink } from './byte-sink';
import { putDeltaBinaryPacked } from './delta';
import { putIndexPage } from './index-pages';
import { Int64Dictionary } from './int64-dictionary';
import { allocate, enlarge } from './memory';
import { DELTA_BINARY_PACKED, page, PLAIN, takeScratch } from './page';
import { countMarks, putPresenceOfMarks } from './presence';

/** BIGINT column; nullable. */
@unmanaged
export class Int64Column {
  /** 8 bytes a row. */
  values: usize;
  /** A byte a row: 1 when it has a value, 0 for NULL. */
  marks: usize;
  /** Rows that there is room for. */
  room: i32;
  /** The distinct values, once encoded. */
  dictionary: Int64Dictionary;
  /** 4 bytes a row, once encoded: number plus 1 of its value; 0 for NULL. */
  numbers: ByteSink;
  least: i64;
  greatest: i64;

  /** A column without rows. */
  static make(): Int64Column {
    const made = changetype<Int64Column>(allocate(offsetof<Int64Column>()));
    made.dictionary = Int64Dictionary.make();
    made.numbers = ByteSink.make(1 << 4);
    made.values = allocate(8);
    made.marks = allocate(1);
    return made;
  }

  /** Makes room for rows 0 to `rows` - 1. */
  reserve(rows: i32): void {
    if (rows <= this.room) return;
    const room = max(rows, this.room << 1);
    this.values = heap.realloc(this.values, (<usize>room) << 3);
    this.marks = enlarge(this.marks, this.room, room);
    this.room = room;
  }

  /** Sets a row. */
  @inline
  set(row: i32, value: i64): void {
    store<i64>(this.values + ((<usize>row) << 3), value);
    store<u8>(this.marks + row, 1);
  }

  /** Begins the next row group; no row behind the first `rows` was set. */
  clear(rows: i32): void {
    this.dictionary.clear();
    memory.fill(this.marks, 0, rows);
  }

  /** How many of rows `start` to `end` have a value. */
  @inline
  count(start: i32, end: i32): i32 {
    return countMarks(this.marks + start, end - start);
  }

  /** Numbers the values of the first `rows` rows and finds their range; returns how many different ones. */
  number(rows: i32): i32 {
    this.numbers.length = 0;
    this.numbers.reserve(rows << 2);
    const numbers = this.numbers.at;
    const dictionary = this.dictionary;
    for (let row: i32 = 0; row < rows; row++) {
      const isNull = load<u8>(this.marks + row) == 0;
      const value = load<i64>(this.values + ((<usize>row) << 3));
      store<i32>(numbers + ((<usize>row) << 2), isNull ? 0 : dictionary.intern(value) + 1);
    }
    let least = i64.MAX_VALUE;
    let greatest = i64.MIN_VALUE;
    for (let id: i32 = 0; id < dictionary.count; id++) {
      least = min(least, dictionary.valueOf(id));
      greatest = max(greatest, dictionary.valueOf(id));
    }
    this.least = least;
    this.greatest = greatest;
    return dictionary.count;
  }

  /** Finds the least and the greatest of the first `rows` rows. */
  findRange(rows: i32): void {
    let least = i64.MAX_VALUE;
    let greatest = i64.MIN_VALUE;
    for (let row: i32 = 0; row < rows; row++) {
      if (load<u8>(this.marks + row) == 0) continue;
      const value = load<i64>(this.values + ((<usize>row) << 3));
      least = min(least, value);
      greatest = max(greatest, value);
    }
    this.least = least;
    this.greatest = greatest;
  }

  /** Puts together the page of rows `start` to `end`, which are numbered, as indexes. */
  putIndexes(start: i32, end: i32): void {
    const numbers = this.numbers.at + ((<usize>start) << 2);
    putIndexPage(numbers, end - start, this.dictionary.count);
  }

  /** Puts together the page of rows `start` to `end` as differences, or as they are if these are too great. */
  putDeltas(start: i32, end: i32): void {
    const count = this.beginPage(start, end);
    const values = this.compact(start, end, count);
    if (putDeltaBinaryPacked(page.sink, values, count)) page.encoding = DELTA_BINARY_PACKED;
    else page.sink.putBytes(values, count << 3);
  }

  /** Puts together the page of rows `start` to `end` as they are. */
  putPlain(start: i32, end: i32): void {
    const count = this.beginPage(start, end);
    page.sink.putBytes(this.compact(start, end, count), count << 3);
  }

  private beginPage(start: i32, end: i32): i32 {
    const rows = end - start;
    const count = this.count(start, end);
    const sink = page.begin(rows, rows - count, PLAIN);
    putPresenceOfMarks(sink, this.marks + start, rows, count);
    return count;
  }

  /** The values of rows `start` to `end` without the NULLs. */
  private compact(start: i32, end: i32, count: i32): usize {
    if (count == end - start) return this.values + ((<usize>start) << 3);
    // one more is stored behind the last
    const values = takeScratch((count + 1) << 3);
    let to = values;
    for (let row = start; row < end; row++) {
      store<i64>(to, load<i64>(this.values + ((<usize>row) << 3)));
      to += (<usize>load<u8>(this.marks + row)) << 3;
    }
    return values;
  }
}
