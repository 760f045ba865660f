import { Argument, type Command } from 'commander';
import { examples } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake completion`, and what its scripts call. */
export function addCompletion(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .description(
      'print the script that makes a shell complete commands, options, reports and sessions',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'stracelake completion bash > ~/.local/share/bash-completion/completions/stracelake',
        'stracelake completion zsh > ~/.zsh/completions/_stracelake   (a folder of fpath)',
        'stracelake completion fish > ~/.config/fish/completions/stracelake.fish',
      ),
    )
    .action(async (shell) => {
      const { completionScripts } = await import('../completion-scripts.ts');
      await terminal.print(completionScripts[shell as keyof typeof completionScripts]);
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .passThroughOptions()
    .action(async (words) => (await import('../complete.ts')).complete(program, words, terminal));
}
