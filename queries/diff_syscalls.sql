-- title: System calls compared with another session
-- description: How many calls of each system call this session made and how many the base session, with their
--   errors and times, where the numbers of calls or errors differ.
-- parameter: session string: Session to report on.
-- parameter: base session: Session to compare with, the earlier one.
-- column: change varchar: new (not in the base), gone (only in the base), or changed (in number).
-- column: syscall varchar: Name of the system call.
-- column: base_count bigint: Calls in the base session.
-- column: head_count bigint: Calls in this session.
-- column: delta bigint: Calls more in this session; less when negative.
-- column: ratio double: Calls in this session for each in the base; NULL when there were none.
-- column: base_errors bigint: Calls that failed in the base session.
-- column: head_errors bigint: Calls that failed in this session.
-- column: base_ms double: Time in these calls in the base session, in milliseconds; NULL without -T.
-- column: head_ms double: Time in these calls in this session, in milliseconds; NULL without -T.

WITH head AS (
  SELECT syscall, COUNT(*) AS count, COUNT(error) AS errors, SUM(duration_ns) AS time_ns
  FROM calls
  WHERE session = ?
    AND kind = 'call'
  GROUP BY syscall
),
base AS (
  SELECT syscall, COUNT(*) AS count, COUNT(error) AS errors, SUM(duration_ns) AS time_ns
  FROM calls
  WHERE session = ?
    AND kind = 'call'
  GROUP BY syscall
),
totals AS (
  SELECT
    COALESCE(h.syscall, b.syscall) AS syscall,
    COALESCE(b.count, 0) AS base_count,
    COALESCE(h.count, 0) AS head_count,
    COALESCE(b.errors, 0) AS base_errors,
    COALESCE(h.errors, 0) AS head_errors,
    b.time_ns / 1e6 AS base_ms,
    h.time_ns / 1e6 AS head_ms
  FROM head AS h
  FULL OUTER JOIN base AS b
    ON b.syscall = h.syscall
)
SELECT
  CASE WHEN base_count = 0 THEN 'new' WHEN head_count = 0 THEN 'gone' ELSE 'changed' END AS change,
  syscall,
  base_count,
  head_count,
  head_count - base_count AS delta,
  ROUND(head_count * 1e0 / NULLIF(base_count, 0), 3) AS ratio,
  base_errors,
  head_errors,
  base_ms,
  head_ms
FROM totals
WHERE head_count <> base_count
  OR head_errors <> base_errors
ORDER BY change DESC, syscall
