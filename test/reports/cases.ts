import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLog, type LogInput } from '../../cli/log-input.ts';
import { createCatalogue, loadReports, loadViews } from '../../lib/reports/catalogue.ts';
import { comparisonOf } from '../../lib/reports/comparison.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';
import type { Report } from '../../lib/reports/report.ts';

/** Date of the first line of every case's log. */
export const CASE_DATE = '2026-11-23';

/** Where the cases lie. */
export const casesFolder = fileURLToPath(new URL('cases/', import.meta.url));

/** One report asked of one tiny log, with the rows it has to give. */
export interface ReportCase {
  /** `<folder>` or, for further parameters, `<folder> <variant>`. */
  name: string;
  /** Name of the folder below `cases/`: the report's, or `<report>.<word>` for another log. */
  folder: string;
  report: Report;
  parameters: Map<string, string>;
  /** CSV with a header line: NULL is nothing between the commas, an empty text is `""`. */
  expectedFile: string;
}

/** Every report, and every view as the report of all its rows. */
export const casesCatalogue = createCatalogue([...loadReports(), ...loadViews().map(reportOf)]);

/** Names of the folders in `cases/`, each with a log of its own. */
export const caseFolders: readonly string[] = readdirSync(casesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** A case for each `expected.csv` (with `parameters.json`) and `expected.X.csv` (with `parameters.X.json`). */
export const reportCases: readonly ReportCase[] = caseFolders.flatMap((name) => {
  const files = readdirSync(join(casesFolder, name));
  const variants = files.flatMap(
    (file) => /^(?:expected|parameters)(.*)\.\w+$/.exec(file)?.[1] ?? [],
  );
  return [...new Set(['', ...variants])].map((variant) => {
    const parameters = readParameters(files, name, `parameters${variant}.json`);
    return {
      name: `${name} ${variant.slice(1)}`.trim(),
      folder: name,
      report: findReport(name, parameters),
      parameters,
      expectedFile: join(casesFolder, name, `expected${variant}.csv`),
    };
  });
});

/** The log of a case: the file `log.strace`, or the members `log.strace.PID` of an -ff run. */
export async function findCaseLog(name: string): Promise<LogInput> {
  const log = await findLog(join(casesFolder, name, 'log.strace'));
  if (!log) throw new Error(`log.strace missing in case: ${name}`);
  return log;
}

/** Folders of the logs that a case compares its own with, which its parameters name as sessions. */
export function otherFolders({ report, parameters }: ReportCase): string[] {
  return report.parameters
    .filter(({ type }) => type === 'session')
    .map(({ name }) => parameters.get(name)!);
}

/** Rows as the CSV of an expected file; lists are written as JSON. */
export function printRows(columns: readonly string[], rows: readonly SqlValue[][]): string {
  return [columns, ...rows].map((row) => `${row.map(printValue).join(',')}\n`).join('');
}

function printValue(value: SqlValue): string {
  if (value === null) return '';
  const text = Array.isArray(value) ? JSON.stringify(value) : String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function readParameters(files: string[], name: string, file: string): Map<string, string> {
  if (!files.includes(file)) return new Map();
  const text = readFileSync(join(casesFolder, name, file), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
}

/** The report of a folder; with a base that it does not take itself, what it finds different from that. */
function findReport(folder: string, given: ReadonlyMap<string, string>): Report {
  const report = casesCatalogue.get(folder.split('.')[0]);
  if (!report) throw new Error(`case of no report: ${folder}`);
  const isPlain = !given.has('base') || report.parameters.some(({ name }) => name === 'base');
  const asked = isPlain ? report : comparisonOf(report);
  if (!asked) throw new Error(`case of a report without a key: ${folder}`);
  return asked;
}

/** All of a view but the session. */
function reportOf(view: Report): Report {
  const columns = view.columns.filter(({ name }) => name !== 'session');
  const names = columns.map(({ name }) => name).join(', ');
  const parameters: Report['parameters'] = [{ name: 'session', type: 'string', description: '' }];
  const sql = `SELECT ${names} FROM ${view.name} WHERE session = ? ORDER BY ${names}`;
  return { ...view, columns, parameters, sql };
}
