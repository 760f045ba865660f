import {
  ascii,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COMMA,
  DOT,
  EQUALS,
  GREATER,
  indexOfLiteral,
  isDigit,
  LESS,
  MINUS,
  matchesAt,
  PAREN_CLOSE,
  PAREN_OPEN,
  PLUS,
  QUESTION,
  QUOTE,
  SPACE,
  UNDERSCORE,
  ZERO,
} from './ascii.ts';

const UNFINISHED = ascii('unfinished');
const DETACHED = ascii('detached');
const PID_CHANGED = ascii('pid changed to ');
const STRACE = ascii('strace: ');
const PROCESS = ascii('Process ');
const ATTACHED = ascii(' attached');
const THREADS = ascii(' threads');
const PROCESS_VERBS = [' attached', ' detached', ' suspended', ' resumed'].map(ascii);
const RESUMED_HEAD = ascii('<... ');
const RESUMED = ascii(' resumed');
const RETURN_MARK = ascii(') = ');
const UNFINISHED_WHOLE = ascii('<unfinished ...>');

/**
 * End of the syscall name that begins at `start`: lower-case letters, digits and underscores, or the
 * `????` that strace before 6.1 printed when it could not read the number.
 */
export function scanName(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === QUESTION) while (at < end && bytes[at] === QUESTION) at++;
  while (at < end) {
    const byte = bytes[at];
    if (!((byte >= 0x61 && byte <= 0x7a) || byte === UNDERSCORE || isDigit(byte))) break;
    at++;
  }
  return at;
}

/**
 * Start of the mark that says a call did not end on this line, or -1: ` <unfinished ...>`,
 * ` <unfinished #3 ...>`, ` <detached ...>`, ` <pid changed to 17 ...>`, space included.
 */
export function unfinishedMark(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] !== GREATER || bytes[end - 2] !== DOT || bytes[end - 4] !== DOT) return -1;
  const floor = Math.max(start, end - 40);
  let at = end - 5;
  while (at >= floor && bytes[at] !== LESS) at--;
  if (at < floor) return -1;
  const isMark =
    matchesAt(bytes, at + 1, end, UNFINISHED) ||
    matchesAt(bytes, at + 1, end, DETACHED) ||
    matchesAt(bytes, at + 1, end, PID_CHANGED);
  if (!isMark) return -1;
  return at > start && bytes[at - 1] === SPACE ? at - 1 : at;
}

/** Where the rest of a call begins behind `<... read resumed>`, or -1 when no such mark stands here. */
export function resumedTail(bytes: Uint8Array, start: number, end: number): number {
  if (!matchesAt(bytes, start, end, RESUMED_HEAD)) return -1;
  const nameEnd = scanName(bytes, start + RESUMED_HEAD.length, end);
  if (!matchesAt(bytes, nameEnd, end, RESUMED)) return -1;
  let at = nameEnd + RESUMED.length;
  while (at < end && bytes[at] !== GREATER) at++;
  return at < end ? at + 1 : -1;
}

/** Whether an unfinished mark says that strace let go of the process. */
export function isDetachedMark(bytes: Uint8Array, mark: number, end: number): boolean {
  const at = bytes[mark] === SPACE ? mark + 2 : mark + 1;
  return matchesAt(bytes, at, end, DETACHED);
}

/** Position of the last `) = ` in the range, or -1: the fallback for arguments that do not nest. */
export function lastReturnMark(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - RETURN_MARK.length; at >= start; at--) {
    if (bytes[at] === PAREN_CLOSE && matchesAt(bytes, at, end, RETURN_MARK)) return at;
  }
  return -1;
}

/** End of the arguments without the `<unfinished ...>` of a call that strace could not decode. */
export function withoutUnfinished(bytes: Uint8Array, start: number, end: number): number {
  const at = end - UNFINISHED_WHOLE.length;
  if (at < start || bytes[end - 1] !== GREATER || !matchesAt(bytes, at, end, UNFINISHED_WHOLE)) {
    return end;
  }
  return at > start && bytes[at - 1] === SPACE ? at - 1 : at;
}

