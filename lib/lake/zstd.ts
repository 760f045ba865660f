import { once } from 'node:events';
import { createZstdDecompress } from 'node:zlib';

/**
 * Decompresses zstd with any number of frames, as `zstd` and `pzstd` write and `cat` joins them.
 * node:zlib alone stops, without a word, where the first frame ends inside a chunk.
 */
export async function* decompressZstd(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const input = source[Symbol.asyncIterator]();
  let rest: Uint8Array | undefined = await nextChunk(input);
  try {
    while (rest) {
      const decoder = createZstdDecompress();
      const closed = once(decoder, 'close');
      let failure: unknown;
      // Leaves in `rest` what follows the frame, or undefined at the end of the input.
      const feeding = (async () => {
        let given = 0;
        while (rest && !decoder.readableEnded) {
          const chunk: Uint8Array = rest;
          given += chunk.length;
          const written = new Promise<void>((resolve) => decoder.write(chunk, () => resolve()));
          await Promise.race([written, closed]);
          const unread = given - decoder.bytesWritten;
          if (unread > 0) {
            rest = chunk.subarray(chunk.length - unread);
            return;
          }
          rest = await nextChunk(input);
        }
        decoder.end();
      })().catch((error) => {
        failure = error;
        decoder.destroy();
      });
      for await (const chunk of decoder) yield chunk;
      await feeding;
      if (failure) throw failure;
    }
  } finally {
    await input.return?.();
  }
}

async function nextChunk(input: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const result = await input.next();
  return result.done ? undefined : result.value;
}
