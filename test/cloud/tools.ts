import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Root of the project, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Folder of what the tests download once: the user's, so that every clone finds it. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stracelake');

/**
 * Folder of programs of a Python environment that holds what the file of requirements pins; made
 * once for each content of the file, in the cache.
 */
export async function installPython(requirements: string): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 8);
  const folder = join(cache, `python-${hash}`);
  if (existsSync(folder)) return `${folder}/bin`;
  await requireTool('python3', ['-m', 'venv', '--help'], 'apt-get install python3-venv');
  // Under its last name only when complete. A venv does not move: its scripts name their folder, so
  // programs are run as `python -m`.
  const unfinished = `${folder}.${process.pid}`;
  try {
    mkdirSync(cache, { recursive: true });
    await run('python3', ['-m', 'venv', unfinished]);
    await run(`${unfinished}/bin/python`, ['-m', 'pip', 'install', '-q', '-r', requirements]);
    finishInstall(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return `${folder}/bin`;
}

/** Gives an installation its last name, unless another test run was faster. */
export function finishInstall(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** Fails with the line that installs it when a program cannot be run. */
export async function requireTool(program: string, args: string[], install: string): Promise<void> {
  try {
    await run(program, args);
  } catch (error) {
    throw new Error(`${program} is missing or does not work; install it: ${install}`, {
      cause: error,
    });
  }
}

// Runs a program until it ends or the shell's input does, which is when the test run dies.
const TETHER =
  'exec 3<&0; "$@" & program=$!; cat <&3 >/dev/null & tether=$!; ' +
  'wait -n; kill "$program" "$tether" 2>/dev/null; wait';

/** Starts a program that ends with this process, however that ends; its output goes to a file. */
export function spawnTethered(
  [program, ...args]: string[],
  options: { output: number; cwd?: string; env?: NodeJS.ProcessEnv },
): ChildProcess {
  const { output, ...rest } = options;
  return spawn('bash', ['-c', TETHER, 'tether', program, ...args], {
    stdio: ['pipe', output, output],
    ...rest,
  });
}

/** Ends what spawnTethered started. */
export async function endTethered(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}
