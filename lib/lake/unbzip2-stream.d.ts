declare module 'unbzip2-stream/lib/bit_iterator.js' {
  /** Reads `count` bits; null skips to the next whole byte. Throws what the source throws. */
  export interface BitReader {
    (count: number | null): number;
    bytesRead: number;
  }
  export default function bitIterator(next: () => Uint8Array): BitReader;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  import type { BitReader } from 'unbzip2-stream/lib/bit_iterator.js';

  interface Bzip2 {
    /** Reads a stream header; returns the block size in units of 100 kB. */
    header(bits: BitReader): number;
    /** Decompresses one block; returns the checksum so far, or null at the end of a stream. */
    decompress(
      bits: BitReader,
      put: (byte: number) => void,
      work: Int32Array,
      workSize: number,
      checksum: number,
    ): number | null;
  }
  const bzip2: Bzip2;
  export default bzip2;
}
