import type { Command } from 'commander';
import { examples, jsonOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake session-id` */
export function addSessionId(program: Command, terminal: Terminal): void {
  program
    .command('session-id')
    .description('print the session that a log uploaded under a key becomes')
    .argument('<key>', 'key of the object (logs/...) or its s3:// address')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'stracelake session-id logs/ci/42/app.log.gz',
        'stracelake session-id s3://uploads/logs/app.log',
      ),
    )
    .action(async (key, options) =>
      (await import('../session-id.ts')).printSessionId(key, options, terminal),
    );
}
