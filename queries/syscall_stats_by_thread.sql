-- title: Statistics of system calls by thread
-- description: For each thread and system call how often it was made and failed, and how long it took. Times
--   are NULL when the log was recorded without -T.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: pid integer: Thread that made the calls; NULL when the log names none.
-- column: process integer: Process of that thread; NULL when the log names none.
-- column: syscall varchar: Name of the system call.
-- column: calls bigint: Calls that returned, as strace -c counts them.
-- column: errors bigint: Of these, calls that failed.
-- column: unfinished bigint: Calls that never returned; not among calls.
-- column: total_us double: Time spent in the calls, microseconds.
-- column: share double: Percent of the time of all rows.
-- column: min_us double: Shortest call, microseconds.
-- column: avg_us double: Average call, microseconds.
-- column: p50_us double: Median: half of the calls took at most this, microseconds.
-- column: p95_us double: 95 of 100 calls took at most this, microseconds.
-- column: p99_us double: 99 of 100 calls took at most this, microseconds.
-- column: max_us double: Longest call, microseconds.
-- brief: pid, syscall, calls, errors, total_us, share, p95_us, max_us

WITH durations AS (
  SELECT
    pid,
    process,
    syscall,
    duration_ns,
    COUNT(*) AS calls,
    COUNT(error) AS errors,
    COUNT(*) FILTER (WHERE ret IS NULL AND error IS NULL) AS unfinished
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[syscall]))
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY pid, process, syscall, duration_ns
),
ranked AS (
  SELECT
    *,
    SUM(calls) OVER (PARTITION BY pid, process, syscall ORDER BY duration_ns) AS at_most,
    SUM(CASE WHEN duration_ns IS NOT NULL THEN calls END) OVER (PARTITION BY pid, process, syscall) AS timed
  FROM durations
),
stats AS (
  SELECT
    pid,
    process,
    syscall,
    CAST(SUM(calls - unfinished) AS BIGINT) AS calls,
    CAST(SUM(errors) AS BIGINT) AS errors,
    CAST(SUM(unfinished) AS BIGINT) AS unfinished,
    CAST(SUM(duration_ns * calls) AS BIGINT) AS total_ns,
    CAST(MAX(timed) AS BIGINT) AS timed,
    MIN(duration_ns) AS min_ns,
    MIN(duration_ns) FILTER (WHERE at_most * 100 >= timed * 50) AS p50_ns,
    MIN(duration_ns) FILTER (WHERE at_most * 100 >= timed * 95) AS p95_ns,
    MIN(duration_ns) FILTER (WHERE at_most * 100 >= timed * 99) AS p99_ns,
    MAX(duration_ns) AS max_ns
  FROM ranked
  GROUP BY pid, process, syscall
)
SELECT
  pid,
  process,
  syscall,
  calls,
  errors,
  unfinished,
  total_ns / 1e3 AS total_us,
  ROUND(CAST(total_ns AS DOUBLE) * 100 / NULLIF(SUM(total_ns) OVER (), 0), 2) AS share,
  min_ns / 1e3 AS min_us,
  total_ns / timed / 1e3 AS avg_us,
  p50_ns / 1e3 AS p50_us,
  p95_ns / 1e3 AS p95_us,
  p99_ns / 1e3 AS p99_us,
  max_ns / 1e3 AS max_us
FROM stats
ORDER BY total_ns DESC, calls DESC, pid, process, syscall
