/** One row of `calls` as exports read it; names and meaning as in `lib/lake/columns.ts`. */
export interface CallRow {
  session: string;
  seq: bigint;
  kind: 'call' | 'signal' | 'exit';
  time_ns: bigint | null;
  duration_ns: bigint | null;
  pid: number | null;
  process: number | null;
  parent: number | null;
  executable: string | null;
  comm: string | null;
  syscall: string | null;
  path: string | null;
  paths: string[];
  args: string | null;
  ret: bigint | null;
  ret_text: string | null;
  error: string | null;
  error_text: string | null;
  signal: string | null;
  classes: string[];
  fd: number | null;
  fd_kind: string | null;
  protocol: string | null;
  local_address: string | null;
  remote_address: string | null;
  bytes: bigint | null;
  direction: string | null;
  stack: string[];
  data: string | null;
}

/** Rows in the order of the log, some thousands at a time. */
export type CallBatches = AsyncIterable<readonly CallRow[]>;
