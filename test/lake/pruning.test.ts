import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ParquetQueryFilter, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GROUPS, makePrunedFile, questions, wholeTime } from './pruned-file.ts';

let folder: string;
let path: string;
let instance: DuckDBInstance;
const bytes = makePrunedFile();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-'));
  path = join(folder, 'calls.parquet');
  await writeFile(path, bytes);
  instance = await DuckDBInstance.create(':memory:');
});

afterAll(async () => {
  instance.closeSync();
  await rm(folder, { recursive: true });
});

async function askDuckDb(condition: string): Promise<number> {
  const connection = await instance.connect();
  try {
    const sql = `SELECT seq, args, paths FROM read_parquet('${path}') WHERE ${condition}`;
    return (await connection.runAndReadAll(sql)).getRowObjects().length;
  } finally {
    connection.closeSync();
  }
}

async function askHyparquet(filter: ParquetQueryFilter | undefined): Promise<number> {
  const file = new Uint8Array(bytes).buffer;
  const compressors = { ZSTD: (page: Uint8Array) => new Uint8Array(zstdDecompressSync(page)) };
  const columns = ['seq', 'args', 'paths'];
  return (await parquetReadObjects({ file, compressors, columns, filter })).length;
}

describe('a file of which other row groups are destroyed', () => {
  it('has statistics in all of them', () => {
    expect(parquetMetadata(new Uint8Array(bytes).buffer).row_groups).toHaveLength(GROUPS);
  });

  it('says that no page can do without the dictionary, for which Trino looks', () => {
    const { row_groups } = parquetMetadata(new Uint8Array(bytes).buffer);
    const columns = row_groups.flatMap((group) => group.columns.map(({ meta_data }) => meta_data!));
    const paths = columns.filter(({ path_in_schema }) => path_in_schema[0] === 'path');
    expect(paths).toHaveLength(GROUPS);
    for (const { encoding_stats } of paths) {
      expect(encoding_stats).toEqual([
        { page_type: 'DICTIONARY_PAGE', encoding: 'PLAIN', count: 1 },
        { page_type: 'DATA_PAGE', encoding: 'RLE_DICTIONARY', count: 1 },
      ]);
    }
  });

  it.each(questions)('is read by DuckDB when asked for one %s', async (name, value, rows) => {
    const literal = typeof value === 'string' ? `'${value}'` : value;
    expect(await askDuckDb(`${name} = ${literal}`)).toBe(rows);
  });

  it.each(questions)('is read by hyparquet when asked for one %s', async (name, value, rows) => {
    expect(await askHyparquet({ [name]: { $eq: value } })).toBe(rows);
  });

  it('is read when asked for a time', async () => {
    expect(await askDuckDb(`time_ns BETWEEN ${wholeTime} AND ${wholeTime + 500_000_000n}`)).toBe(6);
  });

  it('cannot be read as a whole', async () => {
    await expect(askDuckDb('args IS NOT NULL')).rejects.toThrow();
    await expect(askHyparquet(undefined)).rejects.toThrow();
  });
});
