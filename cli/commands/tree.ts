import type { Command } from 'commander';
import { examples, jsonOption, logOptions, SOURCE_HELP, serviceOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake tree` */
export function addTree(program: Command, terminal: Terminal): void {
  const command = program
    .command('tree')
    .description('print the processes, each below the one that started it')
    .argument('<log|session>', SOURCE_HELP)
    .addOption(jsonOption());
  serviceOptions(logOptions(command))
    .addHelpText('after', examples('stracelake tree build.log', 'stracelake tree ci.42.app --json'))
    .action(async (what, options) => (await import('../tree.ts')).tree(what, options, terminal));
}
