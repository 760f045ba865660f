import type { ResultColumn, SqlValue } from '../lib/reports/engine.ts';
import type { Catalogue, Report } from '../lib/reports/report.ts';

/** A report being read, a page of rows at a time. */
export interface ReportRows {
  session: string;
  report: Report;
  catalogue: Catalogue;
  /** At least one page, which may be empty. */
  pages: AsyncIterable<{ columns: ResultColumn[]; rows: SqlValue[][] }>;
}

/** What is asked of a report. */
export interface ReportQuestion {
  report: string;
  /** Parameters of the report by name. */
  parameters: ReadonlyMap<string, string>;
  /** Rows wanted; undefined for all. */
  limit?: number;
}
