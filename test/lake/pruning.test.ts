import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ParquetQueryFilter, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallBatch, callSchema } from '../../lib/lake/call-batch.ts';
import { ParquetFileWriter } from '../../lib/lake/parquet/file-writer.ts';
import { encodeRowGroup } from '../../lib/lake/parquet/row-group.ts';
import { LineReader } from '../../lib/strace/line-reader.ts';
import { LogParser } from '../../lib/strace/log-parser.ts';
import { TEST_DAY } from '../strace/parsed-log.ts';

/** Row groups of the file, and the only one that is not destroyed. */
const GROUPS = 6;
const KEPT = 2;
const LINES = 400;

/** A file of which a reader can read one row group only: who reads another one fails. */
function makeFile(): Buffer {
  const batch = new CallBatch('s');
  const parser = new LogParser(batch, TEST_DAY);
  const reader = new LineReader((bytes, start, end) => parser.readLine(bytes, start, end));
  const writer = new ParquetFileWriter(callSchema);
  const pieces: Uint8Array[] = [];
  for (let group = 0; group < GROUPS; group++) {
    reader.push(Buffer.from(makeLog(group)));
    const encoded = encodeRowGroup(batch.encode(), batch.rows, (bytes) => zstdCompressSync(bytes));
    for (const bytes of encoded.bytes) if (group !== KEPT) bytes.fill(0xff);
    pieces.push(...writer.addRowGroup(encoded));
    batch.clear();
  }
  pieces.push(...writer.finish());
  return Buffer.concat(pieces);
}

/** Calls of process 100 + `group`, which runs a program of its own and opens a file of its own. */
function makeLog(group: number): string {
  const pid = 100 + group;
  const seconds = 1_795_392_000 + group * 100;
  const line = (i: number, event: string) =>
    `${pid} ${seconds + Math.floor(i / 10)}.${i % 10}00000 ${event} <0.000${group}01>\n`;
  const calls = Array.from({ length: LINES - 2 }, (_, i) =>
    line(i + 2, `read(3</data/${group}>, "x", 1) = ${group * 1000 + i}`),
  );
  return [
    line(0, `execve("/bin/tool-${group}", ["a"], 0x1) = 0`),
    line(1, `openat(AT_FDCWD</>, "/data/${group}", O_RDONLY) = 3</data/${group}>`),
    ...calls,
  ].join('');
}

const time = (1_795_392_000n + BigInt(KEPT) * 100n) * 1_000_000_000n + 500_000_000n;
const seq = KEPT * LINES + 6;
/** What is asked for, and how many rows have it: columns whose values lie together in a log. */
const questions: [name: string, value: bigint | number | string, rows: number][] = [
  ['seq', BigInt(seq), 1],
  ['time_ns', time, 1],
  ['pid', 100 + KEPT, LINES],
  ['executable', `/bin/tool-${KEPT}`, LINES],
];

let folder: string;
let path: string;
let instance: DuckDBInstance;
const bytes = makeFile();

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

  it.each(questions)('is read by DuckDB when asked for one %s', async (name, value, rows) => {
    const literal = typeof value === 'string' ? `'${value}'` : value;
    expect(await askDuckDb(`${name} = ${literal}`)).toBe(rows);
  });

  it.each(questions)('is read by hyparquet when asked for one %s', async (name, value, rows) => {
    expect(await askHyparquet({ [name]: { $eq: value } })).toBe(rows);
  });

  it('is read when asked for a time', async () => {
    expect(await askDuckDb(`time_ns BETWEEN ${time} AND ${time + 500_000_000n}`)).toBe(6);
  });

  it('cannot be read as a whole', async () => {
    await expect(askDuckDb('args IS NOT NULL')).rejects.toThrow();
    await expect(askHyparquet(undefined)).rejects.toThrow();
  });
});
