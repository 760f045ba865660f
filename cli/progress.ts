import { Presets, SingleBar } from 'cli-progress';
import type { TerminalStreams } from './terminal.ts';

const SHOWN_AFTER_MS = 1000;
const MEGABYTE = 1_000_000;

/** A bar on stderr for work that takes a while, when a terminal watches. */
export class Progress {
  #done = 0;
  #bar?: SingleBar;
  readonly #timer?: NodeJS.Timeout;

  /** `total` is in bytes; without it, or on no terminal, no bar is drawn. */
  constructor(verb: string, total: number | undefined, stream?: TerminalStreams['stderr']) {
    if (!total || !stream?.isTTY) return;
    this.#timer = setTimeout(() => {
      this.#bar = new SingleBar(
        {
          stream: stream as NodeJS.WriteStream,
          format: `${verb} [{bar}] {percentage}% | {value}/{total} MB | {eta_formatted} left`,
          clearOnComplete: true,
          hideCursor: true,
        },
        Presets.legacy,
      );
      this.#bar.start(Math.ceil(total / MEGABYTE), Math.round(this.#done / MEGABYTE));
    }, SHOWN_AFTER_MS);
  }

  readonly add = (bytes: number): void => {
    this.#done += bytes;
    this.#bar?.update(Math.round(this.#done / MEGABYTE));
  };

  stop(): void {
    clearTimeout(this.#timer);
    this.#bar?.stop();
  }
}
