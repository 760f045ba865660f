import { CommanderError } from 'commander';
import { ParameterError } from '../lib/reports/errors.ts';
import { CommandEndedError, UsageError } from './errors.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line (without `node` and the file); gives the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    const isSaid = error instanceof CommanderError || error instanceof CommandEndedError;
    if (!isSaid) terminal.note(`stracelake: ${textOf(error)}`);
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandEndedError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof UsageError || error instanceof ParameterError ? 2 : 1;
}

function textOf(error: unknown): string {
  if (error instanceof ParameterError)
    return `--${error.parameter.replaceAll('_', '-')}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
