import type { Command } from 'commander';
import { loadReports } from '../../lib/reports/catalogue.ts';
import { filtersOf } from '../../lib/reports/parameters.ts';
import type { ReportParameter } from '../../lib/reports/report.ts';
import {
  collect,
  examples,
  formatOptions,
  logOptions,
  parseCount,
  SOURCE_HELP,
  serviceOptions,
} from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake report` */
export function addReport(program: Command, terminal: Terminal): void {
  const command = program
    .command('report')
    .description('print a report on a log, or on a session of the service')
    .argument('<log|session>', SOURCE_HELP)
    .argument('[report]', 'name of the report (stracelake reports lists them)', 'overview');
  formatOptions(command)
    .option('--limit <rows>', 'print at most so many rows', parseCount)
    .option('--columns <names>', 'columns to print, in this order, separated by commas')
    .option('--param <name=value>', 'any other parameter of the report', collect);
  for (const { name, description } of reportFilters()) {
    command.option(`--${name.replaceAll('_', '-')} <value>`, description);
  }
  serviceOptions(logOptions(command))
    .addHelpText(
      'after',
      examples(
        'stracelake report app.log',
        'stracelake report app.log wasted_lookups --limit 10',
        'stracelake report app.log file_access --executable cc1 --path /usr/include --format csv',
        'stracelake report sample count_errors',
        'stracelake report ci.42.app summary --url https://abc123.execute-api.eu-central-1.amazonaws.com',
      ),
    )
    .action(async (what, report, options) =>
      (await import('../report.ts')).report(what, report, options, terminal),
    );
}

/** Every parameter of any report, once. */
function reportFilters(): ReportParameter[] {
  const byName = new Map(
    loadReports()
      .flatMap(filtersOf)
      .map((each) => [each.name, each]),
  );
  return [...byName.values()];
}
