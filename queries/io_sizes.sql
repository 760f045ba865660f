-- title: Sizes of reads and writes
-- description: How many calls read or wrote how many bytes, in ranges that double, for each kind of
--   descriptor; how much they had asked for, and how many got less. Give a path to see one file. Failed
--   calls are left out.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path, and what has none.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: fd_kind varchar: What was read or written: file, pipe, socket, char and so on; NULL when the log
--   does not tell.
-- column: operation varchar: read or write (receive and send among them).
-- column: from_bytes bigint: Calls of the row moved at least so many bytes; 0 is the end of a file.
-- column: to_bytes bigint: And fewer than this.
-- column: calls bigint: How many did.
-- column: share double: Percent of the calls of the same kind and operation.
-- column: bytes bigint: Bytes they moved.
-- column: asked_bytes bigint: Bytes that those calls asked for which print it: read, write, pread64,
--   pwrite64; NULL when none does.
-- column: short_calls bigint: Of these, calls that moved less than they asked for, but not nothing.
-- column: total_us double: Time spent in the calls, microseconds; NULL without -T.
-- column: bar varchar: The share drawn, a sign for every 2 percent.
-- key: fd_kind, operation, from_bytes, to_bytes
-- measures: calls, bytes, asked_bytes, short_calls, total_us
-- brief: bar, operation, fd_kind, from_bytes, to_bytes, calls, bytes

WITH transfers AS (
  SELECT
    fd_kind,
    CASE WHEN direction = 'in' THEN 'read' ELSE 'write' END AS operation,
    bytes,
    CASE
      WHEN syscall IN ('read', 'write', 'pread64', 'pwrite64')
        THEN TRY_CAST(regexp_extract(args, '"(\.\.\.){0,1}, ([0-9]+)[^"]*$', 2) AS BIGINT)
    END AS asked,
    COUNT(*) AS calls,
    SUM(duration_ns) AS total_ns
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND bytes IS NOT NULL
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(COALESCE(path, ''), ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY 1, 2, 3, 4
),
ranges AS (
  SELECT
    fd_kind,
    operation,
    CASE WHEN bytes = 0 THEN 0 ELSE length(to_base(bytes, 2)) END AS bits,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(bytes * calls) AS BIGINT) AS bytes,
    CAST(SUM(asked * calls) AS BIGINT) AS asked,
    CAST(COALESCE(SUM(calls) FILTER (WHERE bytes > 0 AND bytes < asked), 0) AS BIGINT) AS short_calls,
    CAST(SUM(total_ns) AS BIGINT) AS total_ns
  FROM transfers
  GROUP BY 1, 2, 3
),
sums AS (
  SELECT *, CAST(SUM(calls) OVER (PARTITION BY fd_kind, operation) AS DOUBLE) AS all_calls
  FROM ranges
)
SELECT
  fd_kind,
  operation,
  CASE WHEN bits = 0 THEN 0 ELSE CAST(power(2, bits - 1) AS BIGINT) END AS from_bytes,
  CAST(power(2, bits) AS BIGINT) AS to_bytes,
  calls,
  ROUND(calls * 100 / all_calls, 2) AS share,
  bytes,
  asked AS asked_bytes,
  short_calls,
  total_ns / 1e3 AS total_us,
  rpad('', CAST(ROUND(calls * 50 / all_calls) AS INTEGER), '#') AS bar
FROM sums
ORDER BY fd_kind, operation, bits
