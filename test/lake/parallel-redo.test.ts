import { expect, test, vi } from 'vitest';
import { ChunkParser } from '../../lib/lake/chunk-parser.ts';
import { ChunkPool } from '../../lib/lake/chunk-pool.ts';
import { chunkLog } from '../../lib/lake/log-chunks.ts';
import { parseInParallel } from '../../lib/lake/parallel-parse.ts';
import { ParserState } from '../../lib/strace/parser-state.ts';
import { TEST_DAY } from '../strace/parsed-log.ts';

const lines = Array.from({ length: 900 }, (_, i) => {
  const pid = 100 + (i % 7);
  return i % 3 === 0
    ? `${pid} 12:00:0${i % 10} chdir("/folder${i}") = 0\n`
    : `${pid} 12:00:0${i % 10} openat(AT_FDCWD, "file${i}", O_RDONLY) = 3\n`;
});

test('chunks parsed from a state that proves wrong are parsed again', async () => {
  const chunks = () =>
    chunkLog(
      (async function* () {
        yield Buffer.from(lines.join(''));
      })(),
      { size: 4096 },
    );
  const inTurn = [];
  const state = new ParserState(TEST_DAY);
  const parser = new ChunkParser('s');
  for await (const chunk of chunks()) inTurn.push(structuredClone(parser.parse(chunk, state)));

  // a skim that sees nothing: the state it tells is wrong for every chunk
  vi.spyOn(parser, 'skim').mockImplementation(() => {});
  const pool = new ChunkPool(1, { session: 's', base: TEST_DAY });
  const options = { base: TEST_DAY, pool };
  const parallel = await Array.fromAsync(
    parseInParallel(chunks(), options, new ParserState(TEST_DAY), parser),
  );
  await pool.close();

  expect(inTurn.length).toBeGreaterThan(5);
  expect(structuredClone(parallel)).toEqual(inTurn);
});
