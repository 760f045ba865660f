import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The file that the package's bin starts. */
export const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** How a command ended. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `stracelake ...` in a folder, to its end. */
export async function stracelake(
  cwd: string,
  args: string[],
  { input = '', nodeArgs = [main] }: { input?: string | Buffer; nodeArgs?: string[] } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [...nodeArgs, ...args], { cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  // A command that needs no input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}
