import { type DuckDBConnection, DuckDBInstance, StatementType } from '@duckdb/node-api';
import { type HiveType, parseHiveType } from '../lib/lake/hive-type.ts';
import { sessionColumns } from '../lib/lake/session-columns.ts';
import { loadViews } from '../lib/reports/catalogue.ts';
import { prepareStatements, textLiteral } from './duckdb-dialect.ts';
import { SqlRefusedError } from './errors.ts';
import { printCell, readCell } from './sql-cells.ts';
import { checkSql } from './sql-check.ts';
import type { Cell, SqlJob, SqlResult } from './sql-job.ts';

/** Tables an ad hoc query may name. */
const sqlTables: readonly string[] = [
  'calls',
  'calls_all',
  'call_stats',
  'sessions',
  ...loadViews().map(({ name }) => name),
];

const THREADS = 2;

/**
 * A connection that sees the files of these sessions as tables, and nothing else of the machine: no
 * other file, no network, no extension, no setting that could be changed back.
 */
export async function openSandbox(job: SqlJob): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${job.engineMb}MB`,
    threads: String(THREADS),
    temp_directory: job.folder,
    max_temp_directory_size: '2GB',
    home_directory: job.folder,
    extension_directory: job.folder,
    secret_directory: job.folder,
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    allow_persistent_secrets: 'false',
  });
  const connection = await instance.connect();
  await connection.run(prepareStatements(job.sessions, job.stats));
  await connection.run('CREATE TEMP VIEW calls_all AS SELECT * FROM calls');
  await connection.run(`CREATE TEMP TABLE sessions AS ${selectManifests(job.manifests)}`);
  const calls = job.sessions.flatMap((session) => session.files);
  const files = [...calls, ...(job.stats ?? [])].map(textLiteral);
  await connection.run(`SET allowed_paths = [${files.join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return connection;
}

/** Checks and runs a query; throws SqlRefusedError, or the engine's error. */
export async function runSql(connection: DuckDBConnection, job: SqlJob): Promise<SqlResult> {
  await checkSql(connection, job.sql, sqlTables);
  return await readRows(connection, job);
}

/** Runs a query that need not have been checked: what the engine itself lets through. */
export async function readRows(connection: DuckDBConnection, job: SqlJob): Promise<SqlResult> {
  const statement = await connection.prepare(job.sql);
  if (statement.statementType !== StatementType.SELECT)
    throw new SqlRefusedError('Only reading is possible here: send one SELECT.');
  const result = await statement.stream();
  const columns = result.deduplicatedColumnNames().map((name, i) => ({
    name,
    type: String(result.columnType(i)).toLowerCase(),
  }));
  const rows: Cell[][] = [];
  let bytes = 0;
  for await (const chunk of result.yieldRows()) {
    for (const values of chunk) {
      if (rows.length === job.maxRows) return { columns, rows, isCut: true };
      const row = values.map(readCell);
      bytes += printCell(row).length;
      if (bytes > job.maxBytes && rows.length > 0) return { columns, rows, isCut: true };
      if (bytes > job.maxBytes)
        throw new SqlRefusedError(
          `One row has more than ${job.maxBytes} bytes; ask for less of it.`,
        );
      rows.push(row);
    }
  }
  return { columns, rows, isCut: false };
}

function selectManifests(files: readonly string[]): string {
  const columns = Object.entries(sessionColumns).map(([name, type]) => ({
    name,
    type: duckDbType(parseHiveType(type)),
  }));
  if (files.length === 0) {
    const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS "${name}"`);
    return `SELECT ${nulls.join(', ')} WHERE false`;
  }
  const types = columns.map(({ name, type }) => `"${name}": ${textLiteral(type)}`);
  return `SELECT * FROM read_json([${files.map(textLiteral).join(', ')}],
    format = 'newline_delimited', columns = {${types.join(', ')}})`;
}

const primitives: Readonly<Record<string, string>> = { string: 'VARCHAR', int: 'INTEGER' };

function duckDbType(type: HiveType): string {
  switch (type.kind) {
    case 'primitive':
      return primitives[type.name] ?? type.name.toUpperCase();
    case 'array':
      return `${duckDbType(type.items)}[]`;
    case 'map':
      return `MAP(${duckDbType(type.keys)}, ${duckDbType(type.values)})`;
    case 'struct':
      return `STRUCT(${type.fields.map(([name, field]) => `"${name}" ${duckDbType(field)}`).join(', ')})`;
  }
}
