import { putHybrid, putRun } from './bit-packing';
import { ByteSink } from './byte-sink';
import { Dictionary } from './dictionary';
import { widthOf } from './index-pages';
import { allocate, enlarge } from './memory';
import { page, RLE_DICTIONARY, takeScratch } from './page';
import { beginLevels, endLevels } from './presence';

const FIRST_VALUES: i32 = 1 << 11;

/** ARRAY<STRING> column, dictionary-encoded; never NULL, possibly empty, elements never NULL. */
@unmanaged
export class ListColumn {
  /** The distinct strings so far. */
  dictionary: Dictionary;
  /** 4 bytes a row: its elements. */
  counts: usize;
  /** Rows that there is room for. */
  room: i32;
  /** Elements of all rows so far. */
  values: i32;
  /** 4 bytes an element: its number in the dictionary, row by row. */
  indexes: usize;
  valueRoom: i32;
  /** Elements that are in pages already. */
  written: i32;

  /** A column without rows. */
  static make(): ListColumn {
    const made = changetype<ListColumn>(allocate(offsetof<ListColumn>()));
    made.dictionary = Dictionary.make();
    made.counts = allocate(4);
    made.valueRoom = FIRST_VALUES;
    made.indexes = allocate((<usize>FIRST_VALUES) << 2);
    return made;
  }

  /** Makes room for rows 0 to `rows` - 1. */
  reserve(rows: i32): void {
    if (rows <= this.room) return;
    const room = max(rows, this.room << 1);
    this.counts = enlarge(this.counts, (<usize>this.room) << 2, (<usize>room) << 2);
    this.room = room;
  }

  /** Adds an element to a row; rows come in order. */
  @inline
  add(row: i32, at: usize, length: i32): void {
    this.addNumber(row, this.dictionary.intern(at, length));
  }

  /** Adds string `number` of the dictionary to a row; rows come in order. */
  @inline
  addNumber(row: i32, number: i32): void {
    if (this.values == this.valueRoom) this.reserveValues(this.values + 1);
    store<i32>(this.indexes + ((<usize>this.values) << 2), number);
    this.values++;
    const count = this.counts + ((<usize>row) << 2);
    store<i32>(count, load<i32>(count) + 1);
  }

  /** Makes room for `values` elements of all rows together. */
  reserveValues(values: i32): void {
    if (values <= this.valueRoom) return;
    this.valueRoom = max(values, this.valueRoom << 1);
    this.indexes = heap.realloc(this.indexes, (<usize>this.valueRoom) << 2);
  }

  /** Begins the next row group; nothing was added to a row behind the first `rows`. */
  clear(rows: i32): void {
    if (this.values == 0 && this.dictionary.count == 0) return;
    this.dictionary.clear();
    this.values = 0;
    memory.fill(this.counts, 0, (<usize>rows) << 2);
  }

  /** Puts together the page of rows `start` to `end`; pages are asked for in order. */
  putPage(start: i32, end: i32): void {
    const rows = end - start;
    const counts = this.counts + ((<usize>start) << 2);
    if (start == 0) this.written = 0;
    let values: i32 = 0;
    let entries = rows;
    if (this.values > 0) {
      for (let row: i32 = 0; row < rows; row++) {
        const count = load<i32>(counts + ((<usize>row) << 2));
        values += count;
        entries += max(count - 1, 0);
      }
    }
    const sink = page.begin(entries, entries - values, RLE_DICTIONARY);
    if (entries == rows) putSimpleLevels(sink, counts, rows, values);
    else putLevels(sink, counts, rows, entries);
    const width = widthOf(this.dictionary.count);
    sink.putByte(this.values == 0 ? 0 : width);
    if (values == 0) return;
    putHybrid(sink, this.indexes + ((<usize>this.written) << 2), values, width);
    this.written += values;
  }
}

/** Levels of rows that have one element at most. */
function putSimpleLevels(sink: ByteSink, counts: usize, rows: i32, values: i32): void {
  let start = beginLevels(sink);
  putRun(sink, 0, rows, 1);
  endLevels(sink, start);
  start = beginLevels(sink);
  if (values == 0) putRun(sink, 0, rows, 1);
  else putHybrid(sink, counts, rows, 1);
  endLevels(sink, start);
}

/**
 * An entry for each element, and one for each empty row: repetition 0 for the first of a row, 1 for
 * the others; definition 1 for an element, 0 for none.
 */
function putLevels(sink: ByteSink, counts: usize, rows: i32, entries: i32): void {
  const repetition = takeScratch(entries << 3);
  const definition = repetition + ((<usize>entries) << 2);
  let at: usize = 0;
  for (let row: i32 = 0; row < rows; row++) {
    const count = load<i32>(counts + ((<usize>row) << 2));
    store<i32>(repetition + at, 0);
    store<i32>(definition + at, count == 0 ? 0 : 1);
    at += 4;
    for (let i: i32 = 1; i < count; i++) {
      store<i32>(repetition + at, 1);
      store<i32>(definition + at, 1);
      at += 4;
    }
  }
  let start = beginLevels(sink);
  putHybrid(sink, repetition, entries, 1);
  endLevels(sink, start);
  start = beginLevels(sink);
  putHybrid(sink, definition, entries, 1);
  endLevels(sink, start);
}
