import type { ResultColumn, SqlValue } from '../engine.ts';
import { renderCsv } from '../render/csv.ts';
import { renderJson } from '../render/json.ts';
import { renderText } from '../render/text.ts';
import type { Catalogue, Report } from '../report.ts';
import type { Format } from './format.ts';

/** Report whose CSV people feed to scripts written for the original's, quoted as the original quotes. */
export const CALLS_REPORT = 'calls';

/** What a page is rendered from, beside its rows. */
export interface RenderContext {
  format: Format;
  /** Undefined for a report across sessions. */
  session?: string;
  report: Report;
  catalogue: Catalogue;
}

/** A page of a report in a format; `next` is the address of the page after it. */
export function renderPage(
  { format, session, report, catalogue }: RenderContext,
  columns: ResultColumn[],
  rows: SqlValue[][],
  next?: string,
): string {
  const names = columns.map((column) => column.name);
  if (format === 'json') return renderJson({ session, report: report.name, columns, next }, rows);
  if (format === 'csv')
    return renderCsv(names, rows, report.name === CALLS_REPORT ? 'all' : 'minimal');
  const text = renderText(catalogue, report, names, rows);
  return next === undefined ? text : `${text}\nmore rows: ${next}\n`;
}
