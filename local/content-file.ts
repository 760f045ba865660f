import { createHash } from 'node:crypto';
import { createWriteStream, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StoredContent } from '@20minutes/s3rver/lib/stores/filesystem.js';
import { decodeAwsChunked } from './aws-chunked.ts';

/** Writes the body of an upload to a file; `file` names the state that the file is left in. */
export async function writeContent(
  path: string,
  content: Readable | Buffer | null,
): Promise<StoredContent & { file: string }> {
  const hash = createHash('md5');
  let size = 0;
  await pipeline(
    bytesOf(content),
    async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  const handle = await open(path);
  try {
    return { size, md5: hash.digest('hex'), file: nameState(await handle.stat()) };
  } finally {
    await handle.close();
  }
}

function bytesOf(content: Readable | Buffer | null): AsyncIterable<Uint8Array> | Readable {
  if (content === null || Buffer.isBuffer(content))
    return Readable.from([content ?? Buffer.alloc(0)]);
  // S3rver decodes one way of chunking itself; of the others it hands over the request as it is.
  const { headers } = content as Readable & { headers?: Record<string, string> };
  const isChunked = headers?.['x-amz-content-sha256']?.startsWith('STREAMING-');
  return isChunked ? decodeAwsChunked(content) : content;
}

/** MD5 of an open file. */
export async function hashContent(handle: FileHandle): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false }))
    hash.update(chunk);
  return hash.digest('hex');
}

/** Names a state of a file: another content has another name. */
export function nameState(state: Stats): string {
  return `${state.ino}-${state.size}-${state.mtimeMs}`;
}

/** Turns the failure of a call on a file that does not exist into null. */
export function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
