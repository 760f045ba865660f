import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLog, type LogInput } from '../../cli/log-input.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';

/** Date of the first line of every case's log. */
export const CASE_DATE = '2026-11-23';

const folder = fileURLToPath(new URL('cases/', import.meta.url));

/** One report asked of one tiny log, with the rows it has to give. */
export interface ReportCase {
  /** `<folder>` or, for further parameters, `<folder> <variant>`. */
  name: string;
  /** Name of the folder below `cases/`: the report's, or `<report>.<word>` for another log. */
  folder: string;
  report: string;
  parameters: Map<string, string>;
  /** CSV with a header line: NULL is nothing between the commas, an empty text is `""`. */
  expectedFile: string;
}

/** Names of the folders in `cases/`, each with a log of its own. */
export const caseFolders: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** A case for each `expected.csv` (with `parameters.json`) and `expected.X.csv` (with `parameters.X.json`). */
export const reportCases: readonly ReportCase[] = caseFolders.flatMap((name) => {
  const files = readdirSync(join(folder, name));
  const variants = files.flatMap(
    (file) => /^(?:expected|parameters)(.*)\.\w+$/.exec(file)?.[1] ?? [],
  );
  return [...new Set(['', ...variants])].map((variant) => ({
    name: `${name} ${variant.slice(1)}`.trim(),
    folder: name,
    report: name.split('.')[0],
    parameters: readParameters(files, name, `parameters${variant}.json`),
    expectedFile: join(folder, name, `expected${variant}.csv`),
  }));
});

/** The log of a case: the file `log.strace`, or the members `log.strace.PID` of an -ff run. */
export async function findCaseLog(name: string): Promise<LogInput> {
  const log = await findLog(join(folder, name, 'log.strace'));
  if (!log) throw new Error(`log.strace missing in case: ${name}`);
  return log;
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
  const text = readFileSync(join(folder, name, file), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
}
