-- title: Tiny reads and writes
-- description: For each program and file, pipe or socket how many of its reads and writes moved 16 bytes
--   or less, and what they cost. Reads at the end of a file, of 0 bytes, do not count. What cost most comes
--   first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path, and what has none.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: executable varchar: Program that made the calls; NULL when it is not known.
-- column: target varchar: File; protocol and peer of a socket; else the kind of the descriptor, such as
--   pipe, or its number.
-- column: operation varchar: read or write (receive and send among them).
-- column: calls bigint: Calls that moved at least one byte.
-- column: tiny_calls bigint: Of these, calls that moved 1 to 16 bytes.
-- column: share double: Percent of the calls that were tiny.
-- column: bytes bigint: Bytes moved by all calls.
-- column: avg_bytes double: Bytes a call moved on average.
-- column: tiny_bytes bigint: Bytes moved by the tiny calls.
-- column: tiny_us double: Time spent in the tiny calls, microseconds; NULL without -T.
-- key: executable, target, operation
-- measures: tiny_calls, calls, bytes, tiny_bytes, tiny_us
-- brief: target, executable, operation, tiny_calls, calls, tiny_us

WITH transfers AS (
  SELECT
    executable,
    COALESCE(
      path,
      protocol || ' ' || COALESCE(remote_address, local_address),
      protocol,
      fd_kind,
      'fd ' || CAST(fd AS VARCHAR)
    ) AS target,
    CASE WHEN direction = 'in' THEN 'read' ELSE 'write' END AS operation,
    COUNT(*) AS calls,
    CAST(SUM(bytes) AS BIGINT) AS bytes,
    COUNT(*) FILTER (WHERE bytes <= 16) AS tiny_calls,
    CAST(SUM(bytes) FILTER (WHERE bytes <= 16) AS BIGINT) AS tiny_bytes,
    CAST(SUM(duration_ns) FILTER (WHERE bytes <= 16) AS BIGINT) AS tiny_ns
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND bytes > 0
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(COALESCE(path, ''), ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY 1, 2, 3
)
SELECT
  executable,
  target,
  operation,
  calls,
  tiny_calls,
  ROUND(CAST(tiny_calls AS DOUBLE) * 100 / calls, 2) AS share,
  bytes,
  ROUND(CAST(bytes AS DOUBLE) / calls, 1) AS avg_bytes,
  tiny_bytes,
  tiny_ns / 1e3 AS tiny_us
FROM transfers
WHERE tiny_calls > 0
ORDER BY tiny_ns DESC, tiny_calls DESC, target, operation, executable
