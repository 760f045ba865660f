import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkError } from './errors.ts';
import { findProgram } from './program-path.ts';
import { inspectStrace, runStrace, straceArguments } from './strace-run.ts';
import type { Terminal } from './terminal.ts';

const STRING_LIMIT = 2048;

/**
 * Runs a command so many times under strace, its output as it comes; gives the logs, in `folder`.
 * Throws WorkError when there is no strace, no such command, or strace may not trace.
 */
export async function recordRuns(
  command: readonly string[],
  runs: number,
  folder: string,
  terminal: Terminal,
): Promise<string[]> {
  const strace = inspectStrace();
  if (!findProgram(command[0]!, terminal.streams.env.PATH))
    throw new WorkError(`command not found or not executable: ${command[0]}`);
  const logs: string[] = [];
  for (let run = 1; run <= runs; run++) {
    if (runs > 1) terminal.note(`run ${run} of ${runs}: ${command.join(' ')}`);
    const log = join(folder, `run-${run}.log`);
    const args = straceArguments({ stringLimit: STRING_LIMIT }, strace, log, command);
    await untilStopped(() => runStrace(args, true));
    await requireLog(log, command);
    logs.push(log);
  }
  return logs;
}

/** A command that was told to stop, as a cancelled job is, did not show what it does. */
async function untilStopped(run: () => Promise<unknown>): Promise<void> {
  const stops: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let stop: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals) => {
    stop = signal;
  };
  for (const signal of stops) process.on(signal, note);
  try {
    await run();
  } finally {
    for (const signal of stops) process.off(signal, note);
  }
  if (stop) throw new WorkError(`stopped by ${stop}: nothing was judged`);
}

async function requireLog(log: string, command: readonly string[]): Promise<void> {
  const found = await stat(log).catch(() => undefined);
  if (found?.size) return;
  throw new WorkError(
    `strace recorded nothing (may processes be traced here? A container needs --cap-add SYS_PTRACE): ${command.join(' ')}`,
  );
}
