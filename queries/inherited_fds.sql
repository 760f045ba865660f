-- title: Descriptors that programs inherit
-- description: Descriptors above 2 that were opened without FD_CLOEXEC and so were open in a program that
--   another one started: by execve in the process that opened them, or in a child of it that had not closed
--   them. Some are meant, such as a pipe to the child; one that the program never uses is often a leak. Only
--   the first program that a child runs is looked at, not children of children.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that inherits, whole path or last name; * is every program.
-- column: executable varchar: Program that was started with the descriptor open.
-- column: fd_kind varchar: What it refers to: file, pipe, socket and so on; NULL when the log does not
--   tell.
-- column: target varchar: File; protocol and addresses of a socket; NULL for what has no name.
-- column: opened_by varchar: Call that opened it.
-- column: opener varchar: Program that opened it; NULL when it is not known.
-- column: fd integer: Number of the descriptor; the smallest when there are several.
-- column: descriptors bigint: How many such descriptors were open in the programs when they were started,
--   in all.
-- column: used bigint: How many of these the programs used.
-- column: programs bigint: How often a program was so started.
-- column: process integer: Process of the first of these; NULL when the log names none.
-- column: first_time varchar: Start of the execve of the first of these, time of day in UTC
--   (HH:MM:SS.ffffff); NULL without times.
-- key: executable, fd_kind, target, opened_by, opener
-- measures: descriptors, used, programs
-- brief: target, executable, fd, opened_by, used


