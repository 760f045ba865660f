-- title: System calls over time
-- description: For each slice of time the calls that began in it: how many, how many failed, how long they took,
--   what they moved. The whole time of a call counts where it began, even when it went on after the
--   slice. Slices without a call have no row; without times in the log there are no rows.
-- parameter: session string: Session to report on.
-- parameter: slice_ms integer(1..3600000) = 100: Width of a slice, in milliseconds, from 1 to 3600000.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: start varchar: Beginning of the slice, time of day in UTC (HH:MM:SS.ffffff).
-- column: start_ms bigint: The same, in milliseconds since the first slice began.
-- column: calls bigint: Calls that began in the slice.
-- column: errors bigint: Of these, calls that failed.
-- column: threads bigint: Threads that made them: how much went on side by side.
-- column: total_us double: Time spent in these calls, microseconds; NULL without -T.
-- column: bytes_in bigint: Bytes that they read or received.
-- column: bytes_out bigint: Bytes that they wrote or sent.
-- column: top_syscall varchar: Call that took most of that time; without -T the most frequent one.
-- column: top_us double: Time spent in it, microseconds; NULL without -T.
-- brief: start, calls, errors, threads, total_us, top_syscall, bytes_in, bytes_out

WITH threads AS (
  SELECT
    time_ns / (slice_ms * 1000000) AS slice,
    slice_ms,
    pid,
    syscall,
    COUNT(*) AS calls,
    COUNT(error) AS errors,
    CAST(SUM(duration_ns) AS BIGINT) AS total_ns,
    CAST(SUM(bytes) FILTER (WHERE direction = 'in') AS BIGINT) AS bytes_in,
    CAST(SUM(bytes) FILTER (WHERE direction = 'out') AS BIGINT) AS bytes_out
  FROM calls
  CROSS JOIN (
    SELECT 1000 * seconds + thousandths AS slice_ms
    FROM UNNEST(sequence(0, 3600)) AS whole (seconds)
    CROSS JOIN UNNEST(sequence(0, 999)) AS rest (thousandths)
    WHERE 1000 * seconds + thousandths > 0
  ) AS widths
  WHERE session = ?
    AND kind = 'call'
    AND time_ns IS NOT NULL
    AND slice_ms = ?
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[syscall]))
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY time_ns / (slice_ms * 1000000), slice_ms, pid, syscall
),
active AS (
  SELECT slice, COUNT(DISTINCT COALESCE(pid, 0)) AS threads
  FROM threads
  GROUP BY slice
),
slices AS (
  SELECT
    slice,
    slice_ms,
    syscall,
    SUM(calls) AS calls,
    SUM(errors) AS errors,
    CAST(SUM(total_ns) AS BIGINT) AS total_ns,
    CAST(SUM(bytes_in) AS BIGINT) AS bytes_in,
    CAST(SUM(bytes_out) AS BIGINT) AS bytes_out
  FROM threads
  GROUP BY slice, slice_ms, syscall
),
ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY slice
      ORDER BY COALESCE(total_ns, 0) DESC, calls DESC, syscall
    ) AS place
  FROM slices
),
totals AS (
  SELECT
    slice,
    slice_ms,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(errors) AS BIGINT) AS errors,
    CAST(SUM(total_ns) AS BIGINT) AS total_ns,
    CAST(SUM(bytes_in) AS BIGINT) AS bytes_in,
    CAST(SUM(bytes_out) AS BIGINT) AS bytes_out,
    MAX(syscall) FILTER (WHERE place = 1) AS top_syscall,
    MAX(total_ns) FILTER (WHERE place = 1) AS top_ns
  FROM ranked
  GROUP BY slice, slice_ms
)
SELECT
  substr(CAST(from_unixtime_nanos(slice * slice_ms * 1000000) AS VARCHAR), 12, 15) AS start,
  (slice - MIN(slice) OVER ()) * slice_ms AS start_ms,
  calls,
  errors,
  threads,
  total_ns / 1e3 AS total_us,
  COALESCE(bytes_in, 0) AS bytes_in,
  COALESCE(bytes_out, 0) AS bytes_out,
  top_syscall,
  top_ns / 1e3 AS top_us
FROM totals
JOIN active USING (slice)
ORDER BY slice
