import { grown } from './byte-dictionary.ts';

/**
 * A call that program output or a message of strace cut in two, waiting for its other half:
 * `[pid 9] vfork(strace: Process 15824 attached`, then ` <unfinished ...>` on the next line.
 */
export class HeldLine {
  bytes: Uint8Array = new Uint8Array(1024);
  /** 0 when nothing is held. */
  length = 0;
  line = 0;
  /** A message of strace cut it, so that the next line without a leader is its other half. */
  isCutByMessage = false;

  /** Keeps a copy of the first half. */
  keep(bytes: Uint8Array, start: number, end: number, line: number, isCutByMessage: boolean): void {
    this.length = end - start;
    this.line = line;
    this.isCutByMessage = isCutByMessage;
    if (this.length > this.bytes.length) this.bytes = grown(this.bytes, this.length);
    this.bytes.set(bytes.subarray(start, end));
  }

  /** The first half with this line behind it. */
  join(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const joined = new Uint8Array(this.length + end - start);
    joined.set(this.bytes.subarray(0, this.length));
    joined.set(bytes.subarray(start, end), this.length);
    return joined;
  }
}
