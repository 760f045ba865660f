-- title: What calls do to file descriptors
-- description: A row for each descriptor that a call opens, closes, marks or uses: two rows for a call that
--   does so to two, such as dup2, accept or pipe. Calls that failed are uses, but for those on a
--   descriptor that is not open (EBADF), which have no row. Descriptors closed by close_range, execve or
--   an exit, and those received over a Unix socket, have none either: the log does not name them.
-- column: session varchar: Session the call belongs to.
-- column: seq bigint: Line of the log on which the call completed; order by it.
-- column: time_ns bigint: Start of the call, nanoseconds since 1970-01-01 UTC; NULL when the log has no times.
-- column: pid integer: Thread that made the call.
-- column: process integer: Process of that thread: descriptors are numbered by process.
-- column: executable varchar: Program that made the call; NULL when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: fd integer: Descriptor.
-- column: fd_event varchar: open, close, mark (to be closed or kept by execve) or use.
-- column: fd_kind varchar: What the descriptor refers to: file, pipe, socket and so on.
-- column: target varchar: File; protocol and addresses of a socket; NULL for what has no name, such as a pipe or a memfd.
-- column: closes_on_exec boolean: Of open and mark, whether execve will close it; NULL on other rows.
-- column: bytes bigint: Bytes that the call moved through it; NULL when it is about something else.
-- column: direction varchar: in or out, the way of these bytes.

SELECT
  session, seq, time_ns, pid, process, executable, syscall, fd, fd_event, fd_kind, target,
  CASE
    WHEN fd_event = 'mark' THEN regexp_like(args, 'FD_CLOEXEC|FIOCLEX')
    WHEN fd_event <> 'open' THEN NULL
    WHEN syscall IN ('pidfd_open', 'pidfd_getfd', 'io_uring_setup') THEN true
    ELSE strpos(args, '_CLOEXEC') > 0
  END AS closes_on_exec,
  CASE WHEN fd_event = 'use' THEN bytes END AS bytes,
  CASE WHEN fd_event = 'use' THEN direction END AS direction
FROM (
  SELECT
    session,
    seq,
    time_ns,
    pid,
    process,
    executable,
    syscall,
    CASE
      WHEN known_event = 'pair' AND place = 1
        THEN CAST(NULLIF(regexp_extract(args, '\[([0-9]+)', 1), '') AS INTEGER)
      WHEN known_event = 'pair'
        THEN CAST(NULLIF(regexp_extract(args, '\[[0-9]+(<[^,]*>){0,1}, ([0-9]+)', 2), '') AS INTEGER)
      WHEN known_event = 'open' THEN CAST(ret AS INTEGER)
      ELSE fd
    END AS fd,
    CASE
      WHEN known_event = 'pair' THEN 'open'
      WHEN known_event = 'mark' AND regexp_like(args, 'F_SETFD|FIOCLEX|FIONCLEX') AND error IS NULL
        THEN 'mark'
      WHEN known_event = 'mark' THEN 'use'
      ELSE known_event
    END AS fd_event,
    CASE
      WHEN syscall = 'socketpair' THEN 'socket'
      WHEN known_event = 'pair' THEN 'pipe'
      ELSE fd_kind
    END AS fd_kind,
    CASE
      WHEN known_event = 'pair' THEN NULL
      WHEN syscall IN ('accept', 'accept4') AND known_event = 'use' THEN protocol
      WHEN protocol IS NOT NULL THEN
        protocol || COALESCE(
          ' ' || local_address || '->' || remote_address,
          ' ' || COALESCE(remote_address, local_address),
          ''
        )
      WHEN COALESCE(fd_kind, 'file') NOT IN ('file', 'char', 'block') THEN NULL
      WHEN syscall IN ('openat', 'open', 'openat2', 'creat') THEN element_at(paths, -1)
      ELSE path
    END AS target,
    bytes,
    direction,
    args
  FROM calls
  JOIN (
    SELECT known_event, place, name
    FROM (
      VALUES
        ('open', 2, 'open openat openat2 creat socket epoll_create epoll_create1 eventfd eventfd2'),
        ('open', 2, 'signalfd signalfd4 timerfd_create inotify_init inotify_init1 memfd_create'),
        ('open', 2, 'memfd_secret pidfd_open userfaultfd perf_event_open fanotify_init open_tree'),
        ('open', 2, 'fsopen fspick io_uring_setup landlock_create_ruleset mq_open'),
        ('use', 1, 'accept accept4 dup dup2 dup3 pidfd_getfd open_by_handle_at fsmount'),
        ('open', 2, 'accept accept4 dup dup2 dup3 pidfd_getfd open_by_handle_at fsmount'),
        ('mark', 1, 'fcntl fcntl64 ioctl'),
        ('open', 2, 'fcntl fcntl64'),
        ('pair', 1, 'pipe pipe2 socketpair'),
        ('pair', 2, 'pipe pipe2 socketpair'),
        ('close', 1, 'close')
    ) AS events_by_name (known_event, place, names)
    CROSS JOIN UNNEST(split(names, ' ')) AS split_names (name)
  ) AS known
    ON name = syscall
  WHERE COALESCE(error, '') <> 'EBADF'
    AND (known_event <> 'pair' OR ret = 0)
    AND (
      known_event <> 'open'
      OR (
        ret >= 0
        AND NOT (syscall IN ('dup2', 'signalfd', 'signalfd4') AND COALESCE(fd, -1) = ret)
        AND NOT (syscall IN ('fcntl', 'fcntl64') AND strpos(args, 'F_DUPFD') = 0)
      )
    )

  UNION ALL

  -- the other calls, of which nothing but the descriptor need be known
  SELECT
    session, seq, time_ns, pid, process, executable, syscall, fd,
    'use' AS fd_event,
    fd_kind,
    CASE
      WHEN protocol IS NOT NULL THEN
        protocol || COALESCE(
          ' ' || local_address || '->' || remote_address,
          ' ' || COALESCE(remote_address, local_address),
          ''
        )
      WHEN COALESCE(fd_kind, 'file') IN ('file', 'char', 'block') THEN path
    END AS target,
    bytes, direction,
    NULL AS args
  FROM calls
  WHERE fd IS NOT NULL
    AND COALESCE(error, '') <> 'EBADF'
    AND syscall NOT IN (
      'open', 'openat', 'openat2', 'creat', 'socket', 'epoll_create', 'epoll_create1', 'eventfd',
      'eventfd2', 'signalfd', 'signalfd4', 'timerfd_create', 'inotify_init', 'inotify_init1',
      'memfd_create', 'memfd_secret', 'pidfd_open', 'userfaultfd', 'perf_event_open',
      'fanotify_init', 'open_tree', 'fsopen', 'fspick', 'io_uring_setup', 'mq_open',
      'landlock_create_ruleset', 'accept', 'accept4', 'dup', 'dup2', 'dup3', 'pidfd_getfd',
      'open_by_handle_at', 'fsmount', 'fcntl', 'fcntl64', 'ioctl', 'pipe', 'pipe2', 'socketpair',
      'close'
    )
) AS descriptor_calls
WHERE fd IS NOT NULL
