import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { logNames, readTestLog } from '../recorded-logs.ts';

/** Every recorded log, so that the footer is no large part of the file. */
const log = Buffer.concat(logNames.map(readTestLog));

it('is not larger than what DuckDB writes of the same rows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stracelake-'));
  const own = join(folder, 'own.parquet');
  const theirs = join(folder, 'theirs.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await writeFile(own, await convert());
    await connection.run(
      `COPY (SELECT * FROM '${own}' ORDER BY seq) TO '${theirs}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    expect((await stat(own)).size).toBeLessThanOrEqual((await stat(theirs)).size);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
});

async function convert(): Promise<Buffer> {
  const parts = convertLog(
    (async function* () {
      yield log;
    })(),
    { session: 's', storedAt: new Date(0) },
  );
  const first = await parts.next();
  if (first.done) throw new Error('no Parquet file');
  return buffer(first.value.body);
}
