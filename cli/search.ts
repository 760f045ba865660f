import { loadReports } from '../lib/reports/catalogue.ts';
import type { SqlValue } from '../lib/reports/engine.ts';
import { filtersOf } from '../lib/reports/parameters.ts';
import { formatCall } from './call-line.ts';
import { readFilters } from './report.ts';
import { type OutputFormat, printReport } from './report-output.ts';
import type { ReportQuestion, ReportRows } from './report-rows.ts';
import { askReport, type SourceOptions } from './report-source.ts';
import type { Terminal } from './terminal.ts';

interface SearchOptions extends SourceOptions {
  follow?: string;
  format: OutputFormat;
  limit?: number;
  [filter: string]: unknown;
}

/** Prints the calls of a log or session that match, a line each; with `follow`, those of a process tree. */
export async function search(
  what: string,
  options: SearchOptions,
  terminal: Terminal,
): Promise<void> {
  await askReport(what, readQuestion(options), options, terminal, async (rows) => {
    if (options.format !== 'text') await printReport(rows, options.format, terminal);
    else await printLines(rows, terminal);
  });
}

function readQuestion(options: SearchOptions): ReportQuestion {
  const { follow, limit } = options;
  const report = follow === undefined ? 'search' : 'follow';
  const names = loadReports()
    .filter(({ name }) => name === 'search')
    .flatMap((each) => filtersOf(each).map(({ name }) => name));
  const parameters = readFilters(names, options);
  if (follow !== undefined) parameters.set('process', follow);
  return { report, parameters, limit };
}

async function printLines({ pages }: ReportRows, terminal: Terminal): Promise<void> {
  const { width } = terminal;
  for await (const { columns, rows } of pages) {
    const names = columns.map(({ name }) => name);
    const lines = rows.map((row) => {
      const line = formatCall(recordOf(names, row), width);
      return terminal.paint(styleOf(names, row), line);
    });
    if (lines.length > 0) await terminal.print(`${lines.join('\n')}\n`);
  }
}

function recordOf(names: readonly string[], row: readonly SqlValue[]): Record<string, SqlValue> {
  return Object.fromEntries(names.map((name, i) => [name, row[i]]));
}

function styleOf(names: readonly string[], row: readonly SqlValue[]) {
  const failed = row[names.indexOf('ret')] === -1;
  return failed ? 'red' : 'reset';
}
