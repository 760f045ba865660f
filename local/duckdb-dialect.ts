import { callColumns } from '../lib/lake/columns.ts';
import { loadView } from '../lib/reports/catalogue.ts';

const columnTypes = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  'array<string>': 'VARCHAR[]',
} as const;

/**
 * What makes DuckDB read the Trino SQL of `queries/`: its functions as macros, its integer division.
 * The only place where the two dialects are told apart.
 */
export const dialect = `
  SET integer_division = true;
  CREATE TEMP MACRO arrays_overlap(a, b) AS list_has_any(a, b);
  CREATE TEMP MACRO array_join(list, separator) AS array_to_string(list, separator);
  CREATE TEMP MACRO from_unixtime_nanos(ns) AS
    strftime(make_timestamp_ns(ns), '%Y-%m-%d %H:%M:%S.%n UTC');
  CREATE TEMP MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern);
`;

/**
 * Statements that give a connection Trino's dialect, the view `calls` over exactly these Parquet
 * files, all rows of which belong to the session, and the view `strace` over that.
 */
export function prepareStatements(session: string, files: readonly string[]): string {
  return `${dialect}
    CREATE TEMP VIEW calls AS ${selectCalls(session, files)};
    CREATE TEMP VIEW strace AS ${loadView('strace').sql};`;
}

function selectCalls(session: string, files: readonly string[]): string {
  const columns = callColumns.map(({ name, type }) => {
    const value = name === 'session' ? textLiteral(session) : files.length ? name : 'NULL';
    return `CAST(${value} AS ${columnTypes[type]}) AS ${name}`;
  });
  const list = files.map(textLiteral).join(', ');
  const source = files.length
    ? `FROM read_parquet([${list}], hive_partitioning = false)`
    : 'WHERE false';
  return `SELECT ${columns.join(', ')} ${source}`;
}

/** A text as an SQL literal. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
