-- title: Busy loops
-- description: Threads that made the same call again and again in vain: it would have blocked, found nothing ready,
--   timed out, yielded the processor or failed the same way, at least as often as told within one second
--   (in the whole log when it has no times). Most calls first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program, whole path or last name; * is every program.
-- parameter: least_calls integer = 100: Calls in the busiest second from which on a loop is shown.
-- column: pid integer: Thread; NULL when the log names none.
-- column: process integer: Process of that thread; NULL when the log names none.
-- column: executable varchar: Program it ran; NULL when it is not known.
-- column: pattern varchar: would block (EAGAIN), contended (EAGAIN of a futex: it changed before the thread could wait), nothing
--   ready (a poll, select or epoll_wait that returned 0), no child ready (wait4 with WNOHANG), timed out
--   (ETIMEDOUT), yield (sched_yield), or failed (any other error).
-- column: syscall varchar: Name of the system call.
-- column: fd integer: Descriptor that it was about; NULL when none.
-- column: path varchar: File that it was about; NULL when none.
-- column: error varchar: Error it returned; NULL when none.
-- column: calls bigint: Such calls in all.
-- column: calls_a_second bigint: Such calls in the busiest second of the clock; NULL when the log has no times.
-- column: call_ms double: Time in these calls, in milliseconds; NULL without -T.
-- column: first varchar: Start of the first of them, time of day in UTC (HH:MM:SS.ffffff).
-- column: last varchar: Start of the last of them, in the same form.
-- key: executable, pattern, syscall, path, error
-- measures: calls, call_ms
-- brief: executable, syscall, error, calls, calls_a_second, path

WITH vain_calls AS (
  SELECT
    pid,
    process,
    executable,
    CASE
      WHEN error = 'EAGAIN' AND syscall LIKE 'futex%' THEN 'contended'
      WHEN error = 'EAGAIN' THEN 'would block'
      WHEN error = 'ETIMEDOUT' THEN 'timed out'
      WHEN error IS NOT NULL THEN 'failed'
      WHEN syscall = 'sched_yield' THEN 'yield'
      WHEN syscall IN ('wait4', 'waitpid') THEN 'no child ready'
      ELSE 'nothing ready'
    END AS pattern,
    syscall,
    fd,
    path,
    error,
    time_ns,
    time_ns / 1000000000 AS second,
    duration_ns
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND (
      error IS NOT NULL
      OR (
        ret = 0
        AND syscall IN (
          'sched_yield', 'wait4', 'waitpid', 'poll', 'ppoll', 'ppoll_time64', 'select', '_newselect',
          'pselect6', 'pselect6_time64', 'epoll_wait', 'epoll_pwait', 'epoll_pwait2'
        )
      )
    )
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
),
seconds AS (
  SELECT
    pid,
    process,
    executable,
    pattern,
    syscall,
    fd,
    path,
    error,
    second,
    COUNT(*) AS calls,
    SUM(duration_ns) AS call_ns,
    MIN(time_ns) AS first_ns,
    MAX(time_ns) AS last_ns
  FROM vain_calls
  GROUP BY pid, process, executable, pattern, syscall, fd, path, error, second
),
loops AS (
  SELECT
    pid,
    process,
    executable,
    pattern,
    syscall,
    fd,
    path,
    error,
    CAST(SUM(calls) AS BIGINT) AS calls,
    MAX(calls) AS busiest,
    MAX(second) AS last_second,
    SUM(call_ns) AS call_ns,
    MIN(first_ns) AS first_ns,
    MAX(last_ns) AS last_ns
  FROM seconds
  GROUP BY pid, process, executable, pattern, syscall, fd, path, error
)
SELECT
  pid,
  process,
  executable,
  pattern,
  syscall,
  fd,
  path,
  error,
  calls,
  CASE WHEN last_second IS NOT NULL THEN busiest END AS calls_a_second,
  call_ns / 1e6 AS call_ms,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last
FROM loops
WHERE busiest >= ?
ORDER BY calls DESC, pid, process, executable, pattern, syscall, fd, path, error
