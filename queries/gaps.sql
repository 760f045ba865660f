-- title: Time between calls
-- description: Where threads were away from the kernel, longest first: from the end of one call to the
--   start of the next they computed, waited for a processor or were stopped. As exact as the clock of the
--   log (-t has whole seconds); no rows without times or without -T.
-- parameter: session string: Session to report on.
-- parameter: pid integers = *: Threads to look at, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads to look at, numbers separated by commas; * is every thread.
-- parameter: executable string = *: Program that ran after the gap, whole path or last name; * is every program.
-- parameter: least_us integer = 1000: Shortest gap shown, in microseconds.
-- column: gap_ms double: Length of the gap, in milliseconds.
-- column: start varchar: Start of the gap, time of day in UTC (HH:MM:SS.ffffff).
-- column: pid integer: Thread; NULL when the log names none.
-- column: process integer: Process of that thread; NULL when the log names none.
-- column: executable varchar: Program that ran after the gap; NULL when it is not known.
-- column: previous varchar: What ended where the gap begins: a system call, or a signal that came.
-- column: next varchar: What began where the gap ends: a system call, a signal, or exit when the thread was killed.
-- column: seq bigint: Line of the log on which that next event completed.
-- brief: gap_ms, executable, previous, next, start, pid

WITH session_rows AS (
  SELECT
    seq,
    kind,
    time_ns,
    time_ns + CASE WHEN kind = 'call' THEN duration_ns ELSE 0 END AS end_ns,
    pid,
    process,
    executable,
    CASE WHEN kind = 'call' THEN syscall WHEN kind = 'signal' THEN signal ELSE 'exit' END AS event
  FROM calls
  WHERE session = ?
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
),
neighbours AS (
  SELECT
    seq,
    time_ns,
    LAG(end_ns) OVER (PARTITION BY pid ORDER BY seq) AS previous_end_ns,
    pid,
    process,
    executable,
    LAG(event) OVER (PARTITION BY pid ORDER BY seq) AS previous_event,
    event
  FROM session_rows
)
SELECT
  (time_ns - previous_end_ns) / 1e6 AS gap_ms,
  substr(CAST(from_unixtime_nanos(previous_end_ns) AS VARCHAR), 12, 15) AS start,
  pid,
  process,
  executable,
  previous_event AS previous,
  event AS next,
  seq
FROM neighbours
WHERE previous_event <> 'exit'
  AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
  AND time_ns - previous_end_ns >= ? * 1000
ORDER BY gap_ms DESC, seq
