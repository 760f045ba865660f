-- title: Process tree
-- description: Every process below the one that started it, each with how long it ran, how it ended and what
--   it called in all its threads. Printed one under the other, the column tree is the tree as text. Times
--   are NULL when the log has none, sums of durations without -T.
-- parameter: session string: Session to report on.
-- column: tree varchar: Number and command line, after a dot and a space for each generation; (forked) follows the program of a
--   process that executed none of its own.
-- column: depth bigint: Ancestors that the log shows; NULL when there are more than 40.
-- column: process integer: Number of the process; NULL when the log names none.
-- column: parent integer: Process that started it; NULL when the log does not show its start.
-- column: executable varchar: Program that ran last; NULL when it is not known.
-- column: threads bigint: Threads of the process.
-- column: start varchar: First event, time of day in UTC (HH:MM:SS.ffffff).
-- column: elapsed_ms double: Time from the first event to the last, in milliseconds.
-- column: ended varchar: Exit status as a number, or the signal that killed it; NULL when the log does not show its end.
-- column: calls bigint: Calls it made.
-- column: errors bigint: Calls of these that failed or were interrupted.
-- column: call_ms double: Time in calls, in milliseconds.
-- column: lineage varchar: Its ancestors, oldest first, and itself, each a number of eight digits in the order of the first
--   events, joined by slashes.
-- brief: tree, elapsed_ms, ended, calls, errors

WITH session_processes AS (
  SELECT
    lineage,
    depth,
    process,
    parent,
    executable,
    command,
    threads,
    start_ns,
    finish_ns,
    COALESCE(CAST(exit_status AS VARCHAR), signal) AS ended,
    calls,
    errors,
    call_ns
  FROM processes
  WHERE session = ?
)
SELECT
  lpad('', 2 * CAST(COALESCE(depth, 41) AS INTEGER), '. ')
    || COALESCE(CAST(process AS VARCHAR) || ' ', '')
    || COALESCE(command, executable || ' (forked)', 'unknown') AS tree,
  depth,
  process,
  parent,
  executable,
  threads,
  substr(CAST(from_unixtime_nanos(start_ns) AS VARCHAR), 12, 15) AS start,
  (finish_ns - start_ns) / 1e6 AS elapsed_ms,
  ended,
  calls,
  errors,
  call_ns / 1e6 AS call_ms,
  lineage
FROM session_processes
ORDER BY lineage
