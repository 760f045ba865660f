import type { Command } from 'commander';
import {
  examples,
  formatOptions,
  LOG_HELP,
  logOptions,
  parseCount,
  serviceOptions,
} from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake sql` */
export function addSql(program: Command, terminal: Terminal): void {
  const command = program
    .command('sql')
    .description(
      'print the rows of one SELECT over the calls of logs, or of sessions (docs/sql.md)',
    )
    .argument('<query>', 'one SELECT over calls, sessions and the views; - for stdin')
    .argument('[log...]', `${LOG_HELP}; without any, the sessions of the service are asked`)
    .option('--session <session>', 'let the query see one session only, which is faster');
  formatOptions(command).option('--limit <rows>', 'print at most so many rows (1000)', parseCount);
  serviceOptions(logOptions(command))
    .addHelpText(
      'after',
      examples(
        'stracelake sql "SELECT executable, COUNT(*) AS calls FROM calls GROUP BY executable" app.log',
        'stracelake sql "SELECT session, COUNT(*) AS calls FROM calls GROUP BY session"',
        'stracelake sql --session sample "SELECT path FROM calls WHERE error = \'ENOENT\'"',
      ),
    )
    .action(async (query, logs, options) =>
      (await import('../sql.ts')).sql(query, logs, options, terminal),
    );
}
