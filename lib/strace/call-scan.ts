import { ArgumentScan, STRING, scanArguments } from './arguments.ts';
import { EQUALS } from './ascii.ts';
import { lastReturnMark } from './event-text.ts';
import { skipSpaces } from './leader.ts';
import { ReturnScan, scanReturn } from './return-value.ts';

/** What was found in the arguments and the return value of one call; the same object for all. */
export class CallScan {
  readonly arguments = new ArgumentScan();
  readonly ret = new ReturnScan();
  /** Only the end of the arguments is known. */
  isTail = false;

  /** Scans `args) = VALUE...`; position of the closing parenthesis, or -1. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    this.isTail = false;
    scanArguments(bytes, start, end, this.arguments);
    const { close } = this.arguments;
    if (close >= 0 && this.#scanReturn(bytes, close + 1, end)) return close;
    const last = lastReturnMark(bytes, start, end);
    return last >= 0 && this.#scanReturn(bytes, last + 1, end) ? last : -1;
  }

  /** Says that the beginning is lost: then nobody knows which argument a string is. */
  loseBeginning(): void {
    this.isTail = true;
    this.arguments.remove(STRING);
  }

  /** Scans ` = VALUE...` behind the closing parenthesis. */
  #scanReturn(bytes: Uint8Array, start: number, end: number): boolean {
    const at = skipSpaces(bytes, start, end);
    if (bytes[at] !== EQUALS || at >= end) return false;
    scanReturn(bytes, skipSpaces(bytes, at + 1, end), end, this.ret);
    return this.ret.isValid;
  }
}
