import { LF } from '../ascii';

const PADDING: usize = 32;
let joinRoom: usize = 1 << 16;
let joinBuffer: usize = heap.alloc(1 << 16);

/** The halves of a call one behind the other, with a line end behind and nothing before. */
export function join(at: usize, length: i32, tail: usize, end: usize): usize {
  const size = PADDING * 2 + length + (end - tail);
  if (size > joinRoom) {
    joinRoom = size * 2;
    heap.free(joinBuffer);
    joinBuffer = heap.alloc(joinRoom);
  }
  memory.fill(joinBuffer, 0, PADDING);
  const joined = joinBuffer + PADDING;
  memory.copy(joined, at, length);
  memory.copy(joined + length, tail, end - tail);
  store<u8>(joined + length + (end - tail), LF);
  return joined;
}

