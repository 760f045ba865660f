-- title: What threads spent their time on
-- description: For each thread how long it was in calls of each kind, such as waiting for a lock, for a child,
--   for the network or for a timer, and how long outside of calls. Times are NULL without times or without
--   -T in the log. A call that the thread never returned from counts until the thread ended.
-- parameter: session string: Session to report on.
-- parameter: pid integers = *: Threads to look at, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads to look at, numbers separated by commas; * is every thread.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program the thread ran last, whole path or last name; * is every program.
-- column: pid integer: Thread; NULL when the log names none.
-- column: process integer: Process of that thread; NULL when the log names none.
-- column: executable varchar: Program the thread ran last; NULL when it is not known.
-- column: spent_on varchar: lock (futex), poll (poll, select, epoll), child (wait4 and the like), sleep, signal (waiting for one),
--   connection (connect, accept), socket, pipe, device, file (reading and writing these), flush (fsync and
--   the like), names (open, stat, rename and the like), memory, program (fork, execve), other, or outside
--   (not in a call: computing, or waiting for a processor).
-- column: calls bigint: Calls of that kind; NULL for outside.
-- column: time_ms double: Time spent on it, in milliseconds.
-- column: longest_ms double: Longest of these calls, in milliseconds; NULL for outside.
-- column: share double: Percent of the thread's time.
-- column: thread_ms double: Time from the thread's first event to its last, in milliseconds.
-- column: start varchar: First event of the thread, time of day in UTC (HH:MM:SS.ffffff).
-- key: executable, spent_on
-- measures: calls, time_ms
-- brief: executable, spent_on, calls, time_ms, share, pid

