import type { SessionManifest } from '../lib/lake/manifest.ts';
import type { SqlValue } from '../lib/reports/engine.ts';

/** Columns of the rows that tell how a log was read. */
export const qualityHeaders = ['topic', 'lines', 'says'] as const;

/** How a log was read, in plain words: no rows when that is not known, as of a Parquet file. */
export function qualityRows(manifest: SessionManifest): SqlValue[][] {
  const { lines, lines_by_kind: kinds = {}, unparsed = [], missing = [] } = manifest;
  if (lines === undefined) return [];
  const lost = unparsed.reduce((sum, { count }) => sum + count, 0);
  const of = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
  return [
    [
      'read',
      lines,
      lost === 0 ? 'All lines were understood.' : `Lines that were not understood: ${lost}.`,
    ],
    ['kinds', lines, `${of.join(', ')}.`],
    ...unparsed.map(({ reason, count, samples: [sample] }) => [
      'unparsed',
      count,
      sample ? `${reason}, such as line ${sample.line}: ${sample.text}` : reason,
    ]),
    ...missing.map((text) => ['missing', null, text]),
    ...differencesOf(manifest),
    ...redactionsOf(manifest),
  ];
}

/** What strace's own table counts otherwise; of a log that is nothing else, what it counts. */
function differencesOf({ strace_table: table, calls }: SessionManifest): SqlValue[][] {
  if (!table) return [];
  if (calls === 0) return [['table', null, totalsOf(table.rows)]];
  if (table.differences.length === 0)
    return [['table', null, "The counts agree with strace's own table in the log."]];
  return table.differences.map(({ syscall, column, strace, parsed }) => [
    'table',
    null,
    `strace counted ${strace} ${column} of ${syscall}, the log has ${parsed}.`,
  ]);
}

function totalsOf(rows: NonNullable<SessionManifest['strace_table']>['rows']): string {
  const sum = (column: 'calls' | 'errors') =>
    rows.reduce((total, row) => total + (row[column] ?? 0), 0);
  return `The log is a table of totals (${sum('calls')} calls, ${sum('errors')} errors) without the calls themselves: record with -C in place of -c.`;
}

function redactionsOf({ redacted }: SessionManifest): SqlValue[][] {
  return Object.entries(redacted ?? {}).map(([rule, count]) => [
    'redacted',
    null,
    `Secrets taken out as ${rule}: ${count}.`,
  ]);
}
