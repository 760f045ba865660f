import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePrunedFile, pathQuestion, questions } from '../lake/pruned-file.ts';
import { QueriedLake } from './lake.ts';

const TIMEOUT_MS = 600_000;

let lake: QueriedLake;

beforeAll(async () => {
  lake = await QueriedLake.start();
  const manifest = await lake.ingest('logs/pruned.log', Buffer.from('1 close(3) = 0\n'));
  await lake.replaceFile(manifest, makePrunedFile('pruned'));
}, TIMEOUT_MS);

afterAll(async () => {
  await lake?.stop();
});

async function ask(condition: string): Promise<number> {
  const sql = `SELECT seq, args, paths FROM calls WHERE session = 'pruned' AND ${condition}`;
  return (await lake.askTrino(sql)).rows.length;
}

describe('a file of which other row groups are destroyed', () => {
  test.each(questions)('is read by Trino when asked for one %s', async (name, value, rows) => {
    const literal = typeof value === 'string' ? `'${value}'` : value;
    expect(await ask(`${name} = ${literal}`)).toBe(rows);
  });

  test('is read when asked for a path that other dictionaries do not have', async () => {
    expect(await ask(`path = '${pathQuestion.path}'`)).toBe(pathQuestion.rows);
  });

  test('cannot be read as a whole', async () => {
    await expect(ask('args IS NOT NULL')).rejects.toThrow();
  });
});
