import { ByteSink } from './byte-sink';
import { allocate } from './memory';

/** Rows of one data page, at most. */
export const PAGE_ROWS: i32 = 1 << 17;

/** Bytes of most pages, at most: memory that they leave behind when they grow is hardly used again. */
const PAGE_ROOM: i32 = 5 << 20;

/** Encodings of a page's values, as Parquet numbers them. */
export const PLAIN: i32 = 0;
export const DELTA_BINARY_PACKED: i32 = 5;
export const RLE_DICTIONARY: i32 = 8;

/** What is put together: one page after another. */
@unmanaged
export class Page {
  sink: ByteSink;
  /** Values with their nulls; for a list, its elements and its empty rows. */
  valueCount: i32;
  nullCount: i32;
  encoding: i32;

  /** Begins a page. */
  begin(valueCount: i32, nullCount: i32, encoding: i32): ByteSink {
    this.valueCount = valueCount;
    this.nullCount = nullCount;
    this.encoding = encoding;
    this.sink.length = 0;
    return this.sink;
  }
}

/** The page that is put together. */
export const page = makePage();

function makePage(): Page {
  const made = changetype<Page>(allocate(offsetof<Page>()));
  made.sink = ByteSink.make(PAGE_ROOM);
  return made;
}

/** Memory for what a page needs while it is put together; it moves when it grows. */
export const scratch = ByteSink.make(1 << 12);

/** The scratch with room for `size` bytes. */
export function takeScratch(size: i32): usize {
  scratch.length = 0;
  scratch.reserve(size);
  return scratch.at;
}

export function pageAddress(): usize {
  return page.sink.at;
}

export function pageLength(): i32 {
  return page.sink.length;
}

export function pageValues(): i32 {
  return page.valueCount;
}

export function pageNulls(): i32 {
  return page.nullCount;
}

export function pageEncoding(): i32 {
  return page.encoding;
}
