import type { Command } from 'commander';
import { examples, jsonOption, LOG_HELP, logOptions } from '../options.ts';
import { redactOption } from '../redact-option.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake convert` */
export function addConvert(program: Command, terminal: Terminal): void {
  logOptions(program.command('convert'))
    .description("turn a log into stracepy's CSV or into Parquet, every call a row")
    .argument('<log>', LOG_HELP)
    .option('--out <file>', 'file to write, .csv or .parquet; - for CSV on stdout', 'strace.csv')
    .addOption(redactOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'stracelake convert app.log',
        'stracelake convert app.log.zst --out app.parquet',
        'stracelake convert run/t --out - | head   (run/t.1234, run/t.1235 ...)',
      ),
    )
    .action(async (log, options) =>
      (await import('../convert.ts')).convert(log, options, terminal),
    );
}
