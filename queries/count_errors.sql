-- title: Count of failed syscalls
-- description: How often each program saw each system call fail with each error, most frequent first.
-- parameter: session string: Session to report on.
-- column: count bigint: Calls that returned -1.
-- column: executable varchar: Program that made the calls; empty when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: ret_str varchar: The error, symbol and explanation.
-- key: executable, syscall, ret_str
-- measures: count

WITH session_calls AS (
  SELECT
    COALESCE(executable, '') AS executable,
    syscall,
    COALESCE(ret_text, '') AS ret_str
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND ret = -1
)
SELECT COUNT(*) AS count, executable, syscall, ret_str
FROM session_calls
GROUP BY executable, syscall, ret_str
ORDER BY count DESC, executable, syscall, ret_str
