import stringWidth from 'string-width';
import { createCatalogue, loadReports } from '../lib/reports/catalogue.ts';
import { filtersOf } from '../lib/reports/parameters.ts';
import type { Report } from '../lib/reports/report.ts';
import { jsonLine } from './json-text.ts';
import { requireReport } from './report-rows.ts';
import type { Terminal } from './terminal.ts';
import { cutText, wrapText } from './text-width.ts';

/** Prints the catalogue of reports, or all of one of them. */
export async function printReports(
  name: string | undefined,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const catalogue = createCatalogue(loadReports());
  const reports = name === undefined ? [...catalogue.values()] : [requireReport(catalogue, name)];
  if (json) return await terminal.print(jsonLine({ reports: reports.map(describe) }));
  const [first] = reports;
  await terminal.print(
    name === undefined ? listReports(reports, terminal) : explainReport(first, terminal),
  );
}

function describe({ sql: _sql, ...report }: Report) {
  return { ...report, parameters: filtersOf({ ...report, sql: '' }) };
}

function listReports(reports: Report[], terminal: Terminal): string {
  const width = Math.max(...reports.map((report) => report.name.length));
  const lines = reports.map(({ name, title }) => {
    const padded = name.padEnd(width);
    const room = terminal.width && terminal.width - stringWidth(padded) - 2;
    return `${terminal.paint('bold', padded)}  ${cutText(title, room)}\n`;
  });
  return `${lines.join('')}\nstracelake reports NAME tells what a report takes and gives.\n`;
}

function explainReport(report: Report, terminal: Terminal): string {
  const width = terminal.width ?? 100;
  const entry = (name: string, text: string) =>
    `  ${terminal.paint('bold', name)}\n${wrapText(text, width - 6, '      ')}\n`;
  const filters = filtersOf(report).map((parameter) => {
    const isRequired = parameter.default === undefined;
    const text = isRequired ? `${parameter.description} Required.` : parameter.description;
    return entry(`--${parameter.name.replaceAll('_', '-')} <${parameter.type}>`, text);
  });
  const columns = report.columns.map(({ name, type, description }) =>
    entry(`${name} ${type}`, description),
  );
  return [
    `${terminal.paint('bold', report.name)}: ${report.title}\n\n`,
    `${wrapText(report.description, width)}\n`,
    filters.length > 0 ? `\nOptions:\n${filters.join('')}` : '',
    `\nColumns:\n${columns.join('')}`,
    report.key
      ? `\nCompared by ${report.key.join(', ')}: stracelake diff BASE HEAD --report ${report.name}\n`
      : '',
  ].join('');
}
