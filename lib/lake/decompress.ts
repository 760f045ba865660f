import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import xzDecompress from 'xz-decompress';
import { decompressBzip2 } from './bzip2.ts';
import { LogRefusedError } from './errors.ts';
import { MeteredInput } from './metered-input.ts';
import { decodeUtf16 } from './utf16.ts';
import { decompressZstd } from './zstd.ts';

/** Compression of a log, as its first bytes tell. */
export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** How much a compressed log may grow. */
export interface DecompressLimits {
  /** Bytes after decompression. */
  maxBytes: number;
  /** Bytes out for each byte in; looked at only past `ratioFromBytes` bytes out. */
  maxRatio: number;
  ratioFromBytes: number;
}

/** Limits no real log meets: 256 GiB; 400 to 1, once 4 GiB are out. */
export const defaultLimits: DecompressLimits = {
  maxBytes: 256 * 2 ** 30,
  maxRatio: 400,
  ratioFromBytes: 4 * 2 ** 30,
};

const HEAD_BYTES = 512;

const magics: readonly { format: Compression; bytes: readonly number[] }[] = [
  { format: 'gzip', bytes: [0x1f, 0x8b] },
  { format: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: 'bzip2', bytes: [0x42, 0x5a, 0x68] },
  { format: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
];

const foreignMagics: readonly { name: string; bytes: readonly number[] }[] = [
  { name: 'a zip archive', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'a 7-Zip archive', bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { name: 'a RAR archive', bytes: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07] },
  { name: 'compressed with lz4', bytes: [0x04, 0x22, 0x4d, 0x18] },
  { name: 'compressed with lzma', bytes: [0x5d, 0x00, 0x00] },
  { name: 'compressed with lzip', bytes: [0x4c, 0x5a, 0x49, 0x50] },
  { name: 'compressed with compress (.Z)', bytes: [0x1f, 0x9d] },
];

/** Compression of a log by its first bytes; throws LogRefusedError for a format that is not read. */
export function detectCompression(head: Uint8Array): Compression {
  const foreign = foreignMagics.find((magic) => startsWith(head, magic.bytes, 0));
  if (foreign) {
    throw new LogRefusedError(
      'unsupported format',
      `The file is ${foreign.name}. Upload the log as text, or compressed with gzip, zstd, bzip2 or xz.`,
    );
  }
  if (isSkippableFrame(head)) return 'zstd';
  return magics.find((magic) => startsWith(head, magic.bytes, 0))?.format ?? 'none';
}

/**
 * Bytes of a log, decompressed as its content (not its name) demands and from UTF-16 made UTF-8, in constant
 * memory. Throws LogRefusedError for damaged data and for what outgrows the limits; errors of the source pass through.
 */
export function decompress(
  source: AsyncIterable<Uint8Array>,
  limits: DecompressLimits = defaultLimits,
): AsyncGenerator<Uint8Array> {
  return decodeUtf16(decompressBytes(source, limits));
}

async function* decompressBytes(
  source: AsyncIterable<Uint8Array>,
  limits: DecompressLimits,
): AsyncGenerator<Uint8Array> {
  const input = new MeteredInput(source);
  const format = detectCompression((await input.peek(HEAD_BYTES)).subarray(0, HEAD_BYTES));
  if (format === 'none') {
    yield* input.read();
    return;
  }
  let written = 0;
  try {
    for await (const chunk of decoders[format](input.read())) {
      written += chunk.length;
      checkLimits(input.bytes, written, limits);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof LogRefusedError || error === input.failure) throw error;
    throw new LogRefusedError(
      'damaged compression',
      `The ${format} data is cut off or damaged after ${written} bytes of log (${textOf(error)}). ` +
        'Compress the log again and upload it under the same name.',
      { cause: error },
    );
  }
}

type Decoder = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

const decoders: Record<Exclude<Compression, 'none'>, Decoder> = {
  gzip: decompressGzip,
  zstd: decompressZstd,
  bzip2: decompressBzip2,
  xz: (source) => new xzDecompress.XzReadableStream(ReadableStream.from(source)),
};

function decompressGzip(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const input = Readable.from(source);
  const gunzip = createGunzip();
  input.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => input.destroy());
  return input.pipe(gunzip);
}

function checkLimits(read: number, written: number, limits: DecompressLimits): void {
  const isTooLarge = written > limits.maxBytes;
  const isBomb = written > limits.ratioFromBytes && written > read * limits.maxRatio;
  if (!isTooLarge && !isBomb) return;
  const reason = isTooLarge
    ? `it is larger than ${limits.maxBytes} bytes`
    : `it grows more than ${limits.maxRatio} times`;
  throw new LogRefusedError(
    'log too large when decompressed',
    `Decompression was stopped after ${written} bytes: ${reason}. ` +
      'If it is a real log, decompress it first, or record less (strace -e trace=...).',
  );
}

/** What pzstd puts before each frame. */
function isSkippableFrame(head: Uint8Array): boolean {
  return (head[0] & 0xf0) === 0x50 && startsWith(head, [0x2a, 0x4d, 0x18], 1);
}

function startsWith(head: Uint8Array, bytes: readonly number[], offset: number): boolean {
  return (
    head.length >= offset + bytes.length && bytes.every((byte, i) => head[offset + i] === byte)
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
