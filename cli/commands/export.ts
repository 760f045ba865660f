import { Argument, type Command } from 'commander';
import { exportFormats } from '../../lib/exports/export-format.ts';
import { examples, jsonOption, logOptions, SOURCE_HELP, serviceOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake export` */
export function addExport(program: Command, terminal: Terminal): void {
  const formats = [...exportFormats.values()];
  const command = program
    .command('export')
    .description('write all calls of a log or session to a file for another program')
    .argument('<log|session>', SOURCE_HELP)
    .addArgument(
      new Argument(
        '<format>',
        formats.map(({ name, description }) => `${name}: ${description}`).join(' '),
      ).choices(formats.map(({ name }) => name)),
    )
    .option(
      '--out <file>',
      'file to write; - for stdout (default: name of the session and the format)',
    )
    .addOption(jsonOption());
  serviceOptions(logOptions(command))
    .addHelpText(
      'after',
      examples(
        'stracelake export app.log perfetto   (open app.perfetto.json in ui.perfetto.dev)',
        'stracelake export app.log folded --out - | flamegraph.pl > app.svg',
        'stracelake export ci.42.app ndjson --out - | jq .path',
      ),
    )
    .action(async (what, format, options) =>
      (await import('../export.ts')).exportCalls(what, format, options, terminal),
    );
}
