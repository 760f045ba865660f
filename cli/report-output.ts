import { renderPage } from '../lib/reports/api/rendering.ts';
import type { SqlValue } from '../lib/reports/engine.ts';
import { renderTable } from '../lib/reports/render/table.ts';
import { sectionsOf } from '../lib/reports/render/text.ts';
import { chooseColumns } from './column-choice.ts';
import { fitTable } from './fitted-table.ts';
import { qualityHeaders, qualityRows } from './quality-rows.ts';
import { type ReportRows, readAll } from './report-rows.ts';
import { renderTabLines } from './tab-lines.ts';
import type { Terminal } from './terminal.ts';
import { wrapText } from './text-width.ts';

const OVERVIEW = 'overview';

/** How a report is printed. */
export type OutputFormat = 'text' | 'json' | 'csv' | 'tsv';

/** Prints a report as one table, one JSON document or one CSV file, however many pages it comes in. */
export async function printReport(
  rows: ReportRows,
  format: OutputFormat,
  terminal: Terminal,
): Promise<void> {
  if (format === 'text') return await printWhole(rows, terminal);
  if (format === 'tsv') {
    for await (const page of rows.pages) await terminal.print(renderTabLines(page.rows));
    return;
  }
  for await (const text of printPages(rows, format)) await terminal.print(text);
}

/** Prints one table that fits the terminal. */
export async function printTable(
  headers: readonly string[],
  rows: readonly SqlValue[][],
  terminal: Terminal,
  worth?: readonly number[],
): Promise<void> {
  const paint = {
    header: (text: string) => terminal.paint('bold', text),
    rule: (text: string) => terminal.paint('dim', text),
  };
  const width = terminal.width ?? Number.POSITIVE_INFINITY;
  await terminal.print(fitTable(headers, rows, width, paint, worth));
}

/** Prints the columns that have room, most telling first, and says which have none. */
export async function printTellingTable(
  headers: readonly string[],
  rows: readonly SqlValue[][],
  terminal: Terminal,
  telling?: readonly string[],
): Promise<void> {
  const width = terminal.width ?? Number.POSITIVE_INFINITY;
  const { shown, widths, leftOut } = chooseColumns(headers, rows, width, telling);
  const pick = <T>(values: readonly T[]) => shown.map((i) => values[i]);
  await printTable(pick(headers), rows.map(pick), terminal, widths);
  if (leftOut.length === 0) return;
  const names = leftOut.map((i) => headers[i]).join(', ');
  terminal.note(wrapText(`no room for: ${names}`, width));
}

/** The overview ends with what it was made from: how well the log was read. */
async function printQuality(
  { report, manifest, isChosen }: ReportRows,
  terminal: Terminal,
): Promise<void> {
  if (report.name !== OVERVIEW || isChosen) return;
  const known = await manifest?.();
  const rows = known ? qualityRows(known) : [];
  if (rows.length === 0) return;
  const title = 'How the log was read';
  if (terminal.width === undefined)
    return await terminal.print(`\n\n${title}:\n\n${renderTable(qualityHeaders, rows)}\n\n`);
  await terminal.print(`\n${terminal.paint('bold', title)}\n\n`);
  await printTable(qualityHeaders, rows, terminal);
}

/** A table is as wide as its widest row, so it needs them all. */
async function printWhole(answer: ReportRows, terminal: Terminal): Promise<void> {
  const { columns, rows } = await readAll(answer);
  const { catalogue, report } = answer;
  const names = columns.map(({ name }) => name);
  if (rows.length === 0) terminal.note(`no rows: ${report.title}`);
  if (terminal.width === undefined) {
    await terminal.print(renderPage({ ...answer, format: 'text' }, columns, rows));
    return await printQuality(answer, terminal);
  }
  for (const section of sectionsOf(catalogue, report, names, rows)) {
    if (section.rows.length === 0) continue;
    await terminal.print(
      `\n${terminal.paint('bold', wrapText(section.title, terminal.width))}\n\n`,
    );
    await (answer.isChosen
      ? printTable(section.columns, section.rows, terminal)
      : printTellingTable(section.columns, section.rows, terminal, report.brief));
  }
  await printQuality(answer, terminal);
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
