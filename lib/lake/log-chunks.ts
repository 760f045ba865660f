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

/** How a log is cut. */
export interface ChunkOptions {
  /** Bytes behind which a chunk ends, and which it never exceeds. */
  size?: number;
  maxSize?: number;
  /** Where the memory of the chunks is from. */
  memory?: ChunkMemory;
}

/** Memory of chunks: whoever is done with a chunk gives it back, for another one. */
export class ChunkMemory {
  #spare: ArrayBuffer[] = [];

  /** Memory for `size` bytes, not zeroed. */
  take(size: number): Uint8Array<ArrayBuffer> {
    for (let memory = this.#spare.pop(); memory; memory = this.#spare.pop()) {
      if (memory.byteLength >= size) return new Uint8Array(memory);
    }
    return new Uint8Array(size);
  }

  /** Takes the memory of a chunk back. */
  giveBack({ bytes }: LogChunk): void {
    this.#spare.push(bytes.buffer as ArrayBuffer);
  }
}

/**
 * Cuts a log into chunks, by its bytes alone: however the stream arrives, the chunks are the same.
 * A line that begins with a space (a stack frame, a dump) stays with the line before it. A chunk is its
 * reader's until it is given back to the memory that it is from.
 */
export async function* chunkLog(
  log: AsyncIterable<Uint8Array>,
  { size = CHUNK_BYTES, maxSize = MAX_CHUNK_BYTES, memory = new ChunkMemory() }: ChunkOptions = {},
): AsyncGenerator<LogChunk> {
  const room = size + (2 << 20);
  let buffer = memory.take(room);
  let length = 0;
  for await (const piece of log) {
    if (length + piece.length > buffer.length) buffer = enlarge(buffer, length, piece.length);
    buffer.set(piece, length);
    length += piece.length;
    let cut = findCut(buffer, length, size, maxSize);
    while (cut > 0) {
      const rest = copyBytes(buffer, cut, length);
      yield { bytes: buffer.subarray(0, cut), isLast: false };
      buffer = memory.take(Math.max(room, rest.length));
      buffer.set(rest);
      length = rest.length;
      cut = findCut(buffer, length, size, maxSize);
    }
  }
  if (length > 0) yield { bytes: buffer.subarray(0, length), isLast: true };
}

/**
 * Lets go of the memory of each piece when the next one is asked for, unless it is part of something larger:
 * waiting for a collection, such pieces would soon be most of the memory in use.
 */
export async function* lettingGo(log: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of log) {
    yield piece;
    const { buffer } = piece;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === piece.byteLength) buffer.transfer(0);
  }
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
