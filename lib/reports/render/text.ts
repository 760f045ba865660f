import type { SqlValue } from '../engine.ts';
import type { Catalogue, Report } from '../report.ts';
import { renderTable } from './table.ts';

/** Width to which a title is wrapped. */
const TITLE_WIDTH = 80;

/** One table of a report. */
export interface TableSection {
  title: string;
  columns: readonly string[];
  rows: readonly SqlValue[][];
}

/**
 * A report as stracepy prints it: two empty lines, title, table, empty line; nothing without rows.
 * Rows with a column `section` are printed as the reports which that column names, one by one.
 */
export function renderText(
  catalogue: Catalogue,
  report: Report,
  columns: readonly string[],
  rows: readonly SqlValue[][],
): string {
  return sectionsOf(catalogue, report, columns, rows).map(renderSection).join('');
}

/** The tables of a report: one, or one for each report that its column `section` names. */
export function sectionsOf(
  catalogue: Catalogue,
  report: Report,
  columns: readonly string[],
  rows: readonly SqlValue[][],
): TableSection[] {
  const section = columns.indexOf('section');
  if (section < 0) return [{ title: report.title, columns, rows }];
  const names = [...new Set(rows.map((row) => String(row[section])))];
  return names.map((name) => {
    const part = catalogue.get(name);
    const partColumns = part?.columns.map((column) => column.name) ?? columns;
    const shown = partColumns.filter((column) => columns.includes(column));
    const own = rows.filter((row) => row[section] === name);
    const picked = own.map((row) => shown.map((column) => row[columns.indexOf(column)]));
    return { title: part?.title ?? name, columns: shown, rows: picked };
  });
}

function renderSection({ title, columns, rows }: TableSection): string {
  if (rows.length === 0) return '';
  return `\n\n${wrapTitle(title)}:\n\n${renderTable(columns, rows)}\n\n`;
}

function wrapTitle(title: string): string {
  const lines = title.match(new RegExp(`.{1,${TITLE_WIDTH}}(?:\\s+|$)`, 'g')) ?? [title];
  return lines.map((line) => line.trim()).join('\n');
}
