-- title: Signals
-- description: What signals threads received, from whom and why, most frequent first, and which stopped or killed
--   them. Time and sender are as the log shows them.
-- parameter: session string: Session to report on.
-- parameter: pid integers = *: Threads that received signals, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that received signals, numbers separated by commas; * is every thread.
-- parameter: executable string = *: Program that received signals, whole path or last name; * is every program.
-- column: signal varchar: Name of the signal, such as SIGCHLD.
-- column: effect varchar: delivered, stopped (the thread) or killed (the thread).
-- column: code varchar: Why it was sent, as si_code says, such as CLD_EXITED or SI_USER; NULL when not told.
-- column: sender integer: Process that sent it, or the child whose state changed, when it was always the same; NULL when the
--   kernel sent it or several did.
-- column: senders bigint: How many processes sent it; 0 when only the kernel did.
-- column: pid integer: Thread that received it; NULL when the log names none.
-- column: process integer: Process of that thread; NULL when the log names none.
-- column: executable varchar: Program that received it; NULL when it is not known.
-- column: count bigint: How often.
-- column: first varchar: First time, time of day in UTC (HH:MM:SS.ffffff); NULL when the log has no times.
-- column: last varchar: Last time, in the same form.
-- column: first_seq bigint: Line of the log with the first of them.
-- key: signal, effect, code, executable
-- measures: count
-- brief: signal, effect, code, executable, count, process

WITH session_signals AS (
  SELECT
    seq,
    time_ns,
    pid,
    process,
    executable,
    signal,
    CASE
      WHEN kind = 'exit' THEN 'killed'
      WHEN ret_text LIKE 'stopped%' THEN 'stopped'
      ELSE 'delivered'
    END AS effect,
    NULLIF(regexp_extract(args, 'si_code=([A-Z_]+)', 1), '') AS code,
    TRY_CAST(NULLIF(regexp_extract(args, 'si_pid=([0-9]+)', 1), '') AS INTEGER) AS sender
  FROM calls
  WHERE session = ?
    AND kind IN ('signal', 'exit')
    AND signal IS NOT NULL
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
)
SELECT
  signal,
  effect,
  code,
  CASE WHEN COUNT(DISTINCT sender) = 1 THEN MAX(sender) END AS sender,
  COUNT(DISTINCT sender) AS senders,
  pid,
  process,
  executable,
  COUNT(*) AS count,
  substr(CAST(from_unixtime_nanos(MIN(time_ns)) AS VARCHAR), 12, 15) AS first,
  substr(CAST(from_unixtime_nanos(MAX(time_ns)) AS VARCHAR), 12, 15) AS last,
  MIN(seq) AS first_seq
FROM session_signals
GROUP BY signal, effect, code, pid, process, executable
ORDER BY count DESC, first_seq
