import { loadReports } from '../lib/reports/catalogue.ts';
import { filtersOf } from '../lib/reports/parameters.ts';
import { UsageError } from './errors.ts';
import { type OutputFormat, printReport } from './report-output.ts';
import type { ReportQuestion } from './report-rows.ts';
import { askReport, type SourceOptions } from './report-source.ts';
import type { Terminal } from './terminal.ts';

interface ReportOptions extends SourceOptions {
  format: OutputFormat;
  limit?: number;
  columns?: string;
  sort?: string;
  param?: string[];
  [filter: string]: unknown;
}

/** Prints a report on a log on disk or, when there is none of that name, on a session. */
export async function report(
  what: string,
  name: string,
  options: ReportOptions,
  terminal: Terminal,
): Promise<void> {
  const { limit, columns, sort } = options;
  const parameters = readParameters(options);
  await askReport(
    what,
    { report: name, parameters, limit, columns, sort },
    options,
    terminal,
    (rows) => printReport(rows, options.format, terminal),
  );
}

/** Parameters given as options of their own (`--path-regex`) or by name (`--param path_regex=...`). */
function readParameters(options: ReportOptions): ReportQuestion['parameters'] {
  const parameters = readFilters(
    loadReports().flatMap((each) => filtersOf(each).map((parameter) => parameter.name)),
    options,
  );
  for (const text of options.param ?? []) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--param wants name=value, this is none: ${text}`);
    parameters.set(text.slice(0, at), text.slice(at + 1));
  }
  return parameters;
}

/** Values of the options that are named as these parameters are (`path_regex`: `pathRegex`). */
export function readFilters(
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Map<string, string> {
  const given = new Map<string, string>();
  for (const name of names) {
    const value = options[name.replace(/_[a-z]/g, (text) => text.slice(1).toUpperCase())];
    if (typeof value === 'string') given.set(name, value);
  }
  return given;
}
