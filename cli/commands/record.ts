import type { Command } from 'commander';
import { collect, examples, jsonOption, parseCount, serviceOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake record` */
export function addRecord(program: Command, terminal: Terminal): void {
  const command = program
    .command('record')
    .description('run a command under strace with the options that tell most; end as it ends')
    .argument('[command...]', 'the command and its arguments, after --')
    .passThroughOptions()
    .option(
      '--out <file>',
      'log to write; ending in .zst or .gz it is compressed (default: COMMAND.log)',
    )
    .option(
      '--pid <pid>',
      'record a process that runs already, until Ctrl-C or its end',
      parseCount,
    )
    .option(
      '--trace <set>',
      'only these calls, which slows the command less: openat,%network (see strace -e trace)',
    )
    .option('--string-limit <bytes>', 'longest text that is printed whole', parseCount, 2048)
    .option('--stacks', 'print the call stack of every call (strace -k, slow)')
    .option('--upload', 'upload the log to a service; without --out it is not kept')
    .option('--name <name>', 'name to upload under, such as ci/42/test.log')
    .option('--session <name>', 'name of the session, in place of one made from the name')
    .option('--label <name=value>', 'label of the session, such as branch=main', collect)
    .option(
      '--timeout <seconds>',
      'wait at most so long until the log is a session',
      parseCount,
      900,
    );
  serviceOptions(command)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'stracelake record -- make -j4',
        'stracelake record --out start.log.zst -- ./server --check',
        'stracelake record --trace %file,%process -- ./build.sh',
        'stracelake record --pid 4129',
        'stracelake record --upload --label branch=main -- npm test',
      ),
    )
    .action(async (words, options) =>
      (await import('../record.ts')).record(words, options, terminal),
    );
}
