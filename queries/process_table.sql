-- title: Processes and threads
-- description: Every process and thread of the log with its command line, when it ran, how it ended and what
--   it called, in the order of their first events. A pid that the system gave out again is another row.
--   Times are NULL when the log has none, sums of durations without -T.
-- parameter: session string: Session to report on.
-- parameter: pid integers = *: Threads to show, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads to show, numbers separated by commas; * is every thread.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that ran last, whole path or last name; * is every program.
-- column: pid integer: Number of the thread; NULL when the log names none.
-- column: process integer: Process of the thread; NULL when the log names none.
-- column: parent integer: Process that started it; NULL when the log does not show its start.
-- column: kind varchar: process (the first thread of one), or thread.
-- column: executable varchar: Program that ran last; NULL when it is not known.
-- column: command varchar: Arguments of the last successful execve, as strace prints them but for quotes that are not needed;
--   NULL without one.
-- column: execs bigint: Programs that it executed, one after the other.
-- column: start varchar: First event, time of day in UTC (HH:MM:SS.ffffff).
-- column: finish varchar: Last event, time of day in UTC (HH:MM:SS.ffffff).
-- column: elapsed_ms double: Time from the first event to the last, in milliseconds.
-- column: exit_status bigint: Exit status; NULL when it was killed or the log does not show its end.
-- column: signal varchar: Signal that killed it; NULL when none did.
-- column: core_dumped boolean: Whether it left a core dump; NULL when the log does not show its end.
-- column: superseded_by integer: Thread whose execve took over this process; NULL when none did.
-- column: calls bigint: Calls it made.
-- column: errors bigint: Calls of these that failed or were interrupted.
-- column: call_ms double: Time in calls, in milliseconds.
-- column: first_seq bigint: Line of the log on which its first event completed.
-- key: kind, executable, command, exit_status, signal
-- measures: calls, errors, elapsed_ms, call_ms
-- brief: command, executable, pid, elapsed_ms, exit_status, calls, errors, kind

WITH session_rows AS (
  SELECT
    seq,
    kind,
    time_ns,
    duration_ns,
    COALESCE(pid, 0) AS thread,
    process,
    parent,
    executable,
    error
  FROM calls
  WHERE session = ?
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
),
exits AS (
  SELECT
    COALESCE(pid, 0) AS thread,
    seq AS end_seq,
    COALESCE(
      LAG(seq) OVER (PARTITION BY COALESCE(pid, 0), ret_text LIKE 'superseded%' ORDER BY seq),
      0
    ) AS previous_end_seq,
    ret AS exit_status,
    signal,
    ret_text LIKE '%core dumped%' AS core_dumped,
    TRY_CAST(NULLIF(regexp_extract(ret_text, '^superseded.* ([0-9]+)$', 1), '') AS INTEGER)
      AS superseded_by
  FROM calls
  WHERE session = ?
    AND kind = 'exit'
),
ends AS (
  SELECT thread, end_seq, previous_end_seq, exit_status, signal, core_dumped
  FROM exits
  WHERE superseded_by IS NULL
),
threads AS (
  SELECT
    r.thread,
    e.end_seq,
    MAX_BY(r.process, r.seq) AS process,
    MAX(r.parent) AS parent,
    MAX_BY(r.executable, CASE WHEN r.executable IS NOT NULL THEN r.seq END) AS executable,
    MIN(r.seq) AS first_seq,
    MAX(r.seq) AS last_seq,
    MIN(r.time_ns) AS start_ns,
    MAX(r.time_ns + COALESCE(r.duration_ns, 0)) AS finish_ns,
    MAX(e.exit_status) AS exit_status,
    MAX(e.signal) AS signal,
    MAX(CASE WHEN e.core_dumped THEN 1 WHEN NOT e.core_dumped THEN 0 END) AS core_dumped,
    COUNT(CASE WHEN r.kind = 'call' THEN 1 END) AS calls,
    COUNT(r.error) AS errors,
    CAST(SUM(r.duration_ns) AS BIGINT) AS call_ns
  FROM session_rows AS r
  LEFT JOIN ends AS e
    ON e.thread = r.thread AND r.seq <= e.end_seq AND r.seq > e.previous_end_seq
  GROUP BY r.thread, e.end_seq
),
execs AS (
  SELECT
    COALESCE(pid, 0) AS thread,
    seq,
    regexp_extract(args, '\[(("([^"\\]|\\.)*"(\.\.\.){0,1}|\.\.\.)(, ){0,1})*\]') AS arguments
  FROM calls
  WHERE session = ?
    AND syscall IN ('execve', 'execveat')
    AND ret = 0
),
commands AS (
  SELECT
    x.thread,
    e.end_seq,
    COUNT(*) AS execs,
    NULLIF(MAX_BY(x.arguments, x.seq), '') AS arguments
  FROM execs AS x
  LEFT JOIN ends AS e
    ON e.thread = x.thread AND x.seq <= e.end_seq AND x.seq > e.previous_end_seq
  GROUP BY x.thread, e.end_seq
)
SELECT
  NULLIF(t.thread, 0) AS pid,
  t.process,
  t.parent,
  CASE WHEN t.thread = COALESCE(t.process, 0) THEN 'process' ELSE 'thread' END AS kind,
  t.executable,
  regexp_replace(
    trim(
      regexp_replace(
        substr(c.arguments, 2, length(c.arguments) - 2),
        '("([^"\\]|\\.)*"(\.\.\.){0,1}|\.\.\.)(, |$)',
        '$1 '
      )
    ),
    '(^| )"([A-Za-z0-9_@%+=:,./~^-]+)"',
    '$1$2'
  ) AS command,
  COALESCE(c.execs, 0) AS execs,
  substr(CAST(from_unixtime_nanos(t.start_ns) AS VARCHAR), 12, 15) AS start,
  substr(CAST(from_unixtime_nanos(t.finish_ns) AS VARCHAR), 12, 15) AS finish,
  (t.finish_ns - t.start_ns) / 1e6 AS elapsed_ms,
  t.exit_status,
  t.signal,
  CASE t.core_dumped WHEN 1 THEN true WHEN 0 THEN false END AS core_dumped,
  s.superseded_by,
  t.calls,
  t.errors,
  t.call_ns / 1e6 AS call_ms,
  t.first_seq
FROM threads AS t
LEFT JOIN commands AS c
  ON c.thread = t.thread AND COALESCE(c.end_seq, 0) = COALESCE(t.end_seq, 0)
LEFT JOIN (
  SELECT thread, MAX(end_seq) AS seq, MAX(superseded_by) AS superseded_by
  FROM exits
  WHERE superseded_by IS NOT NULL
  GROUP BY thread
) AS s
  ON s.thread = t.thread AND s.seq BETWEEN t.first_seq AND t.last_seq
WHERE ? IN ('*', t.executable, regexp_extract(t.executable, '[^/]*$'))
ORDER BY t.first_seq
