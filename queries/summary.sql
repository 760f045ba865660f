-- title: Summarize strace log file
-- description: The reports programs_executed and count_errors in one answer, one after the other.
-- parameter: session string: Session to report on.
-- column: section varchar: Report that the row belongs to; columns which that report lacks are NULL.
-- column: count bigint: Calls that returned -1 (count_errors).
-- column: timestamp varchar: Start of the call, time of day in UTC (HH:MM:SS.ffffff); empty when not known.
-- column: executable varchar: Program that made the call; empty when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: filepath varchar: Program to be executed (programs_executed).
-- column: ret_int varchar: Return value; a question mark when the call did not return (programs_executed).
-- column: ret_str varchar: What the return says beyond a number, such as the error; empty when nothing.

WITH session_calls AS (
  SELECT
    seq,
    time_ns,
    COALESCE(executable, '') AS executable,
    syscall,
    COALESCE(path, '') AS filepath,
    ret,
    COALESCE(ret_text, '') AS ret_str
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND (ret = -1 OR syscall LIKE 'exec%')
),
error_counts AS (
  SELECT COUNT(*) AS count, executable, syscall, ret_str
  FROM session_calls
  WHERE ret = -1
  GROUP BY executable, syscall, ret_str
),
sections AS (
  SELECT
    1 AS part,
    'programs_executed' AS section,
    CAST(NULL AS BIGINT) AS count,
    time_ns,
    seq,
    COALESCE(substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15), '') AS timestamp,
    executable,
    syscall,
    filepath,
    COALESCE(CAST(ret AS VARCHAR), chr(63)) AS ret_int,
    ret_str
  FROM session_calls
  WHERE syscall LIKE 'exec%'
  UNION ALL
  SELECT
    2 AS part,
    'count_errors' AS section,
    count,
    CAST(NULL AS BIGINT) AS time_ns,
    CAST(NULL AS BIGINT) AS seq,
    CAST(NULL AS VARCHAR) AS timestamp,
    executable,
    syscall,
    CAST(NULL AS VARCHAR) AS filepath,
    CAST(NULL AS VARCHAR) AS ret_int,
    ret_str
  FROM error_counts
)
SELECT section, count, timestamp, executable, syscall, filepath, ret_int, ret_str
FROM sections
ORDER BY part, time_ns, seq, count DESC, executable, syscall, ret_str
