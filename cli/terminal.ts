import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** What a command reads from and writes to. */
export interface TerminalStreams {
  stdin: Readable;
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
}

/** Where a command prints: answers on stdout, all else on stderr. */
export class Terminal {
  readonly streams: TerminalStreams;

  constructor(streams: TerminalStreams) {
    this.streams = streams;
  }

  /** Columns of the terminal that stdout is; undefined when it is none, so that nothing may be cut. */
  get width(): number | undefined {
    const { stdout, env } = this.streams;
    if (!stdout.isTTY) return undefined;
    return stdout.columns || Number(env.COLUMNS) || 80;
  }

  /** Prints a part of the answer; waits while the reader is slower. */
  async print(text: string | Uint8Array): Promise<void> {
    const { stdout } = this.streams;
    if (!stdout.write(text)) await once(stdout, 'drain');
  }

  /** Prints a line for the person, not for the next program. */
  note(line: string): void {
    this.streams.stderr.write(`${line}\n`);
  }

  /** The text in a style, where stdout shows colours (a terminal, and NO_COLOR is not set). */
  paint(style: Style, text: string): string {
    const { stdout, env } = this.streams;
    const hasColours = stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
    return hasColours ? styleText(style, text, { validateStream: false }) : text;
  }
}
