import { CALL, type CallRow, type PathList, type Span } from './call.ts';
import type { Thread } from './thread.ts';

/** When an event happened: seconds since 1970 (-1 unknown), nanoseconds, line of the log. */
export interface Moment {
  seconds: number;
  nanos: number;
  seq: number;
}

/** A row of which nothing is known yet. */
export function newRow(paths: PathList): CallRow {
  return {
    kind: CALL,
    seq: 0,
    seconds: -1,
    nanos: 0,
    duration: -1,
    pid: -1,
    process: -1,
    parent: -1,
    executable: undefined,
    comm: undefined,
    syscall: undefined,
    paths,
    args: { bytes: undefined, start: 0, end: 0 },
    hasRet: false,
    retLow: 0,
    retHigh: 0,
    retText: { bytes: undefined, start: 0, end: 0 },
    error: undefined,
    errorText: undefined,
    signal: undefined,
    fd: -1,
    fdKind: undefined,
    protocol: undefined,
    local: undefined,
    remote: undefined,
  };
}

/** Points a span to `bytes[start, end)`, or to NULL. */
export function setSpan(
  span: Span,
  bytes: Uint8Array | undefined,
  start: number,
  end: number,
): void {
  span.bytes = bytes;
  span.start = start;
  span.end = end;
}

/** Fills in what the row is, whose and when. */
export function fillOrigin(
  row: CallRow,
  kind: CallRow['kind'],
  thread: Thread,
  moment: Moment,
): void {
  row.kind = kind;
  row.seq = moment.seq;
  row.seconds = moment.seconds;
  row.nanos = moment.nanos;
  row.pid = thread.pid;
  row.process = thread.process;
  row.parent = thread.parent;
  row.executable = thread.executable;
  row.comm = thread.comm;
}

/** Forgets what only a call has. */
export function clearDetails(row: CallRow): void {
  row.fd = -1;
  row.fdKind = undefined;
  row.protocol = undefined;
  row.local = undefined;
  row.remote = undefined;
  row.duration = -1;
  row.syscall = undefined;
  row.args.bytes = undefined;
  row.hasRet = false;
  row.retText.bytes = undefined;
  row.error = undefined;
  row.errorText = undefined;
  row.signal = undefined;
}
