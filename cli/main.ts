import { CommanderError } from 'commander';
import { ParameterError } from '../lib/reports/errors.ts';
import { UsageError } from './errors.ts';
import { createProgram } from './program.ts';

// A reader that has seen enough (| head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) process.stderr.write(`stracelake: ${textOf(error)}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof UsageError || error instanceof ParameterError ? 2 : 1;
}

function textOf(error: unknown): string {
  if (error instanceof ParameterError) return `--${error.parameter}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
