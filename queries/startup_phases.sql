-- title: Phases of the start of each program
-- description: What each executed program did first and when, counted from the start of its execve: how long
--   until it had loaded its shared libraries, and until it first opened a file of its own, wrote, made a
--   socket or started a process or thread. The latest first file comes first. Times are NULL when the log
--   has none, or when it shows no such thing.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program, whole path or last name; * is every program.
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
-- key: executable
-- measures: first_file_ms, loaded_ms, exec_ms
-- brief: executable, process, exec_ms, loaded_ms, first_file_ms, first_write_ms, first_file

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
    -- of one column, so that an engine passes over the others of the rows it drops
    AND COALESCE(syscall, 'exit') IN ('execve', 'execveat', 'exit')
    AND (
      (syscall IN ('execve', 'execveat') AND ret = 0)
      OR (kind = 'exit' AND ret_text NOT LIKE 'superseded%' AND COALESCE(pid, 0) = COALESCE(process, 0))
    )
),
events AS (
  SELECT
    *,
    CASE
      WHEN opens AND NOT regexp_like(path, '\.so(\.[0-9.]+)*$|/ld\.so\.|/glibc-hwcaps/') THEN 'file'
      WHEN direction = 'out' THEN 'write'
      WHEN syscall = 'socket' THEN 'socket'
      WHEN syscall IN ('fork', 'vfork', 'clone', 'clone3') THEN 'child'
    END AS step,
    COALESCE(regexp_like(path, '\.so(\.[0-9.]+)*$'), false) AS is_library
  FROM (
    SELECT
      seq,
      COALESCE(process, 0) AS number,
      syscall,
      time_ns,
      duration_ns,
      path,
      direction,
      error,
      syscall IN ('open', 'openat', 'openat2') AS opens
    FROM calls
    WHERE session = ?
      AND kind = 'call'
  ) AS session_calls
),
steps AS (
  -- of what a program did after its libraries only the first of each kind is asked for
  SELECT
    i.seq,
    i.process,
    i.path,
    i.time_ns,
    i.duration_ns,
    e.step,
    e.opens,
    e.error,
    MIN(e.seq) AS event_seq,
    MIN_BY(e.path, e.seq) AS file,
    MIN(e.time_ns) AS begin_ns,
    MAX(e.time_ns + COALESCE(e.duration_ns, 0)) AS end_ns
  FROM images AS i
  LEFT JOIN events AS e
    ON e.number = i.number
      AND e.seq > i.seq
      AND e.seq < i.next_seq
      AND (e.step IS NOT NULL OR e.is_library)
  WHERE i.kind = 'call'
    AND ? IN ('*', i.path, regexp_extract(i.path, '[^/]*$'))
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, CASE WHEN e.step IS NULL THEN e.seq END
),
firsts AS (
  SELECT
    seq,
    process,
    path,
    time_ns,
    duration_ns,
    COUNT(CASE WHEN opens AND error IS NULL AND is_before THEN 1 END) AS opened,
    COUNT(CASE WHEN opens AND is_before THEN error END) AS missed,
    MAX(CASE WHEN is_before THEN end_ns END) AS loaded_ns,
    MIN(CASE WHEN step = 'file' THEN begin_ns END) AS file_ns,
    MIN_BY(file, CASE WHEN step = 'file' THEN event_seq END) AS file,
    MIN(CASE WHEN step = 'write' THEN begin_ns END) AS write_ns,
    MIN(CASE WHEN step = 'socket' THEN begin_ns END) AS socket_ns,
    MIN(CASE WHEN step = 'child' THEN begin_ns END) AS child_ns
  FROM (
    SELECT
      *,
      event_seq < COALESCE(
        MIN(CASE WHEN step IS NOT NULL THEN event_seq END) OVER (PARTITION BY seq),
        9223372036854775807
      ) AS is_before
    FROM steps
  ) AS placed
  GROUP BY seq, process, path, time_ns, duration_ns
)
SELECT
  process,
  path AS executable,
  substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15) AS start,
  duration_ns / 1e6 AS exec_ms,
  opened AS libraries,
  missed AS library_misses,
  (loaded_ns - time_ns) / 1e6 AS loaded_ms,
  (file_ns - time_ns) / 1e6 AS first_file_ms,
  file AS first_file,
  (write_ns - time_ns) / 1e6 AS first_write_ms,
  (socket_ns - time_ns) / 1e6 AS first_socket_ms,
  (child_ns - time_ns) / 1e6 AS first_child_ms,
  seq
FROM firsts
ORDER BY first_file_ms DESC NULLS LAST, loaded_ms DESC NULLS LAST, exec_ms DESC NULLS LAST, seq
