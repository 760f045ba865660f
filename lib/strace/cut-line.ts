import { ascii, MINUS, matchesAt, PAREN_OPEN, PIPE, PLUS, SPACE } from './ascii.ts';
import type { CallScan } from './call-scan.ts';
import { attachedPid, isFenced, resumedTail, scanName, unfinishedMark } from './event-text.ts';
import { hasLeader, type Leader, scanLeader, skipSpaces } from './leader.ts';

const CUT_MARK = ascii(' <cut off ...>');

/** What the merge of an -ff run puts behind the last line of a file when its line end is missing. */
export const cutMark: Uint8Array = CUT_MARK;

/** End of the line without the mark that it was cut off, or -1 when it has none. */
export function cutMarkStart(bytes: Uint8Array, start: number, end: number): number {
  const at = end - CUT_MARK.length;
  return at > start && matchesAt(bytes, at, end, CUT_MARK) ? at : -1;
}

/** What a last line without a line end tells for certain: it may have been cut anywhere. */
export const WHOLE = 0;
/** The arguments of a call are whole, what it returned may not be. */
export const ARGUMENTS = 1;
/** A line of the program, or of a dump. */
export const OUTPUT = 2;
export const CUT_DUMP = 3;
const NOTHING = 4;

type Judgement = typeof WHOLE | typeof ARGUMENTS | typeof OUTPUT | typeof CUT_DUMP | typeof NOTHING;

/**
 * Judges a line that may be the beginning of a longer one: `close(3) = -1 EBA`, of which only the
 * arguments are certain. Scans its leader and, when they are whole, the arguments of its call.
 */
export function judgeCutLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  leader: Leader,
  call: CallScan,
): Judgement {
  if (bytes[start] === SPACE) return bytes[start + 1] === PIPE ? CUT_DUMP : NOTHING;
  scanLeader(bytes, start, end, leader);
  const at = leader.eventStart;
  if (isFenced(bytes, at, end, PLUS) || isFenced(bytes, at, end, MINUS)) return WHOLE;
  if (attachedPid(bytes, at, end) > 0) return WHOLE;
  const nameEnd = scanName(bytes, at, end);
  if (nameEnd > at && bytes[nameEnd] === PAREN_OPEN && nameEnd < end) {
    return judgeCall(bytes, nameEnd + 1, end, call);
  }
  const resumed = resumedTail(bytes, at, end);
  if (resumed >= 0) return judgeCall(bytes, resumed, end, call) === WHOLE ? WHOLE : NOTHING;
  return hasLeader(leader) ? NOTHING : OUTPUT;
}

function judgeCall(bytes: Uint8Array, start: number, end: number, call: CallScan): Judgement {
  const isWhole = call.scan(bytes, start, end) >= 0 && call.ret.duration >= 0;
  const { arguments: scan } = call;
  if (scan.close < 0) {
    // the same letters in a string that was cut are no mark
    const isMarked = !scan.endsInString && unfinishedMark(bytes, start, end) >= 0;
    return isMarked ? WHOLE : NOTHING;
  }
  // a duration is the last thing on a line; what follows a value or an error may be missing
  if (isWhole) return WHOLE;
  const next = skipSpaces(bytes, scan.close + 1, end);
  const isReturn = next === end || matchesAt(bytes, next, next + 1, RETURN);
  return isReturn ? ARGUMENTS : NOTHING;
}

const RETURN = ascii('=');
