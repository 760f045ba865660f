import type { Command } from 'commander';
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

/** `stracelake diff` */
export function addDiff(program: Command, terminal: Terminal): void {
  const command = program
    .command('diff')
    .description('compare two logs, two sessions, or one of each: what is new, gone or changed')
    .argument('<base>', `the earlier one: ${SOURCE_HELP}`)
    .argument('<head>', 'the later one: likewise')
    .option(
      '--report <name>',
      'files, programs, syscalls, errors or endpoints (default: all five), or a report whose rows have a key, such as syscall_stats; may be given again',
      collect,
    )
    .option('--param <name=value>', 'a parameter of the one report', collect)
    .option('--exit-code', 'end with 1 when there are differences');
  formatOptions(command).option(
    '--limit <rows>',
    'print at most so many of each report',
    parseCount,
  );
  serviceOptions(logOptions(command))
    .addHelpText(
      'after',
      examples(
        'stracelake diff yesterday.log today.log',
        'stracelake diff ci.41.test ci.42.test --report files --report endpoints',
        'stracelake diff before.log after.log --report file_summary --limit 20',
        'stracelake diff nightly here.log --json',
        'stracelake diff base.log head.log --report programs --exit-code',
      ),
    )
    .action(async (base, head, options) =>
      (await import('../diff.ts')).diff(base, head, options, terminal),
    );
}
