import { BACKSLASH, isDigit, QUOTE, SPACE, ZERO } from './ascii';
import { Dictionary } from './dictionary';
import { DictionaryColumn } from './dictionary-column';
import { Int64Column } from './int64-column';
import { ListColumn } from './list-column';
import { allocate } from './memory';
import { TextColumn } from './text-column';

/** Sets each of the first `rows` rows of a column to the first string that a list has there. */
export function setFirsts(column: DictionaryColumn, list: ListColumn, rows: i32): void {
  const other = list.dictionary;
  const mapped = allocate((<usize>other.count) << 2);
  let index = list.indexes;
  for (let row: i32 = 0; row < rows; row++) {
    const count = load<i32>(list.counts + ((<usize>row) << 2));
    if (count == 0) continue;
    const number = load<i32>(index);
    index += (<usize>count) << 2;
    column.set(row, numberIn(column.dictionary, other, number, mapped));
  }
  heap.free(mapped);
}

/** Number in `dictionary` of string `number` of another one; `mapped` has those met before, plus 1. */
// @ts-ignore: decorator
@inline
function numberIn(dictionary: Dictionary, other: Dictionary, number: i32, mapped: usize): i32 {
  const known = mapped + ((<usize>number) << 2);
  if (load<i32>(known) == 0) {
    const id = dictionary.intern(other.addressOf(number), other.lengthOf(number));
    store<i32>(known, id + 1);
  }
  return load<i32>(known) - 1;
}

/**
 * Fills each of the first `rows` rows of a list by the string that `keys` has there. At `ends`, 4 bytes
 * each, is where the list of string i ends within `elements`, numbers of the list's dictionary of 4 bytes
 * each. Only for a list without elements so far.
 */
export function setLists(
  list: ListColumn,
  keys: DictionaryColumn,
  rows: i32,
  ends: usize,
  elements: usize,
): void {
  for (let row: i32 = 0; row < rows; row++) {
    const key = load<i32>(keys.numbers + ((<usize>row) << 2)) - 1;
    if (key < 0) continue;
    const end = ends + ((<usize>key) << 2);
    const from = key == 0 ? 0 : load<i32>(end - 4);
    const count = load<i32>(end) - from;
    list.reserveValues(list.values + count);
    const to = list.indexes + ((<usize>list.values) << 2);
    memory.copy(to, elements + ((<usize>from) << 2), (<usize>count) << 2);
    list.values += count;
    store<i32>(list.counts + ((<usize>row) << 2), count);
  }
}

/**
 * Sets bytes and direction of the rows that returned how much they moved: those without a negative `ret`
 * whose system call has a way. At `ways`, 8 bytes each, are address and length of every system call's
 * way; no length for none, a negative one when it returned the number of messages that its arguments list.
 */
export function setTransfers(
  bytes: Int64Column,
  direction: DictionaryColumn,
  ret: Int64Column,
  syscall: DictionaryColumn,
  args: TextColumn,
  rows: i32,
  ways: usize,
): void {
  for (let row: i32 = 0; row < rows; row++) {
    if (load<u8>(ret.marks + row) == 0) continue;
    const key = load<i32>(syscall.numbers + ((<usize>row) << 2)) - 1;
    const value = load<i64>(ret.values + ((<usize>row) << 3));
    if (key < 0 || value < 0) continue;
    const way = ways + ((<usize>key) << 3);
    const length = load<i32>(way, 4);
    if (length == 0) continue;
    const moved = length > 0 ? value : sumMessages(args, row, value);
    if (moved < 0) continue;
    bytes.set(row, moved);
    direction.setBytes(row, load<usize>(way), abs(length));
  }
}

/** `msg_len=` as a word. */
const MESSAGE_LENGTH: u64 = 0x3d6e656c5f67736d;

/** Bytes of the first `count` messages in `[{msg_hdr={...}, msg_len=5}, ...]`, -1 when not so many are listed. */
function sumMessages(args: TextColumn, row: i32, count: i64): i64 {
  let at = args.addressOf(row);
  if (at == 0) return -1;
  const end = at + args.lengthOf(row);
  let sum: i64 = 0;
  let left = count;
  let isString = false;
  for (; left > 0 && at + 8 < end; at++) {
    const byte = load<u8>(at);
    if (byte == BACKSLASH) at++;
    else if (byte == QUOTE) isString = !isString;
    else if (!isString && byte == SPACE && load<u64>(at + 1) == MESSAGE_LENGTH) {
      sum += readNumber(at + 9, end);
      left--;
    }
  }
  return left > 0 ? -1 : sum;
}

function readNumber(start: usize, end: usize): i64 {
  let number: i64 = 0;
  for (let at = start; at < end && isDigit(load<u8>(at)); at++) {
    number = number * 10 + (load<u8>(at) - ZERO);
  }
  return number;
}