WITH session_rows AS (
  SELECT
    seq,
    time_ns,
    duration_ns,
    COALESCE(pid, 0) AS thread,
    process,
    executable,
    syscall,
    fd_kind
  FROM calls
  WHERE session = ?
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
),
ends AS (
  SELECT
    COALESCE(pid, 0) AS thread,
    seq AS end_seq,
    COALESCE(LAG(seq) OVER (PARTITION BY COALESCE(pid, 0) ORDER BY seq), 0) AS previous_end_seq
  FROM calls
  WHERE session = ?
    AND kind = 'exit'
    AND ret_text NOT LIKE 'superseded%'
),
syscalls AS (
  SELECT
    r.thread,
    e.end_seq,
    r.executable,
    r.syscall,
    r.fd_kind,
    MAX(r.process) AS process,
    MAX(r.seq) AS last_seq,
    COUNT(*) AS calls,
    SUM(r.duration_ns) AS time_ns,
    MAX(r.duration_ns) AS longest_ns,
    MIN(r.time_ns) AS start_ns,
    MAX(r.time_ns + COALESCE(r.duration_ns, 0)) AS end_ns,
    MAX(CASE WHEN r.duration_ns IS NULL THEN r.time_ns END) AS open_since_ns
  FROM session_rows AS r
  LEFT JOIN ends AS e
    ON e.thread = r.thread AND r.seq <= e.end_seq AND r.seq > e.previous_end_seq
  GROUP BY r.thread, e.end_seq, r.executable, r.syscall, r.fd_kind
),
classified AS (
  SELECT
    thread,
    end_seq,
    executable,
    process,
    last_seq,
    calls,
    time_ns,
    longest_ns,
    start_ns,
    end_ns,
    open_since_ns,
    CASE
      WHEN syscall IS NULL THEN 'event'
      WHEN syscall LIKE 'futex%' THEN 'lock'
      WHEN syscall IN (
        'poll', 'ppoll', 'ppoll_time64', 'select', '_newselect', 'pselect6', 'pselect6_time64',
        'epoll_wait', 'epoll_pwait', 'epoll_pwait2', 'io_uring_enter', 'io_getevents', 'io_pgetevents'
      ) THEN 'poll'
      WHEN syscall IN ('wait4', 'waitid', 'waitpid') THEN 'child'
      WHEN syscall LIKE '%nanosleep%' THEN 'sleep'
      WHEN syscall IN (
        'pause', 'rt_sigsuspend', 'sigsuspend', 'rt_sigtimedwait', 'rt_sigtimedwait_time64'
      ) THEN 'signal'
      WHEN syscall IN ('connect', 'accept', 'accept4') THEN 'connection'
      WHEN syscall IN (
        'send', 'sendto', 'sendmsg', 'sendmmsg', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg',
        'recvmmsg_time64'
      ) THEN 'socket'
      WHEN syscall IN (
        'read', 'readv', 'pread64', 'preadv', 'preadv2', 'write', 'writev', 'pwrite64', 'pwritev',
        'pwritev2', 'sendfile', 'sendfile64', 'copy_file_range', 'splice', 'tee', 'vmsplice'
      ) THEN
        CASE
          WHEN fd_kind IN ('socket', 'pipe') THEN fd_kind
          WHEN fd_kind IN ('char', 'block') THEN 'device'
          ELSE 'file'
        END
      WHEN syscall IN ('getdents', 'getdents64', 'fallocate', 'ftruncate', 'readahead') THEN 'file'
      WHEN syscall IN (
        'fsync', 'fdatasync', 'sync', 'syncfs', 'sync_file_range', 'msync'
      ) THEN 'flush'
      WHEN syscall LIKE 'open%' OR syscall LIKE '%stat%' OR syscall LIKE '%access%'
        OR syscall LIKE '%link%' OR syscall LIKE 'rename%' OR syscall LIKE '%xattr%'
        OR syscall LIKE 'mkdir%' OR syscall LIKE '%chmod%' OR syscall LIKE '%chown%'
        OR syscall LIKE 'utime%' OR syscall LIKE 'mknod%'
        OR syscall IN ('creat', 'rmdir', 'chdir', 'getcwd', 'truncate') THEN 'names'
      WHEN syscall IN (
        'mmap', 'mmap2', 'munmap', 'mprotect', 'mremap', 'madvise', 'brk'
      ) THEN 'memory'
      WHEN syscall LIKE 'exec%' OR syscall LIKE 'clone%' OR syscall IN ('fork', 'vfork') THEN
        'program'
      ELSE 'other'
    END AS spent_on
  FROM syscalls
),
kinds AS (
  SELECT
    thread,
    end_seq,
    spent_on,
    MAX(process) AS process,
    MAX_BY(executable, CASE WHEN executable IS NOT NULL THEN last_seq END) AS executable,
    MAX(CASE WHEN executable IS NOT NULL THEN last_seq END) AS last_seq,
    CAST(SUM(calls) AS BIGINT) AS calls,
    SUM(time_ns) AS time_ns,
    MAX(longest_ns) AS longest_ns,
    MIN(start_ns) AS start_ns,
    MAX(end_ns) AS end_ns,
    MAX(open_since_ns) AS open_since_ns
  FROM classified
  GROUP BY thread, end_seq, spent_on
),
threads AS (
  SELECT
    thread,
    end_seq,
    spent_on,
    process,
    FIRST_VALUE(executable) OVER (
      PARTITION BY thread, end_seq ORDER BY last_seq DESC NULLS LAST, spent_on
    ) AS executable,
    calls,
    time_ns,
    longest_ns,
    CASE
      WHEN open_since_ns = MAX(CASE WHEN spent_on <> 'event' THEN end_ns END) OVER thread_life THEN
        MAX(end_ns) OVER thread_life - open_since_ns
    END AS open_ns,
    SUM(time_ns) OVER thread_life AS timed_ns,
    MIN(start_ns) OVER thread_life AS start_ns,
    MAX(end_ns) OVER thread_life - MIN(start_ns) OVER thread_life AS thread_ns
  FROM kinds
  WINDOW thread_life AS (PARTITION BY thread, end_seq)
),
sums AS (
  SELECT
    CASE WHEN thread > 0 THEN thread END AS pid,
    MAX(process) AS process,
    MAX(executable) AS executable,
    CASE WHEN GROUPING(spent_on) = 1 THEN 'outside' ELSE spent_on END AS spent_on,
    CASE WHEN GROUPING(spent_on) = 0 THEN CAST(SUM(calls) AS BIGINT) END AS calls,
    CASE
      WHEN MAX(timed_ns) IS NOT NULL THEN COALESCE(SUM(time_ns), 0) + COALESCE(SUM(open_ns), 0)
    END AS in_calls_ns,
    CASE WHEN GROUPING(spent_on) = 0 THEN MAX(longest_ns) END AS longest_ns,
    MAX(start_ns) AS start_ns,
    MAX(thread_ns) AS thread_ns
  FROM threads
  WHERE spent_on <> 'event'
  GROUP BY GROUPING SETS ((thread, end_seq, spent_on), (thread, end_seq))
),
times AS (
  SELECT
    pid,
    process,
    executable,
    spent_on,
    calls,
    CASE
      WHEN spent_on <> 'outside' THEN in_calls_ns
      WHEN in_calls_ns < thread_ns THEN thread_ns - in_calls_ns
      ELSE in_calls_ns - in_calls_ns
    END AS time_ns,
    longest_ns,
    start_ns,
    thread_ns
  FROM sums
)
SELECT
  pid,
  process,
  executable,
  spent_on,
  calls,
  time_ns / 1e6 AS time_ms,
  longest_ns / 1e6 AS longest_ms,
  CASE WHEN thread_ns > 0 THEN ROUND(time_ns * 1e2 / thread_ns, 1) END AS share,
  thread_ns / 1e6 AS thread_ms,
  substr(CAST(from_unixtime_nanos(start_ns) AS VARCHAR), 12, 15) AS start
FROM times
WHERE ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY thread_ns DESC NULLS LAST, pid, start_ns, time_ns DESC NULLS LAST, spent_on
