import { ByteSink } from './byte-sink';
import { putIndexPage } from './index-pages';
import { Int64Dictionary } from './int64-dictionary';
import { allocate, enlarge } from './memory';
import { page, PLAIN } from './page';

/** INT column of values that come back on many rows, such as pids; nullable. -1 stands for NULL. */
@unmanaged
export class IntColumn {
  /** 4 bytes a row: its value plus 1 (wrapping around); 0 for NULL. */
  values: usize;
  /** Rows that there is room for. */
  room: i32;
  /** The distinct values, once encoded. */
  dictionary: Int64Dictionary;
  /** 4 bytes a row, once encoded: number plus 1 of its value; 0 for NULL. */
  numbers: ByteSink;
  least: i32;
  greatest: i32;

  /** A column without rows. */
  static make(): IntColumn {
    const made = changetype<IntColumn>(allocate(offsetof<IntColumn>()));
    made.dictionary = Int64Dictionary.make();
    made.numbers = ByteSink.make(1 << 4);
    made.values = allocate(4);
    return made;
  }

  /** Makes room for rows 0 to `rows` - 1. */
  reserve(rows: i32): void {
    if (rows <= this.room) return;
    const room = max(rows, this.room << 1);
    this.values = enlarge(this.values, (<usize>this.room) << 2, (<usize>room) << 2);
    this.room = room;
  }

  /** Sets a row; -1 is NULL. */
  @inline
  set(row: i32, value: i32): void {
    store<i32>(this.values + ((<usize>row) << 2), value + 1);
  }

  /** Begins the next row group; no row behind the first `rows` was set. */
  clear(rows: i32): void {
    this.dictionary.clear();
    memory.fill(this.values, 0, (<usize>rows) << 2);
  }

  /** Numbers the values of the first `rows` rows and finds their range; returns how many different ones. */
  number(rows: i32): i32 {
    this.numbers.length = 0;
    this.numbers.reserve(rows << 2);
    const numbers = this.numbers.at;
    const dictionary = this.dictionary;
    let last: i32 = 0;
    let number: i32 = 0;
    for (let row: i32 = 0; row < rows; row++) {
      const value = load<i32>(this.values + ((<usize>row) << 2));
      if (value != last) {
        last = value;
        number = value == 0 ? 0 : dictionary.intern(value - 1) + 1;
      }
      store<i32>(numbers + ((<usize>row) << 2), number);
    }
    let least = i32.MAX_VALUE;
    let greatest = i32.MIN_VALUE;
    for (let id: i32 = 0; id < dictionary.count; id++) {
      least = min(least, <i32>dictionary.valueOf(id));
      greatest = max(greatest, <i32>dictionary.valueOf(id));
    }
    this.least = least;
    this.greatest = greatest;
    return dictionary.count;
  }

  /** Puts together the page of rows `start` to `end`, which are numbered. */
  putPage(start: i32, end: i32): void {
    const numbers = this.numbers.at + ((<usize>start) << 2);
    putIndexPage(numbers, end - start, this.dictionary.count);
  }

  /** Puts together the page of the distinct values. */
  putDictionary(): void {
    const count = this.dictionary.count;
    const sink = page.begin(count, 0, PLAIN);
    for (let id: i32 = 0; id < count; id++) sink.putInt32(<i32>this.dictionary.valueOf(id));
  }
}
