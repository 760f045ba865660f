import type { SqlValue } from '../engine.ts';

/**
 * How CSV is written: `minimal` is RFC 4180 with CRLF; `exact` the same with an empty text as `""`, to
 * tell it from NULL; `all` quotes every field and ends lines with LF.
 */
export type CsvStyle = 'minimal' | 'exact' | 'all';

/** Rows as CSV with a header line; NULL is an empty field, a list is written as JSON. */
export function renderCsv(
  columns: readonly string[],
  rows: readonly SqlValue[][],
  style: CsvStyle,
): string {
  const end = style === 'all' ? '\n' : '\r\n';
  const lines = [columns, ...rows].map((row) => row.map((value) => quote(value, style)));
  return lines.map((fields) => fields.join(',') + end).join('');
}

function quote(value: SqlValue, style: CsvStyle): string {
  const field = printField(value);
  if (style === 'all' || (style === 'exact' && value === '')) return quoteField(field);
  return quoteWhereNeeded(field);
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
