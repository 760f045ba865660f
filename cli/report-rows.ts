import type { SessionManifest } from '../lib/lake/manifest.ts';
import { comparisonOf } from '../lib/reports/comparison.ts';
import type { ResultColumn, SqlValue } from '../lib/reports/engine.ts';
import type { Catalogue, Report } from '../lib/reports/report.ts';
import { UsageError } from './errors.ts';

/** A report being read, a page of rows at a time. */
export interface ReportRows {
  /** Undefined for a report across sessions. */
  session?: string;
  report: Report;
  catalogue: Catalogue;
  /** What is known of the session beside its rows; not there when only some rows are asked for. */
  manifest?(): Promise<SessionManifest | undefined>;
  /** Whether the columns were asked for by name. */
  isChosen?: boolean;
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
  /** Columns to sort by, such as `-count,path`, instead of the report's own order. */
  sort?: string;
  /** Conditions on the rows, a JSON list. */
  where?: string;
  /** Columns wanted, separated by commas; undefined for all. */
  columns?: string;
  /** True for what the report finds different between two sessions; `base` is among the parameters. */
  isDifference?: boolean;
}

/** The report that is asked for; throws UsageError. */
export function reportAsked(catalogue: Catalogue, question: ReportQuestion): Report {
  const report = requireReport(catalogue, question.report);
  if (!question.isDifference) return report;
  const difference = comparisonOf(report);
  if (difference) return difference;
  throw new UsageError(`report whose rows cannot be matched between sessions: ${report.name}`);
}

/** The report of that name; throws UsageError with names that come near. */
export function requireReport(catalogue: Catalogue, name: string): Report {
  const report = catalogue.get(name);
  if (report) return report;
  const near = findNear(name, [...catalogue.keys()]);
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}? ` : '';
  throw new UsageError(`report not found (${hint}stracelake reports lists them): ${name}`);
}

/** All rows of a report, with its columns. */
export async function readAll({ pages }: ReportRows): Promise<{
  columns: ResultColumn[];
  rows: SqlValue[][];
}> {
  const rows: SqlValue[][] = [];
  let columns: ResultColumn[] = [];
  for await (const page of pages) {
    columns = page.columns;
    for (const row of page.rows) rows.push(row);
  }
  return { columns, rows };
}

/** At most three names that share most words, or beginnings of words, with what was typed. */
function findNear(typed: string, names: string[]): string[] {
  const wanted = typed
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 2);
  const ranked = names.map((name) => {
    const words = name.split('_');
    const hits = wanted.filter((word) =>
      words.some((other) => other.startsWith(word.slice(0, 4)) || word.startsWith(other)),
    );
    return { name, score: hits.length - words.length / 10 };
  });
  return ranked
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ name }) => name);
}
