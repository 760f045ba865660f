-- title: Latency of system calls
-- description: For each system call how many calls took how long, in ranges that double: 1 to 2 microseconds, 2 to
--   4, 4 to 8 and so on. The calls that cost most time come first; ranges without a call have no row. No rows when the log was recorded
--   without -T.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: syscall varchar: Name of the system call.
-- column: from_us bigint: Calls of the row took at least this, microseconds.
-- column: to_us bigint: And less than this, microseconds.
-- column: calls bigint: How many did.
-- column: share double: Percent of the calls of this name that have a time.
-- column: share_below double: Percent of these calls that took less than to_us.
-- column: total_us double: Time spent in the calls of the row, microseconds.
-- column: bar varchar: The share drawn, a sign for every 2 percent.
-- key: syscall, from_us, to_us
-- measures: calls, total_us
-- brief: bar, syscall, from_us, to_us, calls, share

WITH durations AS (
  SELECT
    syscall,
    duration_ns / 1000 AS duration_us,
    COUNT(*) AS calls,
    CAST(SUM(duration_ns) AS BIGINT) AS total_ns
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND duration_ns IS NOT NULL
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[syscall]))
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY syscall, duration_ns / 1000
),
ranges AS (
  SELECT
    syscall,
    CASE WHEN duration_us = 0 THEN 0 ELSE length(to_base(duration_us, 2)) END AS bits,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(total_ns) AS BIGINT) AS total_ns
  FROM durations
  GROUP BY 1, 2
),
sums AS (
  SELECT
    *,
    CAST(SUM(calls) OVER (PARTITION BY syscall) AS DOUBLE) AS all_calls,
    SUM(calls) OVER (PARTITION BY syscall ORDER BY bits) AS calls_below,
    SUM(total_ns) OVER (PARTITION BY syscall) AS all_ns
  FROM ranges
)
SELECT
  syscall,
  CASE WHEN bits = 0 THEN 0 ELSE CAST(power(2, bits - 1) AS BIGINT) END AS from_us,
  CAST(power(2, bits) AS BIGINT) AS to_us,
  calls,
  ROUND(calls * 100 / all_calls, 2) AS share,
  ROUND(calls_below * 100 / all_calls, 2) AS share_below,
  total_ns / 1e3 AS total_us,
  rpad('', CAST(ROUND(calls * 50 / all_calls) AS INTEGER), '#') AS bar
FROM sums
ORDER BY all_ns DESC, syscall, bits
