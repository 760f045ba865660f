-- title: What the session waited for
-- description: For each process how long its parent was blocked in wait4 or the like until it ended. A process
--   for which its parent waited, and that parent's parent, up to a process without a parent, is critical: had
--   it been faster, so had been the whole. The critical ones come first. Waits in other calls, such as poll
--   until a pipe is closed, are not seen. Times are NULL when the log has none.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- column: critical boolean: Whether the parent waited for it, and for each of its ancestors theirs.
-- column: depth bigint: Ancestors that the log shows; NULL when there are more than 40.
-- column: process integer: Number of the process; NULL when the log names none.
-- column: parent integer: Process that started it; NULL when the log does not show its start.
-- column: executable varchar: Program that ran last; NULL when it is not known.
-- column: command varchar: Arguments of the last successful execve; NULL without one.
-- column: start varchar: First event, time of day in UTC (HH:MM:SS.ffffff).
-- column: finish varchar: Last event, time of day in UTC (HH:MM:SS.ffffff).
-- column: elapsed_ms double: Time from the first event to the last, in milliseconds.
-- column: waited_ms double: How long the parent was blocked until this process ended, in milliseconds; NULL when it never
--   waited for it.
-- column: own_ms double: Time of the process less the time in which it was blocked for its own children, in milliseconds.
-- column: slack_ms double: Time from its end until the parent came to wait for it, in milliseconds: so much longer it could have
--   taken without keeping the parent waiting; NULL when the parent never waited for it.
-- column: lineage varchar: Its ancestors, oldest first, and itself, each a number of eight digits in the order of the first
--   events, joined by slashes.
-- key: critical, executable, command
-- measures: elapsed_ms, own_ms
-- brief: executable, process, elapsed_ms, own_ms, waited_ms, critical, command

WITH session_processes AS (
  SELECT
    lineage,
    substr(lineage, length(lineage) - 7) AS place,
    CASE WHEN depth > 0 THEN substr(lineage, length(lineage) - 16, 8) END AS parent_place,
    depth,
    process,
    parent,
    executable,
    command,
    start_ns,
    finish_ns,
    first_seq
  FROM processes
  WHERE session = ?
),
waits AS (
  SELECT seq, time_ns AS wait_ns, process, ret AS child
  FROM calls
  WHERE session = ?
    AND syscall IN ('wait4', 'waitpid')
    AND ret >= 0
  UNION ALL
  -- by itself, for the other calls need no arguments, which are the largest column
  SELECT
    seq,
    time_ns AS wait_ns,
    process,
    TRY_CAST(NULLIF(regexp_extract(args, 'si_pid=([0-9]+)', 1), '') AS BIGINT) AS child
  FROM calls
  WHERE session = ?
    AND syscall = 'waitid'
    AND ret >= 0
),
waited AS (
  SELECT
    p.lineage,
    p.place,
    p.parent_place,
    p.depth,
    p.process,
    p.parent,
    p.executable,
    p.command,
    p.start_ns,
    p.finish_ns,
    p.first_seq,
    MIN_BY(w.wait_ns, w.seq) AS wait_ns
  FROM session_processes AS p
  LEFT JOIN waits AS w
    ON w.child = p.process AND w.process = p.parent AND w.seq > p.first_seq
  GROUP BY
    p.lineage,
    p.place,
    p.parent_place,
    p.depth,
    p.process,
    p.parent,
    p.executable,
    p.command,
    p.start_ns,
    p.finish_ns,
    p.first_seq
),
timed AS (
  SELECT
    *,
    CASE
      WHEN wait_ns < finish_ns THEN finish_ns - wait_ns
      WHEN wait_ns >= finish_ns THEN 0
    END AS waited_ns,
    CASE
      WHEN wait_ns > finish_ns THEN wait_ns - finish_ns
      WHEN wait_ns <= finish_ns THEN 0
    END AS slack_ns
  FROM waited
),
-- each process once for itself and for each of its ancestors
families AS (
  SELECT
    t.*,
    a.place AS ancestor,
    MAX(
      CASE WHEN t.place = a.place AND (t.depth = 0 OR t.waited_ns > 0) THEN 1 ELSE 0 END
    ) OVER (PARTITION BY a.place) AS is_ancestor_waited_for,
    SUM(CASE WHEN t.parent_place = a.place THEN t.waited_ns END) OVER (PARTITION BY a.place)
      AS children_waited_ns
  FROM timed AS t
  CROSS JOIN UNNEST(split(t.lineage, '/')) AS a (place)
),
chains AS (
  SELECT *, MIN(is_ancestor_waited_for) OVER (PARTITION BY place) AS is_critical
  FROM families
)
SELECT
  depth IS NOT NULL AND is_critical = 1 AS critical,
  depth,
  process,
  parent,
  executable,
  command,
  substr(CAST(from_unixtime_nanos(start_ns) AS VARCHAR), 12, 15) AS start,
  substr(CAST(from_unixtime_nanos(finish_ns) AS VARCHAR), 12, 15) AS finish,
  (finish_ns - start_ns) / 1e6 AS elapsed_ms,
  waited_ns / 1e6 AS waited_ms,
  (finish_ns - start_ns - COALESCE(children_waited_ns, 0)) / 1e6 AS own_ms,
  slack_ns / 1e6 AS slack_ms,
  lineage
FROM chains
WHERE ancestor = place
ORDER BY critical DESC, start_ns, first_seq
