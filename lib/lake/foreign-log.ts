import { LogRefusedError } from './errors.ts';
import type { ParseSummary } from './manifest.ts';

const SHOWN_BYTES = 200;
const STRACE_KINDS = ['complete', 'unfinished', 'resumed', 'signal', 'exit', 'message', 'summary'];
const HOW_TO_RECORD =
  'Record with: strace -f -tt -T -y -yy -s 2048 -o app.log your-command, and upload app.log.';

/** Passes a log through and keeps the beginning of its first line that is not empty. */
export class FirstLineTap {
  #head = Buffer.alloc(0);

  async *read(log: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of log) {
      if (this.#head.length < SHOWN_BYTES) {
        const text = Buffer.concat([this.#head, chunk.subarray(0, 4 * SHOWN_BYTES)]).toString();
        this.#head = Buffer.from(text.trimStart()).subarray(0, SHOWN_BYTES);
      }
      yield chunk;
    }
  }

  /** What was seen, fit to be shown: control characters and bytes that are no text become `?`. */
  get line(): string {
    const [line] = this.#head.toString().split('\n', 1);
    return line.replace(/[\p{C}\ufffd]/gu, '?').trim();
  }
}

/** Throws LogRefusedError for a log that is empty or holds not one line of strace output. */
export function refuseForeignLog(summary: ParseSummary, firstLine: string): void {
  if (summary.log_bytes === 0) throw emptyLog();
  if (holdsStraceLine(summary.lines_by_kind) || summary.rows > 0) return;
  throw new LogRefusedError(
    'not an strace log',
    `None of its ${summary.lines} lines is strace output; the first is: ${firstLine || '(empty)'}. ` +
      HOW_TO_RECORD,
  );
}

/** Whether lines counted by kind hold one that strace printed. */
export function holdsStraceLine(counts: Record<string, number>): boolean {
  return STRACE_KINDS.some((kind) => (counts[kind] ?? 0) > 0);
}

/** The refusal of a log without a byte in it. */
export function emptyLog(): LogRefusedError {
  return new LogRefusedError('empty log', `The log holds nothing. ${HOW_TO_RECORD}`);
}
