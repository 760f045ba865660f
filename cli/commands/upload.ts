import type { Command } from 'commander';
import { collect, examples, jsonOption, parseCount, serviceOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake upload` */
export function addUpload(program: Command, terminal: Terminal): void {
  const command = program
    .command('upload')
    .description('upload logs to a service, wait until they are sessions, print their addresses')
    .argument('<log...>', 'logs on disk, plain or compressed; the name before .PID for an -ff run');
  serviceOptions(uploadOptions(command))
    .option(
      '--bucket <name>',
      'put the logs into this bucket with AWS credentials, past the service',
    )
    .option('--no-wait', 'do not wait until the logs are sessions')
    .option('--timeout <seconds>', 'wait at most so long', parseCount, 900)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'stracelake upload app.log',
        'stracelake upload build.log.zst --name ci/42/ --label branch=main --label commit=1a2b3c4',
        'stracelake upload run/t --url https://traces.example.com   (run/t.1234, run/t.1235 ...)',
        'stracelake upload app.log --bucket my-uploads --no-wait',
      ),
    )
    .action(async (logs, options) =>
      (await import('../upload.ts')).upload(logs, options, terminal),
    );
}

/** What may be said of an uploaded log. */
function uploadOptions(command: Command): Command {
  return command
    .option(
      '--name <name>',
      'name in place of that of the file, such as ci/42/app.log; ending in / it goes before it',
    )
    .option('--session <name>', 'name of the session, in place of one made from the name')
    .option('--label <name=value>', 'label of the session, such as branch=main', collect)
    .option('--date <YYYY-MM-DD>', 'date of the first line, for logs without dates')
    .option('--utc-offset <+HH:MM>', "offset of the log's times from UTC");
}
