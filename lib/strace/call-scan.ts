import { ArgumentScan, STRING, scanArguments } from './arguments.ts';
import { EQUALS } from './ascii.ts';
import { lastReturnMark } from './event-text.ts';
import { withoutHexadecimal } from './hexadecimal.ts';
import { skipSpaces } from './leader.ts';
import { ReturnScan, scanReturn } from './return-value.ts';

/** What was found in the arguments and the return value of one call; the same object for all. */
export class CallScan {
  readonly arguments = new ArgumentScan();
  readonly ret = new ReturnScan();
  /** Only the end of the arguments is known. */
  isTail = false;
  /** Position of the closing parenthesis, or -1. */
  close = -1;
  #end = 0;

  /** Scans `args) = VALUE...`; position of the closing parenthesis, or -1. */
  scan(bytes: Uint8Array, start: number, end: number): number {
    this.isTail = false;
    this.#end = end;
    scanArguments(bytes, start, end, this.arguments);
    this.close = this.arguments.close;
    if (this.close >= 0 && this.#scanReturn(bytes, this.close + 1, end)) return this.close;
    const last = lastReturnMark(bytes, start, end);
    this.close = last >= 0 && this.#scanReturn(bytes, last + 1, end) ? last : -1;
    return this.close;
  }

  /** Says that the beginning is lost: then nobody knows which argument a string is. */
  loseBeginning(): void {
    this.isTail = true;
    this.arguments.remove(STRING);
  }

  /**
   * The call just scanned, which begins at `start`, as it stands in a log without -xx; scans that. Undefined when
   * it holds no text in hexadecimal.
   */
  readHexadecimal(bytes: Uint8Array, start: number): Uint8Array | undefined {
    if (!this.arguments.isHexadecimal && !this.ret.isHexadecimal) return undefined;
    const { isTail } = this;
    const end = this.#end;
    const plain = withoutHexadecimal(bytes, start, end);
    const isRead = this.scan(plain, 0, plain.length - 1) >= 0;
    if (!isRead) this.scan(bytes, start, end);
    if (isTail) this.loseBeginning();
    return isRead ? plain : undefined;
  }

  /** Scans ` = VALUE...` behind the closing parenthesis. */
  #scanReturn(bytes: Uint8Array, start: number, end: number): boolean {
    const at = skipSpaces(bytes, start, end);
    if (bytes[at] !== EQUALS || at >= end) return false;
    scanReturn(bytes, skipSpaces(bytes, at + 1, end), end, this.ret);
    return this.ret.isValid;
  }
}
