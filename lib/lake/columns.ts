/** One column of the `calls` table, as every consumer of the schema sees it. */
export interface Column {
  name: string;
  /** SQL type in Athena and DuckDB alike. */
  type: 'string' | 'int' | 'bigint' | 'array<string>';
  nullable: boolean;
  comment: string;
}

/**
 * The columns of `calls`, one row a system call, signal or exit: the only place they are declared.
 * The Parquet writer, the Glue table, the DuckDB view and the docs are derived from this list.
 */
export const callColumns: readonly Column[] = [
  {
    name: 'session',
    type: 'string',
    nullable: false,
    comment: 'Session the row belongs to; also the partition of the table.',
  },
  {
    name: 'seq',
    type: 'bigint',
    nullable: false,
    comment: 'Line of the log on which the call completed, from 1; unique in a session.',
  },
  {
    name: 'kind',
    type: 'string',
    nullable: false,
    comment: "What the row is: 'call', 'signal' or 'exit'.",
  },
  {
    name: 'time_ns',
    type: 'bigint',
    nullable: true,
    comment: 'Start of the call, nanoseconds since 1970-01-01 UTC; NULL when the log has no times.',
  },
  {
    name: 'duration_ns',
    type: 'bigint',
    nullable: true,
    comment: 'Time spent in the call, nanoseconds, as strace -T prints it; NULL without -T.',
  },
  {
    name: 'pid',
    type: 'int',
    nullable: true,
    comment: 'Thread that made the call (the number strace prints); NULL when the log names none.',
  },
  {
    name: 'process',
    type: 'int',
    nullable: true,
    comment:
      'Thread-group leader of pid: the process; equals pid unless a thread was seen to start.',
  },
  {
    name: 'parent',
    type: 'int',
    nullable: true,
    comment: 'Process that started this process; NULL when the log does not show its start.',
  },
  {
    name: 'executable',
    type: 'string',
    nullable: true,
    comment:
      'Program the process ran when the call returned; NULL until an execve or a fork tells.',
  },
  {
    name: 'comm',
    type: 'string',
    nullable: true,
    comment: 'Command name of the thread as strace -Y prints it; NULL without -Y.',
  },
  {
    name: 'syscall',
    type: 'string',
    nullable: true,
    comment: 'Name of the system call; NULL on signals and exits.',
  },
  {
    name: 'path',
    type: 'string',
    nullable: true,
    comment: 'File the call is about, absolute where the log tells the directory; NULL when none.',
  },
  {
    name: 'paths',
    type: 'array<string>',
    nullable: false,
    comment: 'Every file the call names, in order of appearance, without repetition; may be empty.',
  },
  {
    name: 'args',
    type: 'string',
    nullable: true,
    comment: 'Arguments between the parentheses as printed; for a signal, its siginfo.',
  },
  {
    name: 'ret',
    type: 'bigint',
    nullable: true,
    comment: 'Return value, hexadecimal and octal understood; exit status on exits; NULL for "?".',
  },
  {
    name: 'ret_text',
    type: 'string',
    nullable: true,
    comment: 'What the return says beyond a decimal number: error, decoration, flags, hexadecimal.',
  },
  {
    name: 'error',
    type: 'string',
    nullable: true,
    comment: 'Symbol of the error, such as ENOENT or ERESTARTSYS; NULL when the call did not fail.',
  },
  {
    name: 'error_text',
    type: 'string',
    nullable: true,
    comment: 'Explanation of the error as printed, such as "No such file or directory".',
  },
  {
    name: 'signal',
    type: 'string',
    nullable: true,
    comment:
      'Signal received (kind signal) or that killed the process (kind exit), such as SIGCHLD.',
  },
  {
    name: 'classes',
    type: 'array<string>',
    nullable: false,
    comment:
      "Classes of the call as strace's -e trace=%class has them: file, desc, process, network...",
  },
  {
    name: 'fd',
    type: 'int',
    nullable: true,
    comment: 'File descriptor the call is about: its descriptor argument, or the one it opened.',
  },
  {
    name: 'fd_kind',
    type: 'string',
    nullable: true,
    comment:
      'What fd refers to: file, char, block, memfd, pipe, socket, pid, eventpoll, eventfd...',
  },
  {
    name: 'protocol',
    type: 'string',
    nullable: true,
    comment: 'Protocol of a socket as strace -yy names it: TCP, UDPv6, UNIX-STREAM, NETLINK...',
  },
  {
    name: 'local_address',
    type: 'string',
    nullable: true,
    comment:
      'Own address of a socket, such as 127.0.0.1:80, [::1]:80 or the path of a Unix socket.',
  },
  {
    name: 'remote_address',
    type: 'string',
    nullable: true,
    comment: 'Peer address of a socket, in the same forms.',
  },
  {
    name: 'bytes',
    type: 'bigint',
    nullable: true,
    comment:
      'Bytes moved by a successful call of the read or write family, of sendmmsg and recvmmsg those of all messages; NULL on other calls, and where strace did not print all of these messages.',
  },
  {
    name: 'direction',
    type: 'string',
    nullable: true,
    comment: "Way of these bytes: 'in' (read, recv...) or 'out' (write, send...).",
  },
  {
    name: 'stack',
    type: 'array<string>',
    nullable: false,
    comment: 'Frames of the call stack, innermost first, as strace -k prints them; may be empty.',
  },
  {
    name: 'data',
    type: 'string',
    nullable: true,
    comment:
      'Bytes moved, from dumps of strace -e read=... or -e write=...: UTF-8 text as it is, a backslash doubled, other bytes as \\n, \\t, \\r or \\xNN; NULL without.',
  },
];
