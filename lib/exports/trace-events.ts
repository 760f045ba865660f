import type { CallRow } from './call-row.ts';

/** An event of the Chrome trace format; times in microseconds. */
export interface TraceEvent {
  /** X: a slice; i: a mark; s and f: ends of an arrow; M: a name. */
  ph: 'X' | 'i' | 's' | 'f' | 'M';
  name: string;
  cat?: string;
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  /** Of a mark: how far it reaches, a thread or a process. */
  s?: 't' | 'p';
  /** Of an arrow: its number; `bp` binds its end to the slice around it. */
  id?: number;
  bp?: 'e';
  args?: Record<string, unknown>;
}

/** Process and thread of a row; a log without pids is one thread of one process. */
export function threadOf(row: CallRow): { pid: number; tid: number } {
  const tid = row.pid ?? 1;
  return { pid: row.process ?? tid, tid };
}

/** The slice of a call that has a duration; `offsetNs` counts from the start of the trace. */
export function callEvent(row: CallRow, offsetNs: number): TraceEvent {
  return {
    ph: 'X',
    name: row.syscall ?? 'unknown call',
    cat: row.classes[0] ?? 'other',
    ts: offsetNs / 1000,
    dur: Number(row.duration_ns) / 1000,
    ...threadOf(row),
    args: callArguments(row),
  };
}

/** The mark of a signal, an exit, or a call of which only the start is known. */
export function markEvent(row: CallRow, offsetNs: number): TraceEvent {
  const thread = threadOf(row);
  const endsProcess = row.kind === 'exit' && thread.pid === thread.tid;
  return {
    ph: 'i',
    name: nameMark(row),
    cat: row.kind,
    ts: offsetNs / 1000,
    ...thread,
    s: endsProcess ? 'p' : 't',
    args: callArguments(row),
  };
}

function nameMark({ kind, syscall, signal, ret }: CallRow): string {
  if (kind === 'call') return syscall ?? 'unknown call';
  if (kind === 'signal') return signal ?? 'signal';
  return signal === null ? `exit ${ret ?? ''}`.trimEnd() : `killed by ${signal}`;
}

function callArguments(row: CallRow): Record<string, unknown> {
  const known = {
    path: row.path,
    args: row.args,
    return: row.ret === null ? null : String(row.ret),
    return_text: row.ret_text,
    error: row.error,
    fd: row.fd,
    bytes: row.bytes === null ? null : Number(row.bytes),
    local: row.local_address,
    remote: row.remote_address,
    executable: row.executable,
    stack: row.stack.length === 0 ? null : row.stack.join('\n'),
    line: Number(row.seq),
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null));
}