WITH moments AS (
  SELECT
    seq,
    time_ns,
    COALESCE(process, 0) AS owner,
    process,
    executable,
    syscall,
    ret
  FROM calls
  WHERE session = ?
    -- of one column, so that an engine passes over the others of the rows it drops
    AND COALESCE(syscall, '') IN ('execve', 'execveat', 'clone', 'clone2', 'clone3', 'fork', 'vfork')
    AND CASE WHEN error IS NULL THEN ret END IS NOT NULL
),
execs AS (
  SELECT
    *,
    LAG(seq) OVER (PARTITION BY owner ORDER BY seq) AS last_exec_seq
  FROM moments
  WHERE syscall IN ('execve', 'execveat')
),
forks AS (
  SELECT
    children.child,
    children.parent,
    COALESCE(MIN(CASE WHEN moments.seq < first_seq THEN moments.seq END), MIN(first_seq)) AS fork_seq
  FROM (
    SELECT process AS child, MAX(parent) AS parent, MIN(seq) AS first_seq
    FROM calls
    WHERE session = ?
    GROUP BY process
  ) AS children
  LEFT JOIN moments
    ON moments.owner = children.parent
    AND moments.ret = children.child
    AND moments.syscall NOT IN ('execve', 'execveat')
  WHERE children.parent IS NOT NULL
  GROUP BY children.child, children.parent
),
starts AS (
  -- what a process opened after opened_after, and has open at seq, is open in the program that heir executes
  SELECT
    owner,
    seq,
    COALESCE(last_exec_seq, 0) AS opened_after,
    owner AS heir,
    seq AS exec_seq,
    time_ns,
    process,
    executable
  FROM execs
  UNION ALL
  SELECT parent, fork_seq, 0, owner, seq, time_ns, process, executable
  FROM forks
  JOIN execs ON execs.owner = forks.child
  WHERE last_exec_seq IS NULL
),
changes AS (
  SELECT
    COALESCE(process, 0) AS owner,
    fd,
    seq,
    fd_event = 'open' AND NOT closes_on_exec AS is_kept,
    LEAD(seq) OVER (PARTITION BY COALESCE(process, 0), fd ORDER BY seq) AS next_seq
  FROM fd_events
  WHERE session = ?
    AND fd > 2
    AND fd_event <> 'use'
    AND (fd_event <> 'mark' OR closes_on_exec)
),
passed AS (
  SELECT
    starts.*,
    fd,
    changes.seq AS opened_seq,
    CASE WHEN heir = starts.owner THEN changes.seq ELSE starts.seq END AS from_seq,
    CASE WHEN heir = starts.owner THEN next_seq END AS next_seq,
    CASE WHEN heir <> starts.owner THEN heir END AS child
  FROM changes
  JOIN starts
    ON starts.owner = changes.owner
    AND starts.seq > changes.seq
    AND starts.seq < COALESCE(next_seq, 9223372036854775807)
    AND opened_after < changes.seq
  WHERE is_kept
),
ranges AS (
  SELECT
    COALESCE(process, 0) AS owner,
    seq,
    TRY_CAST(regexp_extract(args, '^([0-9]+)', 1) AS BIGINT) AS first_fd,
    TRY_CAST(regexp_extract(args, '^[0-9]+(<[^,]*>){0,1}, ([0-9]+)', 2) AS BIGINT) AS last_fd
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND error IS NULL
    AND ret IS NOT NULL
    AND syscall = 'close_range'
),
kept AS (
  SELECT
    passed.fd,
    opened_seq,
    heir,
    exec_seq,
    time_ns,
    process,
    executable,
    COALESCE(passed.next_seq, MIN(changes.seq), 9223372036854775807) AS change_seq
  FROM passed
  LEFT JOIN changes
    ON changes.owner = child
    AND changes.fd = passed.fd
  LEFT JOIN ranges
    ON ranges.owner = heir
    AND ranges.seq > from_seq
    AND ranges.seq < exec_seq
    AND first_fd <= passed.fd
    AND last_fd >= passed.fd
  GROUP BY passed.fd, opened_seq, heir, exec_seq, time_ns, process, executable, passed.next_seq
  HAVING COUNT(ranges.seq) = 0
    AND COALESCE(passed.next_seq, MIN(changes.seq), 9223372036854775807) > exec_seq
),
named AS (
  -- texts are read of those descriptors alone that programs inherit
  SELECT kept.*, opened_by, opener, fd_kind, target
  FROM kept
  JOIN (
    SELECT
      seq,
      syscall AS opened_by,
      executable AS opener,
      CASE
        WHEN syscall = 'socketpair' THEN 'socket'
        WHEN syscall IN ('pipe', 'pipe2') THEN 'pipe'
        ELSE fd_kind
      END AS fd_kind,
      CASE
        WHEN syscall IN ('pipe', 'pipe2', 'socketpair') THEN NULL
        WHEN protocol IS NOT NULL THEN
          protocol || COALESCE(
            ' ' || local_address || '->' || remote_address,
            ' ' || COALESCE(remote_address, local_address),
            ''
          )
        WHEN COALESCE(fd_kind, 'file') NOT IN ('file', 'char', 'block') THEN NULL
        WHEN syscall IN ('openat', 'open', 'openat2', 'creat') THEN element_at(paths, -1)
        ELSE path
      END AS target
    FROM calls
    WHERE session = ?
  ) AS openings
    ON openings.seq = opened_seq
),
uses AS (
  SELECT
    COALESCE(process, 0) AS owner,
    fd,
    COALESCE(executable, '') AS program,
    MIN(seq) AS first_seq,
    MAX(seq) AS last_seq
  FROM calls
  -- as in the view fd_events, without what it has to read for its other rows
  WHERE session = ?
    AND fd > 2
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
  GROUP BY COALESCE(process, 0), fd, COALESCE(executable, '')
),
totals AS (
  SELECT
    executable,
    fd_kind,
    target,
    opened_by,
    opener,
    MIN(named.fd) AS fd,
    COUNT(*) AS descriptors,
    COUNT(DISTINCT exec_seq) AS programs,
    COUNT(*) FILTER (
      WHERE (first_seq > exec_seq AND first_seq < change_seq)
        OR (first_seq < exec_seq AND last_seq > exec_seq)
    ) AS used,
    min_by(process, exec_seq) AS process,
    MIN(time_ns) AS first_ns
  FROM named
  LEFT JOIN uses
    ON uses.owner = heir
    AND uses.fd = named.fd
    AND uses.program = COALESCE(executable, '')
  GROUP BY executable, fd_kind, target, opened_by, opener
)
SELECT
  executable,
  fd_kind,
  target,
  opened_by,
  opener,
  fd,
  descriptors,
  used,
  programs,
  process,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time
FROM totals
WHERE ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY descriptors - used DESC, descriptors DESC, executable, target, fd_kind, opened_by, opener
