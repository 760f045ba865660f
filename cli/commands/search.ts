import type { Command } from 'commander';
import { loadReports } from '../../lib/reports/catalogue.ts';
import {
  examples,
  filterOptions,
  formatOptions,
  logOptions,
  parseCount,
  SOURCE_HELP,
  serviceOptions,
} from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake search` */
export function addSearch(program: Command, terminal: Terminal): void {
  const command = program
    .command('search')
    .description('print the calls that match all of what is asked for, as strace prints them')
    .argument('<log|session>', SOURCE_HELP);
  filterOptions(command, loadReports().filter(isSearch));
  command.option(
    '--follow <pid>',
    'all that this process and its descendants did; goes with --syscall alone',
  );
  formatOptions(command).option('--limit <rows>', 'print at most so many', parseCount);
  serviceOptions(logOptions(command))
    .addHelpText(
      'after',
      examples(
        'stracelake search app.log --error EACCES,EPERM',
        'stracelake search app.log --path /etc --syscall openat --executable nginx',
        'stracelake search app.log --min-us 100000 --from 09:23:46',
        'stracelake search ci.42.app --text "connection refused" --json',
        'stracelake search app.log --follow 4130',
      ),
    )
    .action(async (what, options) =>
      (await import('../search.ts')).search(what, options, terminal),
    );
}

function isSearch({ name }: { name: string }): boolean {
  return name === 'search';
}
