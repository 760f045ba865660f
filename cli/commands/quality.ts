import type { Command } from 'commander';
import { examples, jsonOption, logOptions, SOURCE_HELP, serviceOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake quality` */
export function addQuality(program: Command, terminal: Terminal): void {
  const command = program
    .command('quality')
    .description('tell how well a log was read, and what its recording leaves out')
    .argument('<log|session>', SOURCE_HELP)
    .addOption(jsonOption());
  serviceOptions(logOptions(command))
    .addHelpText(
      'after',
      examples('stracelake quality app.log', 'stracelake quality ci.42.app --json'),
    )
    .action(async (what, options) =>
      (await import('../quality.ts')).quality(what, options, terminal),
    );
}
