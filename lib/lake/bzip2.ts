import bitIterator, { type BitReader } from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';

const BLOCK_UNIT = 100_000;
const CHUNK_BYTES = 1024 * 1024;
// Blocks are decompressed synchronously, so that all streams can share one work area.
let work: Int32Array | undefined;

/**
 * Decompresses bzip2, concatenated streams too, holding one block (0.9 MB, in a bomb 46 MB).
 * The package's own stream wrapper cannot stop in the middle of a bomb, hence this one on its decoder.
 */
export async function* decompressBzip2(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const queue: Uint8Array[] = [];
  let received = 0;
  let blockSize = 0;
  let checksum = 0;
  const output = new ByteCollector();
  let bits: BitReader | undefined;

  const step = (): Uint8Array[] => {
    bits ??= bitIterator(() => {
      const next = queue.shift();
      if (!next) throw new Error('bzip2 data ends too early');
      return next;
    });
    if (blockSize === 0) {
      blockSize = bzip2.header(bits);
      checksum = 0;
      return [];
    }
    work ??= new Int32Array(9 * BLOCK_UNIT);
    const sum = bzip2.decompress(bits, output.put, work, blockSize * BLOCK_UNIT, checksum);
    if (sum === null) blockSize = 0;
    else checksum = sum;
    return output.take();
  };
  // A compressed block is never larger than this, so that a step never runs out of input.
  const needed = () => (blockSize === 0 ? 4 : 25_000 + blockSize * BLOCK_UNIT);

  for await (const chunk of source) {
    queue.push(chunk);
    received += chunk.length;
    while (received - (bits?.bytesRead ?? 0) > needed()) {
      yield* step();
    }
  }
  while (received > (bits?.bytesRead ?? 0)) {
    yield* step();
  }
  if (blockSize !== 0) throw new Error('bzip2 data ends too early');
}

class ByteCollector {
  #chunks: Uint8Array[] = [];
  #bytes = new Uint8Array(CHUNK_BYTES);
  #length = 0;

  readonly put = (byte: number): void => {
    if (this.#length === CHUNK_BYTES) this.#close();
    this.#bytes[this.#length++] = byte;
  };

  take(): Uint8Array[] {
    this.#close();
    const taken = this.#chunks;
    this.#chunks = [];
    return taken;
  }

  #close(): void {
    if (this.#length > 0) this.#chunks.push(this.#bytes.subarray(0, this.#length));
    this.#bytes = new Uint8Array(CHUNK_BYTES);
    this.#length = 0;
  }
}
