import type { Command } from 'commander';
import { dataDirOption, examples, jsonOption, parseOrigin, parsePort } from '../options.ts';
import { redactOption } from '../redact-option.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake serve` */
export function addServe(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('run the whole service on this machine: S3 to upload to, HTTP to ask')
    .addOption(dataDirOption())
    .option('--s3-port <port>', 'port of the S3 endpoint, 0 for any', parsePort, 4568)
    .option('--port <port>', 'port of the report API, 0 for any', parsePort, 8080)
    .option('--host <address>', 'address to listen on; 0.0.0.0 lets others in', '127.0.0.1')
    .option(
      '--cors-origin <origin>',
      'let the pages of one other origin ask, such as https://ci.example.org',
      parseOrigin,
    )
    .addOption(redactOption())
    .option('--verbose', 'print every request')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('stracelake serve', 'stracelake serve --data-dir /srv/traces --port 9000'),
    )
    .action(async (options) => (await import('../serve.ts')).serve(options, terminal));
}
