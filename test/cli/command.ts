import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { run } from '../../cli/run.ts';
import { Terminal } from '../../cli/terminal.ts';

/** The file that the package's bin starts. */
export const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** How a command ended. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Setting {
  input?: string | Buffer;
  env?: Record<string, string>;
  /** Columns of the terminal; without it stdout is a pipe. */
  columns?: number;
}

/** Runs `stracelake ...` in a folder, to its end, in this process. */
export async function stracelake(
  cwd: string,
  args: string[],
  { input = '', env = {}, columns }: Setting = {},
): Promise<Finished> {
  process.chdir(cwd);
  const stdout = new Collector(columns);
  const stderr = new Collector();
  const stdin = Readable.from([Buffer.from(input)]);
  const code = await run(args, new Terminal({ stdin, stdout, stderr, env }));
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Runs Node in a folder, to its end. */
export async function runNode(cwd: string, args: string[]): Promise<Finished> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

/** Keeps what is written. */
class Collector extends Writable {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(columns?: number) {
    super();
    this.columns = columns;
    this.isTTY = columns !== undefined;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
