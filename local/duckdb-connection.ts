import {
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Query, ResultPage, SqlValue } from '../lib/reports/engine.ts';
import { prepareStatements } from './duckdb-dialect.ts';

/** Files on disk that a query reads, all of one session. */
export interface SessionFiles {
  session: string;
  files: readonly string[];
}

/**
 * Opens a connection that sees these files and no others as `calls`, and those of `stats` as
 * `call_stats`, uses it, and closes it; with the SQL that is to run, it has only the views which that names.
 */
export async function withSessions<T>(
  instance: DuckDBInstance,
  sessions: readonly SessionFiles[],
  use: (connection: DuckDBConnection) => Promise<T>,
  stats: readonly string[] = [],
  query?: string,
): Promise<T> {
  const connection = await instance.connect();
  try {
    await connection.run(prepareStatements(sessions, stats, query));
    return await use(connection);
  } finally {
    connection.closeSync();
  }
}

/** Writes the result of a query to a file; `options` are those of DuckDB's COPY. */
export async function copyResult(
  connection: DuckDBConnection,
  query: Pick<Query, 'sql' | 'parameters'>,
  file: string,
  options: string,
): Promise<void> {
  const target = file.replaceAll("'", "''");
  const statement = await connection.prepare(`COPY (${query.sql}\n) TO '${target}' (${options})`);
  try {
    statement.bind(query.parameters.map(bindable));
    await statement.run();
  } finally {
    statement.destroySync();
  }
}

/** Runs a query to its end; rows and columns as an engine gives them. */
export async function readResult(
  connection: DuckDBConnection,
  sql: string,
  parameters: Query['parameters'] = [],
): Promise<ResultPage> {
  const reader = await connection.runAndReadAll(sql, parameters.map(bindable));
  const types = reader.columnTypes();
  return {
    columns: reader.columnNames().map((name, i) => ({ name, type: typeName(types[i]!) })),
    rows: reader.getRowsJS().map((row) => row.map((value) => sqlValue(value))),
  };
}

/** COPY options of a CSV like the one pandas writes with QUOTE_ALL. */
export const csvOptions = 'FORMAT csv, HEADER, FORCE_QUOTE *';

function bindable(value: string | number | bigint): DuckDBValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function sqlValue(value: unknown): SqlValue {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(String);
  return value as SqlValue;
}

const typeNames = new Map([
  [DuckDBTypeId.INTEGER, 'integer'],
  [DuckDBTypeId.LIST, 'array'],
]);

function typeName(type: DuckDBType): string {
  return typeNames.get(type.typeId) ?? String(type).toLowerCase();
}
