-- title: Seen for the first time
-- description: Programs, and the errors they met, that no earlier session of the same days, name prefix and labels
--   had: what is new. The first session has nothing before it and is left out.
-- parameter: from day = -89: First day to look at, such as 2026-11-01; 89 days ago unless told.
-- parameter: to day = +1: Last day to look at; tomorrow unless told, so that none is missed.
-- parameter: prefix string = : What the session's id begins with.
-- parameter: labels labels = : Labels the session has, all of them: label.branch=main&label.job=test.
-- parameter: in_session string = *: Session to show what is new in; * is all of them.
-- column: session varchar: Session that had it first.
-- column: recorded varchar: First time in its log (UTC), or that of the upload when the log has none.
-- column: executable varchar: Program; NULL when it is not known.
-- column: error varchar: Symbol of the error; NULL for calls that did not fail.
-- column: calls bigint: Calls of that kind in this session.
-- column: syscalls varchar: The system calls, in order of name.
-- column: earlier_sessions bigint: Sessions before this one, none of which had it.

WITH picked AS (
  SELECT
    session,
    recorded_ns,
    executable,
    syscall,
    error,
    calls,
    DENSE_RANK() OVER (ORDER BY recorded_ns, session) AS place
  FROM call_stats
  WHERE day >= ?
    AND day <= ?
    AND starts_with(session, ?)
    AND array_join(array_except(split(?, chr(10)), labels || ARRAY['']), '') = ''
),
pairs AS (
  SELECT
    session,
    recorded_ns,
    place,
    executable,
    error,
    CAST(SUM(calls) AS BIGINT) AS calls,
    array_join(array_sort(array_agg(DISTINCT syscall)), ' ') AS syscalls
  FROM picked
  WHERE syscall IS NOT NULL
  GROUP BY session, recorded_ns, place, executable, error
),
ranked AS (
  SELECT *, MIN(place) OVER (PARTITION BY executable, error) AS first_place
  FROM pairs
)
SELECT
  session,
  substr(CAST(from_unixtime_nanos(recorded_ns) AS VARCHAR), 1, 19) AS recorded,
  executable,
  error,
  calls,
  syscalls,
  place - 1 AS earlier_sessions
FROM ranked
WHERE place = first_place
  AND place > 1
  AND ? IN ('*', session)
ORDER BY recorded DESC, recorded_ns DESC, session, executable NULLS FIRST, error NULLS FIRST
