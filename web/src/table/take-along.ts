import type { Row } from '../api/catalogue.ts';
import { plainCell } from './cell-text.ts';

type Named = readonly { name: string }[];

/** Rows as text with tabs between the columns, as spreadsheets take it. */
export function tabText(columns: Named, rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    columns.map(({ name }) => plainCell(row[name]).replaceAll(/[\t\n]/g, ' ')).join('\t'),
  );
  return [columns.map(({ name }) => name).join('\t'), ...lines].join('\n');
}

/** Rows as CSV (RFC 4180). */
export function csvText(columns: Named, rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map(({ name }) => quote(plainCell(row[name]))).join(','));
  return [columns.map(({ name }) => quote(name)).join(','), ...lines, ''].join('\r\n');
}

/** Hands a file to the browser, which keeps it where downloads go. */
export function saveFile(parts: readonly string[], name: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
