import { LF } from '../strace/ascii.ts';
import { Redactor } from '../strace/redaction.ts';

/** Passes a log on with what rules find replaced, whole lines at a time. */
export class LogRedactor {
  readonly #redactor: Redactor | undefined;

  /** Rules by name; with none of them the log passes untouched. */
  constructor(rules: readonly string[]) {
    if (rules.length > 0) this.#redactor = new Redactor(rules);
  }

  /** What was replaced, by rule; undefined without rules. Final once the log was read. */
  get counts(): Record<string, number> | undefined {
    return this.#redactor?.counts;
  }

  /** The log without its secrets. */
  read(log: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    return this.#redactor === undefined ? log : redactLines(log, this.#redactor);
  }
}

async function* redactLines(
  log: AsyncIterable<Uint8Array>,
  redactor: Redactor,
): AsyncGenerator<Uint8Array> {
  // latin1 has a character for every byte, so that nothing is lost on the way
  const redact = (bytes: Buffer) =>
    Buffer.from(redactor.redact(bytes.toString('latin1')), 'latin1');
  let held: Buffer[] = [];
  for await (const piece of log) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const end = bytes.lastIndexOf(LF) + 1;
    if (end > 0) {
      yield redact(Buffer.concat([...held, bytes.subarray(0, end)]));
      held = [];
    }
    // the next piece may come in the same memory
    if (end < bytes.length) held.push(Buffer.from(bytes.subarray(end)));
  }
  if (held.length > 0) yield redact(Buffer.concat(held));
}
