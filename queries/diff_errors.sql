-- title: Errors compared with another session
-- description: What failed in this session and did not in the base session, or the other way round, or more or less
--   often, by the last name of the program, so that the same program in another folder is the same.
-- parameter: session string: Session to report on.
-- parameter: base session: Session to compare with, the earlier one.
-- column: change varchar: new (not in the base), gone (only in the base), or changed (in number).
-- column: program varchar: Last name of the program that made the calls; NULL when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: error varchar: Symbol of the error.
-- column: base_count bigint: Calls that failed so in the base session.
-- column: head_count bigint: Calls that failed so in this session.
-- column: delta bigint: Calls that failed so more in this session; less when negative.
-- column: ratio double: Calls that failed so in this session for each in the base; NULL when there were none.

WITH head AS (
  SELECT
    regexp_extract(executable, '[^/]*$') AS program,
    syscall,
    error,
    COUNT(*) AS count
  FROM calls
  WHERE session = ?
    AND error IS NOT NULL
  GROUP BY regexp_extract(executable, '[^/]*$'), syscall, error
),
base AS (
  SELECT
    regexp_extract(executable, '[^/]*$') AS program,
    syscall,
    error,
    COUNT(*) AS count
  FROM calls
  WHERE session = ?
    AND error IS NOT NULL
  GROUP BY regexp_extract(executable, '[^/]*$'), syscall, error
),
sides AS (
  SELECT program, syscall, error, count AS head_count, 0 AS base_count FROM head
  UNION ALL
  SELECT program, syscall, error, 0 AS head_count, count AS base_count FROM base
),
totals AS (
  SELECT
    program,
    syscall,
    error,
    CAST(SUM(base_count) AS BIGINT) AS base_count,
    CAST(SUM(head_count) AS BIGINT) AS head_count
  FROM sides
  GROUP BY program, syscall, error
)
SELECT
  CASE WHEN base_count = 0 THEN 'new' WHEN head_count = 0 THEN 'gone' ELSE 'changed' END AS change,
  program,
  syscall,
  error,
  base_count,
  head_count,
  head_count - base_count AS delta,
  ROUND(head_count * 1e0 / NULLIF(base_count, 0), 3) AS ratio
FROM totals
WHERE head_count <> base_count
ORDER BY change DESC, program, syscall, error
