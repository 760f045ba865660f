import { basename } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { SessionManifest } from '../lib/lake/manifest.ts';
import { isSessionId } from '../lib/lake/session-id.ts';
import { readResult } from '../local/duckdb-connection.ts';
import { textLiteral } from '../local/duckdb-dialect.ts';
import { WorkError } from './errors.ts';

const NS_PER_SECOND = 1_000_000_000n;

/** True for the name of a file that `convert` or `export` wrote. */
export function isParquet(name: string): boolean {
  return name.endsWith('.parquet');
}

/** The session that such a file would be, as far as the file tells; throws WorkError when it is another. */
export async function readParquetManifest(path: string): Promise<SessionManifest> {
  const name = basename(path, '.parquet');
  const { first, last, rows } = await readExtent(path);
  return {
    version: 1,
    session: isSessionId(name) ? name : 'log',
    status: 'ready',
    generation: '',
    sources: [],
    labels: {},
    started_at: '',
    finished_at: null,
    date_from: null,
    files: [],
    failure: null,
    rows,
    start_time: first === null ? null : printInstant(first),
    end_time: last === null ? null : printInstant(last),
  };
}

async function readExtent(path: string) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const { rows } = await readResult(
      connection,
      `SELECT min(time_ns), max(time_ns), count(*) FROM read_parquet(${textLiteral(path)})`,
    );
    const [first, last, count] = rows[0] as (number | bigint | null)[];
    return { first, last, rows: Number(count) };
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    throw new WorkError(`no Parquet file of calls (${why}): ${path}`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Nanoseconds since 1970 as ISO 8601 with nine digits. */
function printInstant(instant: number | bigint): string {
  const ns = BigInt(instant);
  const seconds = new Date(Number(ns / NS_PER_SECOND) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % NS_PER_SECOND).padStart(9, '0')}Z`;
}
