import { DuckDBInstance } from '@duckdb/node-api';
import type { Query, ResultPage } from '../lib/reports/engine.ts';
import {
  copyResult,
  csvOptions,
  readResult,
  type SessionFiles,
  withSessions,
} from './duckdb-connection.ts';

/** Runs report SQL on Parquet files on disk, without a lake; the whole result in memory. */
export async function queryFiles(
  files: SessionFiles | readonly SessionFiles[],
  query: Pick<Query, 'sql' | 'parameters'>,
): Promise<ResultPage> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    return await withSessions(instance, [files].flat(), (connection) =>
      readResult(connection, query.sql, query.parameters),
    );
  } finally {
    instance.closeSync();
  }
}

/** Runs report SQL on Parquet files on disk into a CSV file, every field quoted, lines ended by LF. */
export async function exportCsv(
  files: SessionFiles | readonly SessionFiles[],
  query: Pick<Query, 'sql' | 'parameters'>,
  file: string,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    await withSessions(instance, [files].flat(), (connection) =>
      copyResult(connection, query, file, csvOptions),
    );
  } finally {
    instance.closeSync();
  }
}

/** Runs the SQL of a report across sessions on files of statistics; the whole result in memory. */
export async function queryStats(
  stats: readonly string[],
  query: Pick<Query, 'sql' | 'parameters'>,
): Promise<ResultPage> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    return await withSessions(
      instance,
      [],
      (connection) => readResult(connection, query.sql, query.parameters),
      stats,
    );
  } finally {
    instance.closeSync();
  }
}
