import { loadTrends } from '../lib/reports/catalogue.ts';
import { filtersOf } from '../lib/reports/parameters.ts';
import { UsageError } from './errors.ts';
import type { ServiceOptions } from './options.ts';
import { readFilters } from './report.ts';
import { type OutputFormat, printReport } from './report-output.ts';
import { withService } from './service-choice.ts';
import { reportAcrossSessions } from './service-report.ts';
import type { Terminal } from './terminal.ts';

interface TrendOptions extends ServiceOptions {
  format: OutputFormat;
  limit?: number;
  columns?: string;
  sort?: string;
  label?: string[];
  [filter: string]: unknown;
}

/** Prints a report across the sessions of a service. */
export async function trend(
  name: string,
  options: TrendOptions,
  terminal: Terminal,
): Promise<void> {
  const { format, limit, columns, sort, label = [] } = options;
  const names = loadTrends().flatMap((report) => filtersOf(report).map((each) => each.name));
  const parameters = readFilters(names, options);
  for (const text of label) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--label wants name=value, this is none: ${text}`);
    parameters.set(`label.${text.slice(0, at)}`, text.slice(at + 1));
  }
  const question = { report: name, parameters, limit, columns, sort };
  await withService(options, 'there are no sessions', terminal, async (service) =>
    printReport(await reportAcrossSessions(service, question), format, terminal),
  );
}
