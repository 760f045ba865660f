import type { Command } from 'commander';
import { examples, jsonOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake reports` */
export function addReports(program: Command, terminal: Terminal): void {
  program
    .command('reports')
    .description('list the reports; of one, its parameters and columns')
    .argument('[report]', 'name of one report')
    .addOption(jsonOption())
    .addHelpText('after', examples('stracelake reports', 'stracelake reports wasted_lookups'))
    .action(async (name, options) =>
      (await import('../reports.ts')).printReports(name, options, terminal),
    );
}
