import { jsonLine } from './json-text.ts';

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/**
 * Rows as lines for cut, sort and awk: fields between tabs, no header, NULL as `\N`; tabs, line ends and
 * backslashes in fields as `\t`, `\n`, `\r`, `\\`.
 */
export function renderTabLines(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => `${row.map(printField).join('\t')}\n`).join('');
}

function printField(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  const text = typeof value === 'object' ? jsonLine(value).trimEnd() : String(value);
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character]);
}
