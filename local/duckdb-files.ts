import { DuckDBInstance } from '@duckdb/node-api';
import type { Query, ResultPage } from '../lib/reports/engine.ts';
import {
  copyResult,
  csvOptions,
  readResult,
  type SessionFiles,
  withSession,
} from './duckdb-connection.ts';

/** Runs report SQL on Parquet files on disk, without a lake; the whole result in memory. */
export async function queryFiles(
  files: SessionFiles,
  query: Pick<Query, 'sql' | 'parameters'>,
): Promise<ResultPage> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    return await withSession(instance, files, (connection) =>
      readResult(connection, query.sql, query.parameters),
    );
  } finally {
    instance.closeSync();
  }
}

/** Runs report SQL on Parquet files on disk into a CSV file, every field quoted, lines ended by LF. */
export async function exportCsv(
  files: SessionFiles,
  query: Pick<Query, 'sql' | 'parameters'>,
  file: string,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    await withSession(instance, files, (connection) =>
      copyResult(connection, query, file, csvOptions),
    );
  } finally {
    instance.closeSync();
  }
}
