import { once } from 'node:events';
import { renderPage } from '../lib/reports/api/rendering.ts';
import type { ResultColumn, SqlValue } from '../lib/reports/engine.ts';
import type { ReportRows } from './report-rows.ts';

/** How a report is printed. */
export type OutputFormat = 'text' | 'json' | 'csv';

/** Prints a report as one table, one JSON document or one CSV file, however many pages it comes in. */
export async function printReport(rows: ReportRows, format: OutputFormat): Promise<void> {
  for await (const text of format === 'text' ? printWhole(rows) : printPages(rows, format)) {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}

/** A table is as wide as its widest row, so it needs them all. */
async function* printWhole({ pages, ...context }: ReportRows): AsyncGenerator<string> {
  const all: SqlValue[][] = [];
  let columns: ResultColumn[] = [];
  for await (const page of pages) {
    columns = page.columns;
    for (const row of page.rows) all.push(row);
  }
  yield renderPage({ ...context, format: 'text' }, columns, all);
}

/** Joins the pages at the place where a page without rows ends its head. */
async function* printPages(
  { pages, ...context }: ReportRows,
  format: 'json' | 'csv',
): AsyncGenerator<string> {
  const tail = format === 'json' ? ']}\n' : '';
  let isFirst = true;
  let hasRows = false;
  for await (const { columns, rows } of pages) {
    const empty = renderPage({ ...context, format }, columns, []);
    const head = empty.slice(0, empty.length - tail.length);
    if (isFirst) yield head;
    isFirst = false;
    if (rows.length === 0) continue;
    const whole = renderPage({ ...context, format }, columns, rows);
    if (format === 'json' && hasRows) yield ',';
    yield whole.slice(head.length, whole.length - tail.length);
    hasRows = true;
  }
  yield tail;
}
