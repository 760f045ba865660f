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
  session,
  seq,
  time_ns,
  pid,
  process,
  executable,
  syscall,
  fd,
  fd_event,
  CASE WHEN place IS NULL THEN fd_kind WHEN syscall = 'socketpair' THEN 'socket' ELSE 'pipe' END AS fd_kind,
  CASE
    WHEN place IS NOT NULL THEN NULL
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
  CASE
    WHEN fd_event = 'close' THEN NULL
    WHEN fd_event = 'mark' THEN regexp_like(args, 'FD_CLOEXEC|FIOCLEX')
    WHEN syscall IN ('pidfd_open', 'pidfd_getfd', 'io_uring_setup') THEN true
    ELSE strpos(args, '_CLOEXEC') > 0
  END AS closes_on_exec,
  CAST(NULL AS BIGINT) AS bytes,
  CAST(NULL AS VARCHAR) AS direction
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
      WHEN syscall = 'close' THEN fd
      WHEN place = 1 THEN CAST(NULLIF(regexp_extract(args, '\[([0-9]+)', 1), '') AS INTEGER)
      WHEN place = 2 THEN CAST(NULLIF(regexp_extract(args, '\[[0-9]+(<[^,]*>){0,1}, ([0-9]+)', 2), '') AS INTEGER)
      WHEN syscall = 'ioctl' OR (syscall IN ('fcntl', 'fcntl64') AND strpos(args, 'F_SETFD') > 0) THEN fd
      ELSE CAST(ret AS INTEGER)
    END AS fd,
    CASE
      WHEN syscall = 'close' THEN 'close'
      WHEN syscall = 'ioctl' OR (syscall IN ('fcntl', 'fcntl64') AND strpos(args, 'F_SETFD') > 0) THEN 'mark'
      ELSE 'open'
    END AS fd_event,
    place,
    fd_kind,
    protocol,
    local_address,
    remote_address,
    path,
    paths,
    args
  FROM calls
  LEFT JOIN (
    VALUES ('pipe', 1), ('pipe', 2), ('pipe2', 1), ('pipe2', 2), ('socketpair', 1), ('socketpair', 2)
  ) AS ends (name, place)
    ON name = syscall
  -- of one column, so that an engine passes over the others of the rows it drops
  WHERE COALESCE(syscall, '') IN (
      'open', 'openat', 'openat2', 'creat', 'socket', 'epoll_create', 'epoll_create1', 'eventfd',
      'eventfd2', 'signalfd', 'signalfd4', 'timerfd_create', 'inotify_init', 'inotify_init1',
      'memfd_create', 'memfd_secret', 'pidfd_open', 'userfaultfd', 'perf_event_open',
      'fanotify_init', 'open_tree', 'fsopen', 'fspick', 'io_uring_setup', 'mq_open',
      'landlock_create_ruleset', 'accept', 'accept4', 'dup', 'dup2', 'dup3', 'pidfd_getfd',
      'open_by_handle_at', 'fsmount', 'fcntl', 'fcntl64', 'ioctl', 'pipe', 'pipe2', 'socketpair',
      'close'
    )
    AND CASE
      WHEN syscall = 'close' THEN COALESCE(error, '') <> 'EBADF'
      WHEN syscall = 'ioctl' THEN error IS NULL AND regexp_like(args, 'FIOCLEX|FIONCLEX')
      WHEN syscall IN ('dup2', 'signalfd', 'signalfd4') THEN ret >= 0 AND COALESCE(fd, -1) <> ret
      WHEN syscall IN ('fcntl', 'fcntl64') THEN
        CASE WHEN strpos(args, 'F_SETFD') > 0 THEN error IS NULL ELSE ret >= 0 AND strpos(args, 'F_DUPFD') > 0 END
      WHEN place IS NOT NULL THEN ret = 0
      ELSE ret >= 0
    END
) AS descriptor_calls
WHERE fd IS NOT NULL

UNION ALL

SELECT
  -- the uses, which an engine leaves out when only the other rows are asked for
  session,
  seq,
  time_ns,
  pid,
  process,
  executable,
  syscall,
  fd,
  'use' AS fd_event,
  fd_kind,
  CASE
    WHEN syscall IN ('accept', 'accept4') THEN protocol
    WHEN protocol IS NOT NULL THEN
      protocol || COALESCE(
        ' ' || local_address || '->' || remote_address,
        ' ' || COALESCE(remote_address, local_address),
        ''
      )
    WHEN COALESCE(fd_kind, 'file') IN ('file', 'char', 'block') THEN path
  END AS target,
  CAST(NULL AS BOOLEAN) AS closes_on_exec,
  bytes,
  direction
FROM calls
WHERE fd IS NOT NULL
  AND COALESCE(error, '') <> 'EBADF'
  AND COALESCE(syscall, 'close') NOT IN (
    'open', 'openat', 'openat2', 'creat', 'socket', 'epoll_create', 'epoll_create1', 'eventfd',
    'eventfd2', 'signalfd', 'signalfd4', 'timerfd_create', 'inotify_init', 'inotify_init1',
    'memfd_create', 'memfd_secret', 'pidfd_open', 'userfaultfd', 'perf_event_open',
    'fanotify_init', 'open_tree', 'fsopen', 'fspick', 'io_uring_setup', 'mq_open',
    'landlock_create_ruleset', 'pipe', 'pipe2', 'socketpair', 'close'
  )
  AND CASE
    WHEN syscall NOT IN ('fcntl', 'fcntl64', 'ioctl') OR error IS NOT NULL THEN true
    WHEN syscall = 'ioctl' THEN NOT regexp_like(COALESCE(args, ''), 'FIOCLEX|FIONCLEX')
    ELSE strpos(COALESCE(args, ''), 'F_SETFD') = 0
  END
