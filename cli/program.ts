import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCi } from './commands/ci.ts';
import { addCompletion } from './commands/completion.ts';
import { addConvert } from './commands/convert.ts';
import { addDiff } from './commands/diff.ts';
import { addExport } from './commands/export.ts';
import { addMan } from './commands/man.ts';
import { addQuality } from './commands/quality.ts';
import { addRecord } from './commands/record.ts';
import { addReport } from './commands/report.ts';
import { addReports } from './commands/reports.ts';
import { addSearch } from './commands/search.ts';
import { addServe } from './commands/serve.ts';
import { addSessionId } from './commands/session-id.ts';
import { addSessions } from './commands/sessions.ts';
import { addSql } from './commands/sql.ts';
import { addTree } from './commands/tree.ts';
import { addTrend } from './commands/trend.ts';
import { addUpload } from './commands/upload.ts';
import { closingHelp } from './help-text.ts';
import type { AddCommand } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Every command, in the order of the help. */
const commands: readonly AddCommand[] = [
  addServe,
  addRecord,
  addUpload,
  addSessions,
  addReport,
  addReports,
  addSearch,
  addTree,
  addQuality,
  addDiff,
  addTrend,
  addSql,
  addExport,
  addConvert,
  addCi,
  addSessionId,
  addCompletion,
  addMan,
];

/** The command line; actions load what they need when they are called. */
export function createProgram(terminal: Terminal): Command {
  const { stdout, stderr } = terminal.streams;
  const program = new Command('stracelake')
    .description('Puts strace logs where SQL can ask them questions.')
    .version(readVersion())
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => terminal.width ?? 100,
      getErrHelpWidth: () => terminal.width ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', closingHelp())
    .showHelpAfterError('(add --help to see what there is)');
  for (const add of commands) add(program, terminal);
  return program;
}

function readVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
