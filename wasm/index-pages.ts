import { bitWidth, putHybrid, putRun } from './bit-packing';
import { page, RLE_DICTIONARY, takeScratch } from './page';
import { countNumbers, beginLevels, endLevels, putPresenceOfNumbers } from './presence';

/**
 * Puts together the page of `rows` rows that have indexes into a dictionary of `dictionarySize`: at
 * `numbers`, 4 bytes each, the index plus 1, or 0 for NULL.
 */
export function putIndexPage(numbers: usize, rows: i32, dictionarySize: i32): void {
  const width = widthOf(dictionarySize);
  const count = dictionarySize == 0 ? 0 : countNumbers(numbers, rows);
  const sink = page.begin(rows, rows - count, RLE_DICTIONARY);
  putPresenceOfNumbers(sink, numbers, rows, count);
  sink.putByte(width);
  if (count > 0) putHybrid(sink, gatherIndexes(numbers, rows, count), count, width);
}

/** Puts together the page of `rows` rows that all have the only string of a dictionary. */
export function putConstantPage(rows: i32): void {
  const sink = page.begin(rows, 0, RLE_DICTIONARY);
  const start = beginLevels(sink);
  putRun(sink, 1, rows, 1);
  endLevels(sink, start);
  sink.putByte(0);
  putRun(sink, 0, rows, 0);
}

/** Bits of an index into a dictionary. */
export function widthOf(dictionarySize: i32): i32 {
  return bitWidth(<u64>max(dictionarySize - 1, 0));
}

/** The indexes without the NULLs. */
function gatherIndexes(numbers: usize, rows: i32, count: i32): usize {
  // one more is stored behind the last
  const indexes = takeScratch((rows + 1) << 2);
  const size = (<usize>rows) << 2;
  let from: usize = 0;
  let to = indexes;
  if (count == rows) {
    const one = i32x4.splat(1);
    for (; from + 16 <= size; from += 16, to += 16) {
      v128.store(to, i32x4.sub(v128.load(numbers + from), one));
    }
  }
  for (; from < size; from += 4) {
    const number = load<i32>(numbers + from);
    store<i32>(to, number - 1);
    to += (<usize>(number != 0)) << 2;
  }
  return indexes;
}
