import { Argument, type Command } from 'commander';
import { loadTrends } from '../../lib/reports/catalogue.ts';
import {
  collect,
  examples,
  filterOptions,
  formatOptions,
  parseCount,
  serviceOptions,
} from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake trend` */
export function addTrend(program: Command, terminal: Terminal): void {
  const trends = loadTrends();
  const command = program
    .command('trend')
    .description('print a report across the sessions of some days')
    .addArgument(new Argument('<report>', 'which one').choices(trends.map(({ name }) => name)));
  formatOptions(command)
    .option('--limit <rows>', 'print at most so many rows', parseCount)
    .option('--columns <names>', 'columns to print, in this order, separated by commas')
    .option(
      '--sort <columns>',
      'columns to sort by, separated by commas; -calls puts the largest first',
    )
    .option('--label <name=value>', 'only sessions with this label; may be given again', collect);
  filterOptions(
    command,
    trends.map((report) => ({
      ...report,
      parameters: report.parameters.filter(({ type }) => type !== 'labels'),
    })),
  );
  serviceOptions(command)
    .addHelpText(
      'after',
      examples(
        'stracelake trend trend_sessions --label branch=main',
        'stracelake trend trend_syscalls --by session --prefix ci. --syscall openat,read',
        'stracelake trend first_seen --from -7 --in-session ci.42.app --json',
      ),
    )
    .action(async (report, options) =>
      (await import('../trend.ts')).trend(report, options, terminal),
    );
}
