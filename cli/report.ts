import type { Condition } from '../lib/reports/api/row-filter.ts';
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
  where?: string[];
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
  const where = options.where && JSON.stringify(options.where.map(readCondition));
  await askReport(
    what,
    { report: name, parameters, limit, columns, sort, where },
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
  for (const [name, value] of readNamed(options.param ?? [])) parameters.set(name, value);
  return parameters;
}

/** Parameters given as `name=value`; throws UsageError. */
export function readNamed(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--param wants name=value, this is none: ${text}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

const comparisons: Readonly<Record<string, Condition['kind']>> = {
  '=': 'is',
  '!=': 'is_not',
  '~': 'contains',
  '!~': 'contains_not',
  '>=': 'at_least',
  '<=': 'at_most',
};

/** A condition such as `error=ENOENT` as the API has it; nothing after the sign is NULL. */
function readCondition(text: string): [string, string, string | null] {
  const [, column, sign, value] = /^(\w+|\*)(!=|!~|>=|<=|=|~)(.*)$/s.exec(text) ?? [];
  if (sign === undefined)
    throw new UsageError(
      `--where wants a column, one of ${Object.keys(comparisons).join(' ')} and a value, this is none: ${text}`,
    );
  const isNull = value === '' && (sign === '=' || sign === '!=');
  return [column, comparisons[sign], isNull ? null : value];
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
