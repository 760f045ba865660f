-- title: Phases of the start of each program
-- description: What each executed program did first and when, counted from the start of its execve: how long
--   until it had loaded its shared libraries, and until it first opened a file of its own, wrote, made a
--   socket or started a process or thread. The latest first file comes first. Times are NULL when the log
--   has none, or when it shows no such thing.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program, whole path or last name; * is every program.
-- parameter: session string: Session to report on.
-- column: process integer: Process that executed the program; NULL when the log names none.
-- column: executable varchar: The program.
-- column: start varchar: Start of the execve, time of day in UTC (HH:MM:SS.ffffff).
-- column: exec_ms double: Time in the execve itself, in milliseconds; NULL without -T.
-- column: libraries bigint: Shared libraries opened before the first file of its own.
-- column: library_misses bigint: Attempts of these that failed, in directories that lack the library.
-- column: loaded_ms double: Until the last call for one of these libraries had returned, in milliseconds.
-- column: first_file_ms double: Until it first opened, or tried to open, a file that is not a shared library, in milliseconds.
-- column: first_file varchar: That file; NULL when there is none.
-- column: first_write_ms double: Until it first wrote or sent something, in milliseconds.
-- column: first_socket_ms double: Until it first made a socket, in milliseconds.
-- column: first_child_ms double: Until it first started a process or a thread, in milliseconds.
-- column: seq bigint: Line of the log on which the execve completed.

WITH images AS (
  SELECT
    seq,
    COALESCE(process, 0) AS number,
    process,
    path,
    time_ns,
    duration_ns,
    kind,
    COALESCE(LEAD(seq) OVER (PARTITION BY COALESCE(process, 0) ORDER BY seq), 9223372036854775807)
      AS next_seq
  FROM calls
  WHERE session = ?
    AND (
      (syscall IN ('execve', 'execveat') AND ret = 0)
      OR (kind = 'exit' AND ret_text NOT LIKE 'superseded%' AND COALESCE(pid, 0) = COALESCE(process, 0))
    )
),
steps AS (
  SELECT
    seq,
    COALESCE(process, 0) AS number,
    time_ns,
    path,
    CASE
      WHEN syscall LIKE 'open%' THEN 'file'
      WHEN direction = 'out' THEN 'write'
      WHEN syscall = 'socket' THEN 'socket'
      ELSE 'child'
    END AS step
  FROM calls
  WHERE session = ?
    AND (
      (
        syscall IN ('open', 'openat', 'openat2')
        AND NOT regexp_like(path, '\.so(\.[0-9.]+)*$|/ld\.so\.|/glibc-hwcaps/')
      )
      OR direction = 'out'
      OR syscall IN ('socket', 'fork', 'vfork', 'clone', 'clone3')
    )
),
firsts AS (
  SELECT
    i.seq,
    i.next_seq,
    i.number,
    i.process,
    i.path,
    i.time_ns,
    i.duration_ns,
    MIN(s.seq) AS own_seq,
    MIN(CASE WHEN s.step = 'file' THEN s.time_ns END) AS file_ns,
    MIN_BY(s.path, CASE WHEN s.step = 'file' THEN s.seq END) AS file,
    MIN(CASE WHEN s.step = 'write' THEN s.time_ns END) AS write_ns,
    MIN(CASE WHEN s.step = 'socket' THEN s.time_ns END) AS socket_ns,
    MIN(CASE WHEN s.step = 'child' THEN s.time_ns END) AS child_ns
  FROM images AS i
  LEFT JOIN steps AS s
    ON s.number = i.number AND s.seq > i.seq AND s.seq < i.next_seq
  WHERE i.kind = 'call'
    AND ? IN ('*', i.path, regexp_extract(i.path, '[^/]*$'))
  GROUP BY i.seq, i.next_seq, i.number, i.process, i.path, i.time_ns, i.duration_ns
),
libraries AS (
  SELECT
    f.seq,
    COUNT(CASE WHEN c.syscall LIKE 'open%' AND c.error IS NULL THEN 1 END) AS opened,
    COUNT(CASE WHEN c.syscall LIKE 'open%' THEN c.error END) AS missed,
    MAX(c.time_ns + COALESCE(c.duration_ns, 0)) AS loaded_ns
  FROM firsts AS f
  JOIN calls AS c
    ON COALESCE(c.process, 0) = f.number
      AND c.seq > f.seq
      AND c.seq < COALESCE(f.own_seq, f.next_seq)
  WHERE c.session = ?
    AND c.kind = 'call'
    AND regexp_like(c.path, '\.so(\.[0-9.]+)*$')
  GROUP BY f.seq
)
SELECT
  f.process,
  f.path AS executable,
  substr(CAST(from_unixtime_nanos(f.time_ns) AS VARCHAR), 12, 15) AS start,
  f.duration_ns / 1e6 AS exec_ms,
  COALESCE(l.opened, 0) AS libraries,
  COALESCE(l.missed, 0) AS library_misses,
  (l.loaded_ns - f.time_ns) / 1e6 AS loaded_ms,
  (f.file_ns - f.time_ns) / 1e6 AS first_file_ms,
  f.file AS first_file,
  (f.write_ns - f.time_ns) / 1e6 AS first_write_ms,
  (f.socket_ns - f.time_ns) / 1e6 AS first_socket_ms,
  (f.child_ns - f.time_ns) / 1e6 AS first_child_ms,
  f.seq
FROM firsts AS f
LEFT JOIN libraries AS l
  ON l.seq = f.seq
ORDER BY first_file_ms DESC NULLS LAST, loaded_ms DESC NULLS LAST, exec_ms DESC NULLS LAST, seq
