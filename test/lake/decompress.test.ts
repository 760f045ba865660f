import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decompress, defaultLimits, detectCompression } from '../../lib/lake/decompress.ts';
import { LogRefusedError } from '../../lib/lake/errors.ts';

// Decompresses a lot, which takes long on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const line = (i: number) =>
  `12${i} 10:00:0${i % 10}.000001 read(3, "${'x'.repeat(i % 50)}", 4) = 4\n`;
const log = Buffer.from(Array.from({ length: 2000 }, (_, i) => line(i)).join(''));

const zeros = Buffer.alloc(4_000_000);

/** What `bzip2 -c` or `xz -c` made of the log and of the zeros above. */
function fixture(name: string): Buffer {
  return readFileSync(new URL(`compressed/${name}`, import.meta.url));
}

const compressed = [
  ['gzip', gzipSync(log)],
  ['zstd', zstdCompressSync(log)],
  ['bzip2', fixture('log.bz2')],
  ['xz', fixture('log.xz')],
] as const;

const bombs = [
  ['gzip', gzipSync(zeros)],
  ['zstd', zstdCompressSync(zeros)],
  ['bzip2', fixture('zeros.bz2')],
  ['xz', fixture('zeros.xz')],
] as const;

/** As PowerShell writes what it is told to redirect. */
function utf16(text: Buffer): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}

async function read(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function inPieces(bytes: Buffer, size: number): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return Readable.from(pieces);
}

describe('decompress', () => {
  it('passes plain bytes through, an empty log too', async () => {
    expect(await read(decompress(inPieces(log, 1000)))).toEqual(log);
    expect(await read(decompress(inPieces(Buffer.alloc(0), 1)))).toEqual(Buffer.alloc(0));
  });

  it.each([
    ['utf-16le', utf16(log)],
    ['utf-16be', Buffer.from(utf16(log)).swap16()],
    ['utf-16le in gzip', gzipSync(utf16(log))],
  ])('makes UTF-8 of %s, in pieces of any size', async (_encoding, bytes) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (size) => {
        expect((await read(decompress(inPieces(bytes, size)))).equals(log)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it.each(compressed)('reads %s by its content, in pieces of any size', async (format, bytes) => {
    expect(detectCompression(bytes)).toBe(format);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (size) => {
        expect((await read(decompress(inPieces(bytes, size)))).equals(log)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it.each(compressed)('reads concatenated %s members in pieces of any size', async (_, bytes) => {
    const twice = Buffer.concat([bytes, bytes]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: twice.length }), async (size) => {
        const output = await read(decompress(inPieces(twice, size)));
        expect(output.equals(Buffer.concat([log, log]))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('reads zstd that begins with a skippable frame', async () => {
    const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);
    const bytes = Buffer.concat([skippable, zstdCompressSync(log), skippable]);
    expect((await read(decompress(inPieces(bytes, 7)))).equals(log)).toBe(true);
  });

  it.each(compressed)('refuses %s that is cut off', async (_, bytes) => {
    const cut = bytes.subarray(0, bytes.length - 5);
    const reading = read(decompress(inPieces(cut, 100)));
    await expect(reading).rejects.toThrow(LogRefusedError);
    await expect(reading).rejects.toMatchObject({ title: 'damaged compression' });
  });

  it.each(compressed)('refuses %s that is damaged', async (_, bytes) => {
    const damaged = Buffer.from(bytes);
    const middle = Math.floor(bytes.length / 2);
    damaged.fill(0xaa, middle, middle + 40);
    await expect(read(decompress(inPieces(damaged, 100)))).rejects.toThrow(LogRefusedError);
  });

  it.each(bombs)('stops a %s bomb at the limits', async (_, bomb) => {
    const byRatio = { ...defaultLimits, maxRatio: 100, ratioFromBytes: 1_000_000 };
    await expect(read(decompress(inPieces(bomb, 64), byRatio))).rejects.toMatchObject({
      title: 'log too large when decompressed',
    });
    const bySize = { ...defaultLimits, maxBytes: 3_000_000 };
    await expect(read(decompress(inPieces(bomb, 64), bySize))).rejects.toThrow(
      'larger than 3000000',
    );
  });

  it('lets the failure of the source pass as it is', async () => {
    const lost = new Error('connection lost');
    async function* breaking() {
      yield gzipSync(log).subarray(0, 300);
      throw lost;
    }
    await expect(read(decompress(breaking()))).rejects.toBe(lost);
  });

  it('names formats it does not read', async () => {
    const zip = Buffer.from('PK\x03\x04 and so on');
    await expect(read(decompress(inPieces(zip, 3)))).rejects.toThrow('zip archive');
    const lz4 = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x64, 0x40]);
    await expect(read(decompress(inPieces(lz4, 100)))).rejects.toThrow('compressed with lz4');
  });

  it('releases the source when its reader stops', async () => {
    for (const [, bytes] of compressed) {
      const source = inPieces(Buffer.concat([bytes, bytes]), 50);
      for await (const _ of decompress(source)) break;
      expect(source.destroyed).toBe(true);
    }
  });
});
