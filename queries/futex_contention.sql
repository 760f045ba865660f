-- title: Contended locks
-- description: The futexes that threads waited for: how often, how long, who waited and who woke them. A futex is a
--   word of memory at the bottom of mutexes, condition variables and semaphores, so a long wait may also be a
--   thread that is idle. Longest total wait first. Times are NULL without -T.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that waited, whole path or last name; * is every program.
-- column: process integer: Process whose memory the futex is in; NULL when the log names none.
-- column: executable varchar: Program it ran; NULL when it is not known.
-- column: futex varchar: Address of the futex, hexadecimal.
-- column: waits bigint: Calls that waited, or tried to.
-- column: wait_ms double: Time in these calls, in milliseconds.
-- column: longest_ms double: Longest of them, in milliseconds.
-- column: timeouts bigint: Waits that ended because their time was over (ETIMEDOUT).
-- column: retries bigint: Waits refused because the word had changed before (EAGAIN): a sign of contention, not an error.
-- column: unfinished bigint: Waits that did not return.
-- column: wakes bigint: Calls that woke, or tried to.
-- column: woken bigint: Waiters that these calls woke.
-- column: waiters varchar: Threads that waited, numbers separated by commas.
-- column: wakers varchar: Threads that woke them, numbers separated by commas.
-- key: executable
-- measures: waits, wait_ms, timeouts, retries, wakes, woken
-- brief: executable, futex, waits, wait_ms, longest_ms, process, waiters

WITH futex_calls AS (
  SELECT
    seq,
    process,
    executable,
    pid,
    NULLIF(regexp_extract(args, '^[a-z0-9=]*(0x[0-9a-f]+)', 1), '') AS futex,
    CASE
      WHEN syscall = 'futex_wait' OR args LIKE '%FUTEX_WAIT%' OR args LIKE '%FUTEX_LOCK_PI%' THEN 'wait'
      WHEN syscall = 'futex_wake' OR args LIKE '%FUTEX_WAKE%' THEN 'wake'
      WHEN args LIKE '%FUTEX_UNLOCK_PI%' OR args LIKE '%REQUEUE%' THEN 'wake'
    END AS use,
    duration_ns,
    ret,
    error
  FROM calls
  WHERE session = ?
    AND syscall IN ('futex', 'futex_time64', 'futex_wait', 'futex_wake')
),
futexes AS (
  SELECT
    process,
    MAX_BY(executable, CASE WHEN executable IS NOT NULL THEN seq END) AS executable,
    futex,
    COUNT(CASE WHEN use = 'wait' THEN 1 END) AS waits,
    CAST(SUM(CASE WHEN use = 'wait' THEN duration_ns END) AS BIGINT) AS wait_ns,
    MAX(CASE WHEN use = 'wait' THEN duration_ns END) AS longest_ns,
    COUNT(CASE WHEN use = 'wait' AND error = 'ETIMEDOUT' THEN 1 END) AS timeouts,
    COUNT(CASE WHEN use = 'wait' AND error = 'EAGAIN' THEN 1 END) AS retries,
    COUNT(CASE WHEN use = 'wait' AND ret IS NULL AND error IS NULL THEN 1 END) AS unfinished,
    COUNT(CASE WHEN use = 'wake' THEN 1 END) AS wakes,
    CAST(SUM(CASE WHEN use = 'wake' AND ret > 0 THEN ret ELSE 0 END) AS BIGINT) AS woken,
    array_join(
      array_agg(DISTINCT pid ORDER BY pid) FILTER (WHERE use = 'wait'),
      ', '
    ) AS waiters,
    array_join(
      array_agg(DISTINCT pid ORDER BY pid) FILTER (WHERE use = 'wake'),
      ', '
    ) AS wakers
  FROM futex_calls
  GROUP BY process, futex
)
SELECT
  process,
  executable,
  futex,
  waits,
  wait_ns / 1e6 AS wait_ms,
  longest_ns / 1e6 AS longest_ms,
  timeouts,
  retries,
  unfinished,
  wakes,
  woken,
  waiters,
  wakers
FROM futexes
WHERE waits > 0
  AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY wait_ms DESC NULLS LAST, waits DESC, process, futex
