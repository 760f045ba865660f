-- title: System calls that a seccomp profile allows
-- description: Every system call that the session made, whether it failed or not: the names that a seccomp
--   profile has to allow. The export seccomp is such a profile (OCI JSON), which refuses all other calls. A
--   profile is as good as the run that was recorded: record all that the program does, without a filter
--   (strace -e trace=). Container runtimes make some calls of their own after the filter is in force.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- column: syscall varchar: Name of the system call.
-- column: calls bigint: How often it was made.
-- column: errors bigint: How many of these failed.
-- column: executables varchar: Programs that made it, separated by a comma and a space; NULL when none is
--   known.
-- column: first_seq bigint: Line of the log on which the first of them completed.
-- key: syscall
-- measures: calls, errors
-- brief: syscall, calls, errors, executables

WITH session_calls AS (
  SELECT
    syscall,
    executable,
    COUNT(*) AS calls,
    COUNT(error) AS errors,
    MIN(seq) AS first_seq
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND syscall NOT LIKE 'syscall_0x%'
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
  GROUP BY syscall, executable
)
SELECT
  syscall,
  CAST(SUM(calls) AS BIGINT) AS calls,
  CAST(SUM(errors) AS BIGINT) AS errors,
  array_join(
    array_agg(DISTINCT executable ORDER BY executable) FILTER (WHERE executable IS NOT NULL),
    ', '
  ) AS executables,
  MIN(first_seq) AS first_seq
FROM session_calls
GROUP BY syscall
ORDER BY syscall
