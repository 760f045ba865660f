import { copyBytes, LF, SPACE } from '../strace/ascii.ts';

/** A piece of a log that begins and ends with a line; becomes one Parquet row group. */
export interface LogChunk {
  bytes: Uint8Array;
  isLast: boolean;
}

/** Bytes of log behind which a chunk ends, at the next line that does not continue another. */
const CHUNK_BYTES = 12 << 20;
/** A chunk is cut in the middle of a line rather than grow beyond this. */
const MAX_CHUNK_BYTES = 96 << 20;

/**
 * Cuts a log into chunks, by its bytes alone: however the stream arrives, the chunks are the same.
 * A line that begins with a space (a stack frame, a dump) stays with the line before it. The bytes of
 * a chunk are used again for the next one; when they were handed to another thread, `spare` is looked
 * through for memory that came back.
 */
export async function* chunkLog(
  log: AsyncIterable<Uint8Array>,
  size = CHUNK_BYTES,
  maxSize = MAX_CHUNK_BYTES,
  spare: ArrayBuffer[] = [],
): AsyncGenerator<LogChunk> {
  const room = size + (2 << 20);
  let buffer = new Uint8Array(room);
  let length = 0;
  for await (const piece of log) {
    if (length + piece.length > buffer.length) buffer = enlarge(buffer, length, piece.length);
    buffer.set(piece, length);
    length += piece.length;
    let cut = findCut(buffer, length, size, maxSize);
    while (cut > 0) {
      const rest = copyBytes(buffer, cut, length);
      yield { bytes: buffer.subarray(0, cut), isLast: false };
      if (buffer.length < Math.max(room, rest.length)) {
        buffer = takeBuffer(spare, Math.max(room, rest.length));
      }
      buffer.set(rest);
      length = rest.length;
      cut = findCut(buffer, length, size, maxSize);
    }
  }
  if (length > 0) yield { bytes: buffer.subarray(0, length), isLast: true };
}

/** Memory that came back, if it is large enough; what is too small is let go. */
function takeBuffer(spare: ArrayBuffer[], size: number): Uint8Array<ArrayBuffer> {
  for (let memory = spare.pop(); memory; memory = spare.pop()) {
    if (memory.byteLength >= size) return new Uint8Array(memory);
  }
  return new Uint8Array(size);
}

/** Where the first chunk in the buffer ends, or 0 when more must be read to know. */
function findCut(buffer: Uint8Array, length: number, size: number, maxSize: number): number {
  if (length <= size) return 0;
  const finder = bufferOn(buffer);
  for (let feed = finder.indexOf(LF, size - 1); feed >= 0; feed = finder.indexOf(LF, feed + 1)) {
    if (feed + 1 >= length) break;
    if (buffer[feed + 1] !== SPACE) return feed + 1;
  }
  return length > maxSize ? maxSize : 0;
}

/** A Buffer on the same memory: it finds bytes faster than the array does. */
export function bufferOn(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function enlarge(buffer: Uint8Array, length: number, more: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(buffer.length * 2, length + more));
  larger.set(buffer.subarray(0, length));
  return larger;
}
