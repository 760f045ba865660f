import { type Column, callColumns } from '../lib/lake/columns.ts';
import { statsColumns } from '../lib/lake/stats-columns.ts';
import { loadViews } from '../lib/reports/catalogue.ts';
import type { SessionFiles } from './duckdb-connection.ts';

const columnTypes = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  'array<string>': 'VARCHAR[]',
} as const;

/**
 * What makes DuckDB read the Trino SQL of `queries/`: its functions as macros, its integer division.
 * The only place where the two dialects are told apart. xxhash64 gives equal numbers for equal texts, not Trino's.
 */
export const dialect = `
  SET integer_division = true;
  CREATE TEMP MACRO arrays_overlap(a, b) AS list_has_any(a, b);
  CREATE TEMP MACRO array_join(list, separator) AS array_to_string(list, separator);
  CREATE TEMP MACRO array_except(a, b) AS list_filter(a, lambda x: NOT list_contains(b, x));
  CREATE TEMP MACRO element_at(list_or_map, i) AS list_or_map[i];
  CREATE TEMP MACRO slice(list, start, length) AS list_slice(list, start, start + length - 1);
  CREATE TEMP MACRO sequence(first, last) AS generate_series(first, last);
  CREATE TEMP MACRO from_unixtime_nanos(ns) AS
    strftime(make_timestamp_ns(ns), '%Y-%m-%d %H:%M:%S.%n UTC');
  CREATE TEMP MACRO to_utf8(text) AS text;
  CREATE TEMP MACRO xxhash64(bytes) AS hash(bytes);
  CREATE TEMP MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern);
  CREATE TEMP MACRO regexp_replace(text, pattern, replacement) AS
    system.main.regexp_replace(text, pattern, replace(replacement, '$', '\\'), 'g');
`;

const NO_SESSION: SessionFiles = { session: '', files: [] };

/**
 * Statements that give a connection Trino's dialect, the view `calls` over exactly these Parquet
 * files, the rows of each under its session, the views of `queries/views` over that, and the view
 * `call_stats` over these files of statistics. For a known query only those views that it names.
 */
export function prepareStatements(
  sessions: readonly SessionFiles[],
  stats: readonly string[] = [],
  query?: string,
): string {
  // DuckDB plans a view when it is made, which takes longer than many a query on it.
  const words = query === undefined ? undefined : new Set(query.toLowerCase().match(/\w+/g));
  const named = loadViews().filter(({ name }) => words?.has(name) ?? true);
  const views = named.map(({ name, sql }) => `CREATE TEMP VIEW ${name} AS ${sql};`);
  const calls = (sessions.length > 0 ? sessions : [NO_SESSION]).map(selectCalls);
  return `${dialect}
    CREATE TEMP VIEW calls AS ${calls.join(' UNION ALL ')};
    CREATE TEMP VIEW call_stats AS ${selectRows(statsColumns, stats)};
    ${views.join('\n')}`;
}

function selectCalls({ session, files }: SessionFiles): string {
  return `
    SELECT * REPLACE (${textLiteral(session)} AS session)
    FROM (${selectRows(callColumns, files)})`;
}

/** Files of an older version may lack columns: they are NULL, as in Athena. */
function selectRows(columns: readonly Column[], files: readonly string[]): string {
  const typed = columns.map(({ name, type }) => `CAST(NULL AS ${columnTypes[type]}) AS ${name}`);
  const none = `SELECT ${typed.join(', ')} WHERE false`;
  const list = files.map(textLiteral).join(', ');
  const rows = `SELECT * FROM read_parquet([${list}], hive_partitioning = false)`;
  return files.length === 0 ? none : `${none} UNION ALL BY NAME ${rows}`;
}

/** A text as an SQL literal. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