/** Whether the event is `+++ ... +++` or `--- ... ---`. */
export function isFenced(bytes: Uint8Array, start: number, end: number, fence: number): boolean {
  return (
    end - start > 8 &&
    bytes[start + 1] === fence &&
    bytes[start + 2] === fence &&
    bytes[start + 3] === SPACE &&
    bytes[end - 4] === SPACE &&
    bytes[end - 3] === fence &&
    bytes[end - 1] === fence
  );
}

/** Whether strace before 4.11 tells what it does to a process: `Process 15824 suspended`. */
export function isProcessMessage(bytes: Uint8Array, start: number, end: number): boolean {
  if (!matchesAt(bytes, start, end, PROCESS)) return false;
  const verb = wordEnd(bytes, start + PROCESS.length, end);
  const isNumbered = readNumber(bytes, start + PROCESS.length, verb) > 0;
  return isNumbered && PROCESS_VERBS.some((word) => matchesAt(bytes, verb, end, word));
}

/** Pid of `strace: Process 15824 attached`, before 4.11 without the prefix; -1 for other text. */
export function attachedPid(bytes: Uint8Array, start: number, end: number): number {
  const at = matchesAt(bytes, start, end, STRACE) ? start + STRACE.length : start;
  if (!isProcessMessage(bytes, at, end)) return -1;
  const verb = wordEnd(bytes, at + PROCESS.length, end);
  return matchesAt(bytes, verb, end, ATTACHED) ? readNumber(bytes, at + PROCESS.length, end) : -1;
}

/** Whether the message is of a process that had threads already: `Process 4307 attached with 3 threads`. */
export function isOfThreads(bytes: Uint8Array, start: number, end: number): boolean {
  return matchesAt(bytes, Math.max(end - THREADS.length, start), end, THREADS);
}

/** Start of the message that a process was attached, wherever it stands in the range, or -1. */
export function attachedMessage(bytes: Uint8Array, start: number, end: number): number {
  const at = indexOfLiteral(bytes, start, end, PROCESS);
  if (at < 0 || attachedPid(bytes, at, end) < 0) return -1;
  const prefix = at - STRACE.length;
  return prefix >= start && matchesAt(bytes, prefix, end, STRACE) ? prefix : at;
}

/** Decimal number at `start`, or -1 when no digit stands there. */
export function readNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let value = 0;
  while (at < end && isDigit(bytes[at])) value = value * 10 + bytes[at++] - ZERO;
  return at === start ? -1 : value;
}

/** Position of the first space from `start` on, or `end`. */
export function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SPACE) at++;
  return at;
}

/** Whether a line may be the other half of a call that output or a message of strace cut in two. */
export function mayContinue(bytes: Uint8Array, start: number): boolean {
  const first = bytes[start];
  // the `[{WIFEXITED(s)...}]` of wait4, not `[pid 7]` nor `[ 257]`
  if (first === BRACKET_OPEN) return bytes[start + 1] === BRACE_OPEN;
  return (
    first === SPACE ||
    first === COMMA ||
    first === PAREN_CLOSE ||
    first === BRACE_OPEN ||
    first === BRACE_CLOSE ||
    first === BRACKET_CLOSE ||
    first === QUOTE
  );
}

/** Whether what strace prints behind a leader begins here: a call, its rest, a signal or an end. */
export function isEventStart(bytes: Uint8Array, start: number, end: number): boolean {
  const nameEnd = scanName(bytes, start, end);
  if (nameEnd > start) return nameEnd < end && bytes[nameEnd] === PAREN_OPEN;
  return (
    matchesAt(bytes, start, end, RESUMED_HEAD) ||
    isFenced(bytes, start, end, PLUS) ||
    isFenced(bytes, start, end, MINUS)
  );
}

/** Position of the last `=` in the range, or -1. */
export function lastEquals(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at >= start && bytes[at] !== EQUALS) at--;
  return at < start ? -1 : at;
}
