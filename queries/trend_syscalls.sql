-- title: System calls over time
-- description: How often each system call is made, day by day or session by session, newest first, and how that
--   compares with the median of the ten days or sessions before.
-- parameter: from day = -89: First day to look at, such as 2026-11-01; 89 days ago unless told.
-- parameter: to day = +1: Last day to look at; tomorrow unless told, so that none is missed.
-- parameter: prefix string = : What the session's id begins with.
-- parameter: labels labels = : Labels the session has, all of them: label.branch=main&label.job=test.
-- parameter: by period = day: What a row is about: a day, or a session.
-- parameter: syscall names = *: System calls to look at, separated by commas; * is all of them.
-- parameter: top integer = 20: How many system calls to follow, those with the most calls.
-- column: period varchar: Day or session.
-- column: recorded varchar: First time in it (UTC).
-- column: sessions bigint: Sessions in it.
-- column: syscall varchar: Name of the system call.
-- column: calls bigint: Times it was made.
-- column: per_session double: The same for each session.
-- column: before double: Median of per_session of up to ten periods before; NULL for the first.
-- column: change double: What per_session is more than that, in percent; less when negative; NULL when it is 0.
-- column: errors bigint: Those of them that failed.
-- column: call_ms double: Time in them, in milliseconds; NULL without -T.

WITH picked AS (
  SELECT
    session,
    day,
    recorded_ns,
    syscall,
    calls,
    CASE WHEN error IS NULL THEN 0 ELSE calls END AS errors,
    duration_ns
  FROM call_stats
  WHERE day >= ?
    AND day <= ?
    AND starts_with(session, ?)
    AND array_join(array_except(split(?, chr(10)), labels || ARRAY['']), '') = ''
),
pieces AS (
  SELECT
    CASE WHEN unit = 'day' THEN day ELSE session END AS period,
    picked.*
  FROM picked
  CROSS JOIN (VALUES ('day'), ('session')) AS units (unit)
  WHERE unit = ?
),
periods AS (
  SELECT period, MIN(recorded_ns) AS recorded_ns, COUNT(DISTINCT session) AS sessions
  FROM pieces
  GROUP BY period
),
kinds AS (
  SELECT syscall, RANK() OVER (ORDER BY SUM(calls) DESC, syscall) AS place
  FROM pieces
  WHERE syscall IS NOT NULL
    AND arrays_overlap(split(?, ','), ARRAY['*', syscall])
  GROUP BY syscall
),
followed AS (
  SELECT syscall
  FROM kinds
  WHERE place <= ?
),
sums AS (
  SELECT
    period,
    syscall,
    SUM(calls) AS calls,
    SUM(errors) AS errors,
    SUM(duration_ns) AS call_ns
  FROM pieces
  GROUP BY period, syscall
),
grid AS (
  SELECT
    p.period,
    p.recorded_ns,
    p.sessions,
    f.syscall,
    CAST(COALESCE(s.calls, 0) AS BIGINT) AS calls,
    COALESCE(s.calls, 0) * 1e0 / p.sessions AS per_session,
    CAST(COALESCE(s.errors, 0) AS BIGINT) AS errors,
    CAST(s.call_ns AS BIGINT) AS call_ns
  FROM periods AS p
  CROSS JOIN followed AS f
  LEFT JOIN sums AS s
    ON s.period = p.period
    AND s.syscall = f.syscall
),
histories AS (
  SELECT
    *,
    COUNT(*) OVER earlier AS n,
    array_sort(array_agg(per_session) OVER earlier) AS list
  FROM grid
  WINDOW earlier AS (
    PARTITION BY syscall
    ORDER BY recorded_ns, period
    ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING
  )
),
medians AS (
  SELECT *, (element_at(list, (n + 1) / 2) + element_at(list, n / 2 + 1)) / 2e0 AS before
  FROM histories
)
SELECT
  period,
  substr(CAST(from_unixtime_nanos(recorded_ns) AS VARCHAR), 1, 19) AS recorded,
  sessions,
  syscall,
  calls,
  ROUND(per_session, 2) AS per_session,
  ROUND(before, 2) AS before,
  ROUND((per_session - before) * 1e2 / NULLIF(before, 0), 1) AS change,
  errors,
  call_ns / 1e6 AS call_ms
FROM medians
ORDER BY recorded DESC, recorded_ns DESC, period, calls DESC, syscall
