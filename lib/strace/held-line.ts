import { grown } from './byte-dictionary.ts';
import type { CallScan } from './call-scan.ts';
import { scanName, unfinishedMark } from './event-text.ts';
import { outputStart } from './glued-output.ts';
import { type Leader, scanLeader } from './leader.ts';

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

  /**
   * The first half with this line behind it, if that makes a call, without the output of the program
   * that stood between; `isStrict`: only a call whose brackets nest. Scans its leader and the call.
   */
  complete(
    bytes: Uint8Array,
    start: number,
    end: number,
    isStrict: boolean,
    leader: Leader,
    call: CallScan,
  ): Uint8Array | undefined {
    const length = this.isCutByMessage ? this.length : outputStart(this.bytes, this.length);
    const joined = new Uint8Array(length + end - start);
    joined.set(this.bytes.subarray(0, length));
    joined.set(bytes.subarray(start, end), length);
    scanLeader(joined, 0, joined.length, leader);
    const at = scanName(joined, leader.eventStart, joined.length) + 1;
    const close = call.scan(joined, at, joined.length);
    const isWhole = isStrict
      ? close >= length && close === call.arguments.close
      : close >= 0 || unfinishedMark(joined, at, joined.length) >= 0;
    return isWhole ? joined : undefined;
  }
}
