import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ChunkParser, type ParsedChunk } from '../../lib/lake/chunk-parser.ts';
import { ChunkPool } from '../../lib/lake/chunk-pool.ts';
import { chunkLog, type LogChunk } from '../../lib/lake/log-chunks.ts';
import { parseInParallel } from '../../lib/lake/parallel-parse.ts';
import { ParserState } from '../../lib/strace/parser-state.ts';
import { TEST_DAY } from '../strace/parsed-log.ts';

const SIZE = 8192;
const LOGS = ['torture_f_ttt_T', 'torture_f', 'torture_stderr', 'torture_inY', 'torture_k'];

function readLog(name: string): Uint8Array {
  return gunzipSync(readFileSync(new URL(`../logs/${name}.log.gz`, import.meta.url)));
}

async function* streamOf(bytes: Uint8Array, piece = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

function chunksOf(bytes: Uint8Array, piece?: number): AsyncGenerator<LogChunk> {
  return chunkLog(streamOf(bytes, piece), { size: SIZE });
}

async function parseInTurn(chunks: AsyncIterable<LogChunk>): Promise<ParsedChunk[]> {
  const state = new ParserState(TEST_DAY);
  const parser = new ChunkParser('s');
  const parsed: ParsedChunk[] = [];
  for await (const chunk of chunks) parsed.push(structuredClone(parser.parse(chunk, state)));
  return parsed;
}

describe('parsing on two threads', () => {
  test.each(LOGS)('gives the chunks of parsing in turn, byte for byte: %s', async (name) => {
    const log = readLog(name);
    const inTurn = await parseInTurn(chunksOf(log));
    const parallel = await parseOnTwoThreads(chunksOf(log));
    expect(inTurn.length).toBeGreaterThan(1);
    expect(structuredClone(parallel)).toEqual(inTurn);
  });

  test('passes on what fails in a worker', async () => {
    // only the worker restores a state from the base
    const nowhere = null as unknown as typeof TEST_DAY;
    await expect(parseOnTwoThreads(chunksOf(readLog('torture_f')), nowhere)).rejects.toThrow(
      /null/,
    );
  });
});

async function parseOnTwoThreads(
  chunks: AsyncIterable<LogChunk>,
  base = TEST_DAY,
): Promise<ParsedChunk[]> {
  const pool = new ChunkPool(1, { session: 's', base });
  try {
    const start = new ParserState(TEST_DAY);
    const parser = new ChunkParser('s');
    return await Array.fromAsync(parseInParallel(chunks, { base, pool }, start, parser));
  } finally {
    await pool.close();
  }
}

describe('chunks', () => {
  test.each([1, 7, 4096, 1 << 20])(
    'do not depend on how the log arrives: %i bytes',
    async (piece) => {
      const log = readLog('torture_k');
      const chunks = await Array.fromAsync(chunksOf(log, piece), ({ bytes }) => bytes.length);
      const whole = await Array.fromAsync(chunksOf(log, log.length), ({ bytes }) => bytes.length);
      expect(chunks).toEqual(whole);
      expect(chunks.reduce((sum, length) => sum + length, 0)).toBe(log.length);
    },
  );

  test('keep stack frames with their call', async () => {
    for await (const { bytes } of chunksOf(readLog('torture_k'))) {
      expect(bytes[0]).not.toBe(0x20);
      expect(bytes.at(-1)).toBe(0x0a);
    }
  });

  test('cut a line that never ends', async () => {
    const log = new Uint8Array(100_000).fill(0x61);
    const lengths = await Array.fromAsync(
      chunkLog(streamOf(log), { size: 1024, maxSize: 30_000 }),
      ({ bytes }) => bytes.length,
    );
    expect(lengths).toEqual([30_000, 30_000, 30_000, 10_000]);
  });
});
