import { type Command, Option } from 'commander';
import { collect, examples, formatOptions, parseCount, serviceOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake sessions` */
export function addSessions(program: Command, terminal: Terminal): void {
  const command = program
    .command('sessions')
    .description('list the sessions of a service, the newest ingest first')
    .argument('[prefix]', 'beginning of the names, such as ci.42.')
    .option('--label <name=value>', 'only those with this label; may be given again', collect)
    .addOption(
      new Option('--status <status>', 'only those in this state').choices([
        'ready',
        'ingesting',
        'failed',
      ]),
    )
    .option(
      '--from <time>',
      'recorded at this time or later, such as 2026-11-23 or 2026-11-23T09:00:00Z',
    )
    .option('--to <time>', 'recorded at this time or earlier');
  serviceOptions(
    formatOptions(command).option('--limit <n>', 'list at most so many', parseCount, 100),
  )
    .addHelpText(
      'after',
      examples(
        'stracelake sessions',
        'stracelake sessions ci. --label branch=main --from 2026-11-01',
        'stracelake sessions --status failed --json',
      ),
    )
    .action(async (prefix, options) =>
      (await import('../sessions.ts')).sessions(prefix, options, terminal),
    );
}
