-- title: Sessions over time
-- description: A row for each session of some days, newest first: what it called, what failed, how long it took, and
--   how the number of its calls and its errors compare with the median of the ten sessions before it.
-- parameter: from day = -89: First day to look at, such as 2026-11-01; 89 days ago unless told.
-- parameter: to day = +1: Last day to look at; tomorrow unless told, so that none is missed.
-- parameter: prefix string = : What the session's id begins with.
-- parameter: labels labels = : Labels the session has, all of them: label.branch=main&label.job=test.
-- column: session varchar: Session.
-- column: recorded varchar: First time in its log (UTC), or that of the upload when the log has none.
-- column: labels varchar: Its labels, as name=value, commas between; NULL when it has none.
-- column: processes bigint: Processes in it.
-- column: executables bigint: Different programs that made calls.
-- column: elapsed_ms double: From the first time in the log to the last, in milliseconds; NULL without times.
-- column: calls bigint: System calls.
-- column: calls_before double: Median of the calls of up to ten sessions before; NULL for the first.
-- column: calls_change double: Calls more than that, in percent; fewer when negative.
-- column: errors bigint: Calls that failed.
-- column: errors_before double: Median of the errors of up to ten sessions before; NULL for the first.
-- column: errors_change double: Errors more than that, in percent; fewer when negative; NULL when it is 0.
-- column: call_ms double: Time in calls, in milliseconds; NULL without -T.
-- column: call_ms_before double: Median of that of up to ten sessions before; NULL when one of them has none.
-- column: call_ms_change double: Time in calls more than that, in percent; less when negative.
-- column: bytes_in bigint: Bytes read or received; NULL when nothing was to be read.
-- column: bytes_out bigint: Bytes written or sent; NULL when nothing was to be written.

WITH picked AS (
  SELECT
    session,
    recorded_ns,
    elapsed_ns,
    labels,
    processes,
    executable,
    calls,
    CASE WHEN error IS NULL THEN 0 ELSE calls END AS errors,
    duration_ns,
    CASE WHEN direction = 'in' THEN bytes END AS bytes_in,
    CASE WHEN direction = 'out' THEN bytes END AS bytes_out
  FROM call_stats
  WHERE day >= ?
    AND day <= ?
    AND starts_with(session, ?)
    AND array_join(array_except(split(?, chr(10)), labels || ARRAY['']), '') = ''
),
totals AS (
  SELECT
    session,
    recorded_ns,
    elapsed_ns,
    labels,
    processes,
    COUNT(DISTINCT executable) AS executables,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(errors) AS BIGINT) AS errors,
    CAST(SUM(duration_ns) AS BIGINT) AS call_ns,
    CAST(SUM(bytes_in) AS BIGINT) AS bytes_in,
    CAST(SUM(bytes_out) AS BIGINT) AS bytes_out
  FROM picked
  GROUP BY session, recorded_ns, elapsed_ns, labels, processes
),
histories AS (
  SELECT
    *,
    COUNT(*) OVER earlier AS n,
    array_sort(array_agg(calls) OVER earlier) AS calls_list,
    array_sort(array_agg(errors) OVER earlier) AS errors_list,
    array_sort(array_agg(COALESCE(call_ns, -1)) OVER earlier) AS call_ns_list
  FROM totals
  WINDOW earlier AS (ORDER BY recorded_ns, session ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING)
),
medians AS (
  SELECT
    *,
    (element_at(calls_list, (n + 1) / 2) + element_at(calls_list, n / 2 + 1)) / 2e0 AS calls_before,
    (element_at(errors_list, (n + 1) / 2) + element_at(errors_list, n / 2 + 1)) / 2e0 AS errors_before,
    CASE
      WHEN element_at(call_ns_list, 1) >= 0 THEN
        (element_at(call_ns_list, (n + 1) / 2) + element_at(call_ns_list, n / 2 + 1)) / 2e0
    END AS call_ns_before
  FROM histories
)
SELECT
  session,
  substr(CAST(from_unixtime_nanos(recorded_ns) AS VARCHAR), 1, 19) AS recorded,
  NULLIF(array_join(labels, ', '), '') AS labels,
  processes,
  executables,
  elapsed_ns / 1e6 AS elapsed_ms,
  calls,
  calls_before,
  ROUND((calls - calls_before) * 1e2 / NULLIF(calls_before, 0), 1) AS calls_change,
  errors,
  errors_before,
  ROUND((errors - errors_before) * 1e2 / NULLIF(errors_before, 0), 1) AS errors_change,
  call_ns / 1e6 AS call_ms,
  call_ns_before / 1e6 AS call_ms_before,
  ROUND((call_ns - call_ns_before) * 1e2 / NULLIF(call_ns_before, 0), 1) AS call_ms_change,
  bytes_in,
  bytes_out
FROM medians
ORDER BY recorded DESC, recorded_ns DESC, session
