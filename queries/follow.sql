-- title: One process and its descendants
-- description: Everything that a process did, and the processes that it started, and those that they started: calls,
--   signals and exits in the order in which they completed. Descendants of more than 40 generations are
--   not found.
-- parameter: session string: Session to report on.
-- parameter: process integer: Number of the process; every process that had the number is followed.
-- parameter: session string: Session to report on.
-- parameter: syscall names = *: System calls, names separated by commas; * is everything, signals and exits too.
-- column: seq bigint: Line of the log on which the event completed.
-- column: start varchar: Start of the call, or time of the signal or exit, time of day in UTC (HH:MM:SS.ffffff).
-- column: generation bigint: 0 for the process itself, 1 for its children, and so on; NULL when not known.
-- column: pid integer: Thread.
-- column: process integer: Process of that thread.
-- column: executable varchar: Program it ran; NULL when it is not known.
-- column: event varchar: Name of the system call, or of the signal; exit at the end of a thread.
-- column: args varchar: Arguments as printed; of a signal, what came with it.
-- column: ret bigint: Return value, or exit status; NULL when there is none.
-- column: ret_text varchar: What the return says beyond a decimal number, such as the error; how the thread ended.
-- column: duration_ms double: Time in the call, in milliseconds; NULL without -T.
-- brief: args, event, pid, start, ret, duration_ms

WITH session_processes AS (
  SELECT process, depth, lineage, first_seq, last_seq
  FROM processes
  WHERE session = ?
),
ancestors AS (
  SELECT
    p.process,
    p.depth,
    p.first_seq,
    p.last_seq,
    MAX(CASE WHEN p.lineage LIKE '%' || a.place THEN p.process END) OVER (PARTITION BY a.place)
      AS ancestor,
    MAX(CASE WHEN p.lineage LIKE '%' || a.place THEN p.depth END) OVER (PARTITION BY a.place)
      AS ancestor_depth
  FROM session_processes AS p
  CROSS JOIN UNNEST(split(p.lineage, '/')) AS a (place)
),
family AS (
  SELECT process, first_seq, last_seq, MAX(depth - ancestor_depth) AS generation
  FROM ancestors
  WHERE ancestor = ?
  GROUP BY process, first_seq, last_seq
),
family_calls AS (
  SELECT
    c.seq,
    c.kind,
    c.time_ns,
    f.generation,
    c.pid,
    c.process,
    c.executable,
    c.syscall,
    c.signal,
    c.args,
    c.ret,
    c.ret_text,
    c.duration_ns
  FROM calls AS c
  JOIN family AS f
    ON f.process = c.process AND c.seq BETWEEN f.first_seq AND f.last_seq
  WHERE c.session = ?
    AND arrays_overlap(split(?, ','), ARRAY['*', c.syscall])
)
SELECT
  seq,
  substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15) AS start,
  generation,
  pid,
  process,
  executable,
  CASE WHEN kind = 'exit' THEN 'exit' ELSE COALESCE(syscall, signal) END AS event,
  args,
  ret,
  ret_text,
  duration_ns / 1e6 AS duration_ms
FROM family_calls
ORDER BY seq
