import type { Command } from 'commander';
import { examples } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake man` */
export function addMan(program: Command, terminal: Terminal): void {
  program
    .command('man')
    .description('print the manual page, made from what this help is made from')
    .addHelpText('after', examples('stracelake man | man -l -', 'stracelake man > stracelake.1'))
    .action(async () => {
      const { renderManPage } = await import('../man-page.ts');
      await terminal.print(renderManPage(program, new Date()));
    });
}
