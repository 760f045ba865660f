import { LF } from './ascii';
import { forgetNames, forgetThreads, lasting, passing, syscallOf } from './lane/known';
import { run } from './lane/lane';
import { state } from './lane/line';
import { batch, callKind, plainFile } from './lane/row';

export { run as runLane, forgetNames, forgetThreads };

/** Address of what the lane and JavaScript tell one another. */
export function laneState(): usize {
  return changetype<usize>(state);
}

/** Address of the record of the columns. */
export function laneBatch(): usize {
  return changetype<usize>(batch);
}

/** Address of the name of the kind of a call. */
export function laneCallKind(): usize {
  return changetype<usize>(callKind);
}

/** Address of the target that every ordinary file is. */
export function lanePlainFile(): usize {
  return changetype<usize>(plainFile);
}

/** Memory for `size` bytes that lasts until `forgetNames`. */
export function takeLasting(size: usize): usize {
  return lasting.take(size);
}

/** Bytes taken since `forgetNames`. */
export function lastingSize(): usize {
  return lasting.total;
}

/** Memory for `size` bytes that lasts until `forgetThreads`. */
export function takePassing(size: usize): usize {
  return passing.take(size);
}

/** A chunk of that many bytes is one of many; hardly one has more rows. */
const LONG_CHUNK: usize = 12 << 20;
const MANY_ROWS: i32 = 3 << 16;

/** Makes room for `rows` rows or more; returns for how many there is room. */
export function reserveRows(rows: i32): i32 {
  batch.makeRoom(rows);
  return batch.room;
}

/**
 * Makes room for the rows of a chunk, so that the columns need not grow piece by piece: memory that they
 * leave behind is hardly used again.
 */
export function reserveChunk(start: usize, end: usize): void {
  const feed = i8x16.splat(LF);
  let lines = 1;
  for (let at = start; at < end; at += 16) {
    lines += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), feed)));
  }
  const size = end - start;
  batch.reserveRows(size < LONG_CHUNK ? lines : max(lines, MANY_ROWS));
}

/** Address of the record of a system call, by the bytes of its name. */
export function syscallRecord(at: usize, length: i32): usize {
  return changetype<usize>(syscallOf(at, length));
}

let chunk: usize = 0;

/** Memory for a chunk of `size` bytes, in place of the one before. */
export function takeChunk(size: usize): usize {
  if (chunk != 0) heap.free(chunk);
  chunk = heap.alloc(size);
  return chunk;
}
