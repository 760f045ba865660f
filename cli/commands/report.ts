import type { Command } from 'commander';
import { loadReports } from '../../lib/reports/catalogue.ts';
import {
  collect,
  examples,
  filterOptions,
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
    .option(
      '--sort <columns>',
      'columns to sort by, separated by commas; -count puts the largest first',
    )
    .option(
      '--where <condition>',
      'rows to print: error=ENOENT, path~/etc (contains), calls>=10; also !=, !~ and <=; may be given again',
      collect,
    )
    .option('--param <name=value>', 'any other parameter of the report', collect);
  filterOptions(command, loadReports());
  serviceOptions(logOptions(command))
    .addHelpText(
      'after',
      examples(
        'stracelake report app.log',
        'stracelake report app.log wasted_lookups --limit 10',
        'stracelake report app.log file_access --executable cc1 --path /usr/include --format csv',
        'stracelake report app.log file_summary --where path~/etc --sort -opens --columns path,opens',
        'stracelake report sample count_errors',
        'stracelake report ci.42.app summary --url https://abc123.execute-api.eu-central-1.amazonaws.com',
      ),
    )
    .action(async (what, report, options) =>
      (await import('../report.ts')).report(what, report, options, terminal),
    );
}
