import { Dictionary } from './dictionary';
import { putIndexPage } from './index-pages';
import { allocate, enlarge } from './memory';

/** STRING column whose values come back on many rows; nullable. */
@unmanaged
export class DictionaryColumn {
  /** The distinct strings so far. */
  dictionary: Dictionary;
  /** 4 bytes a row: number plus 1 of its string; 0 for NULL. */
  numbers: usize;
  /** Rows that there is room for. */
  room: i32;

  /** A column without rows. */
  static make(): DictionaryColumn {
    const made = changetype<DictionaryColumn>(allocate(offsetof<DictionaryColumn>()));
    made.dictionary = Dictionary.make();
    made.numbers = allocate(4);
    return made;
  }

  /** Makes room for rows 0 to `rows` - 1. */
  reserve(rows: i32): void {
    if (rows <= this.room) return;
    const room = max(rows, this.room << 1);
    this.numbers = enlarge(this.numbers, <usize>this.room << 2, <usize>room << 2);
    this.room = room;
  }

  /** Sets a row to string `number` of the dictionary. */
  @inline
  set(row: i32, number: i32): void {
    store<i32>(this.numbers + ((<usize>row) << 2), number + 1);
  }

  /** Sets a row to bytes that must be UTF-8. */
  @inline
  setBytes(row: i32, at: usize, length: i32): void {
    this.set(row, this.dictionary.intern(at, length));
  }

  /** Begins the next row group; no row behind the first `rows` was set. */
  clear(rows: i32): void {
    // a column of NULLs is as it was
    if (this.dictionary.count == 0) return;
    this.dictionary.clear();
    memory.fill(this.numbers, 0, (<usize>rows) << 2);
  }

  /** Puts together the page of rows `start` to `end`. */
  putPage(start: i32, end: i32): void {
    putIndexPage(this.numbers + ((<usize>start) << 2), end - start, this.dictionary.count);
  }
}
