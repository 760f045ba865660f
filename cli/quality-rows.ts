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

/** What strace's own table counts otherwise. */
function differencesOf({ strace_table: table }: SessionManifest): SqlValue[][] {
  if (!table) return [];
  if (table.differences.length === 0)
    return [['table', null, "The counts agree with strace's own table in the log."]];
  return table.differences.map(({ syscall, column, strace, parsed }) => [
    'table',
    null,
    `strace counted ${strace} ${column} of ${syscall}, the log has ${parsed}.`,
  ]);
}

function redactionsOf({ redacted }: SessionManifest): SqlValue[][] {
  return Object.entries(redacted ?? {}).map(([rule, count]) => [
    'redacted',
    null,
    `Secrets taken out as ${rule}: ${count}.`,
  ]);
}
