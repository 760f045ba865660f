import type { SqlValue } from '../engine.ts';

/** How CSV is written: `minimal` is RFC 4180 with CRLF; `all` quotes every field and ends lines with LF. */
export type CsvStyle = 'minimal' | 'all';

/** Rows as CSV with a header line; NULL is an empty field, a list is written as JSON. */
export function renderCsv(
  columns: readonly string[],
  rows: readonly SqlValue[][],
  style: CsvStyle,
): string {
  const quote = style === 'all' ? quoteField : quoteWhereNeeded;
  const end = style === 'all' ? '\n' : '\r\n';
  const lines = [columns, ...rows].map((row) => row.map((value) => quote(printField(value))));
  return lines.map((fields) => fields.join(',') + end).join('');
}

function printField(value: SqlValue): string {
  if (value === null) return '';
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}

function quoteWhereNeeded(field: string): string {
  return /[",\r\n]/.test(field) ? quoteField(field) : field;
}

function quoteField(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}
