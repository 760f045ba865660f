import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addConvert } from './commands/convert.ts';
import { addReport } from './commands/report.ts';
import { addReports } from './commands/reports.ts';
import { addServe } from './commands/serve.ts';
import { addSessionId } from './commands/session-id.ts';
import { addSql } from './commands/sql.ts';
import type { AddCommand } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Every command, in the order of the help. */
const commands: readonly AddCommand[] = [
  addServe,
  addReport,
  addReports,
  addSql,
  addConvert,
  addSessionId,
];

/** The command line; actions load what they need when they are called. */
export function createProgram(terminal: Terminal): Command {
  const { stdout, stderr } = terminal.streams;
  const program = new Command('stracelake')
    .description('Puts strace logs where SQL can ask them questions.')
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => terminal.width ?? 100,
      getErrHelpWidth: () => terminal.width ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(add --help to see what there is)');
  for (const add of commands) add(program, terminal);
  return program;
}

function readVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
