import { type FileHandle, open } from 'node:fs/promises';

const PIECE_BYTES = 1 << 20;
/** Pieces under way, a chunk of log: they come while the one before is parsed. */
const PIECES_AHEAD = 12;

/**
 * Bytes of a file, some megabytes of which are read while those before are worked on; a pipe or terminal is read
 * as it comes. The pieces are the reader's own. Throws what opening or reading throws.
 */
export async function* readAhead(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  const pieces: Promise<Uint8Array>[] = [];
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      yield* handle.createReadStream({ autoClose: false });
      return;
    }
    let position = 0;
    for (;;) {
      // the first one behind the end tells that nothing was added meanwhile
      while (pieces.length < PIECES_AHEAD && (position <= stats.size || pieces.length === 0)) {
        const piece = readPiece(handle, position);
        // its error is met when its turn comes
        piece.catch(() => {});
        pieces.push(piece);
        position += PIECE_BYTES;
      }
      const piece = await (pieces.shift() as Promise<Uint8Array>);
      // the reader may let go of it
      const { length } = piece;
      if (length > 0) yield piece;
      if (length < PIECE_BYTES) return;
    }
  } finally {
    await Promise.allSettled(pieces);
    await handle.close();
  }
}

/** A piece from `position` on, shorter only at the end of the file. */
async function readPiece(handle: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let length = 0;
  while (length < PIECE_BYTES) {
    const { bytesRead } = await handle.read(
      buffer,
      length,
      PIECE_BYTES - length,
      position + length,
    );
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
