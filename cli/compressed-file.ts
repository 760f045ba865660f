import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { writeWhole } from './whole-file.ts';

/** Compresses a file as the name of the other says: `.zst`, else gzip. */
export async function compressFile(from: string, to: string): Promise<void> {
  const encoder = to.endsWith('.zst') ? createZstdCompress() : createGzip();
  await writeWhole(to, (file) =>
    pipeline(createReadStream(from), encoder, createWriteStream(file)),
  );
}
