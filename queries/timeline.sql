-- title: Timeline
-- description: What each thread did when, for a picture of so many columns: the time asked for is cut into
--   that many slices; a call at least as long as a slice has a row of its own, shorter ones are one row for
--   each thread and slice in which they began. However many calls there are, a thread has no more than two
--   rows for each slice. No rows without times in the log.
-- parameter: session string: Session to report on.
-- parameter: from time = 0: Beginning of the picture, in nanoseconds since 1970-01-01 UTC; calls that go on after it are in it.
-- parameter: to time = 9223372036854775807: End of the picture, in nanoseconds since 1970-01-01 UTC.
-- parameter: slices integer(1..4000) = 600: Number of slices, from 1 to 4000.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: process integers = *: Processes with all their threads, numbers separated by commas; * is every process.
-- parameter: process integers = *: Processes with all their threads, numbers separated by commas; * is every process.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: error names = *: Errors, such as ENOENT,EACCES; any is every call that failed; * is every call.
-- parameter: error names = *: Errors, such as ENOENT,EACCES; any is every call that failed; * is every call.
-- parameter: from time = 0: Beginning of the picture, in nanoseconds since 1970-01-01 UTC; calls that go on after it are in it.
-- parameter: to time = 9223372036854775807: End of the picture, in nanoseconds since 1970-01-01 UTC.
-- column: pid integer: Thread that made the calls; NULL when the log names none.
-- column: process integer: Process of that thread.
-- column: start_ns bigint: Start of the first call of the row, nanoseconds since 1970-01-01 UTC.
-- column: end_ns bigint: End of the last call of the row, nanoseconds since 1970-01-01 UTC.
-- column: calls bigint: Calls of the row; 1 when it is one call.
-- column: errors bigint: Calls of these that failed.
-- column: busy_ns bigint: Time in these calls, nanoseconds; 0 without -T.
-- column: syscall varchar: The longest of these calls.
-- column: spent_on varchar: Kind of the longest call: wait, network, transfer (read, write and the like), names (open, stat, rename
--   and the like), memory, program (fork, execve and the like), or other.
-- column: error varchar: Error of one of these calls; NULL when none failed.
-- column: seq bigint: Line of the log on which the longest call completed.

WITH widths AS (
  SELECT (MAX(time_ns) - MIN(time_ns)) / slices + 1 AS slice_ns
  FROM calls
  CROSS JOIN UNNEST(sequence(1, 4000)) AS numbers (slices)
  WHERE session = ?
    AND kind = 'call'
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
    AND slices = ?
  GROUP BY slices
),
session_rows AS (
  SELECT
    COALESCE(pid, 0) AS thread,
    process,
    time_ns,
    COALESCE(duration_ns, 0) AS duration_ns,
    syscall,
    error,
    seq,
    -- the longer one, and of two that took the same time the later one
    LEAST(COALESCE(duration_ns, 0), 50000000000) * 100000000 + LEAST(seq, 99999999) AS weight
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND time_ns IS NOT NULL
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(process AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[syscall]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[error, CASE WHEN error IS NOT NULL THEN 'any' END]))
    AND COALESCE(time_ns + COALESCE(duration_ns, 0), 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
),
cells AS (
  SELECT
    r.thread,
    CASE WHEN r.duration_ns >= COALESCE(w.slice_ns, 0) THEN r.seq ELSE 0 END AS long_seq,
    CASE WHEN r.duration_ns >= COALESCE(w.slice_ns, 0) THEN 0 ELSE r.time_ns / w.slice_ns END AS slice,
    MAX(r.process) AS process,
    MIN(r.time_ns) AS start_ns,
    MAX(r.time_ns + r.duration_ns) AS end_ns,
    COUNT(*) AS calls,
    COUNT(r.error) AS errors,
    CAST(SUM(r.duration_ns) AS BIGINT) AS busy_ns,
    MAX_BY(r.syscall, r.weight) AS syscall,
    MAX(r.error) AS error,
    MAX_BY(r.seq, r.weight) AS seq
  FROM session_rows AS r
  LEFT JOIN widths AS w ON true
  GROUP BY 1, 2, 3
)
SELECT
  CASE WHEN thread > 0 THEN thread END AS pid,
  process,
  start_ns,
  end_ns,
  calls,
  errors,
  busy_ns,
  syscall,
  CASE
    WHEN syscall LIKE 'futex%' OR syscall LIKE '%poll' OR syscall LIKE 'ppoll%' OR syscall LIKE 'epoll%wait%'
      OR syscall LIKE '%select%' OR syscall LIKE 'wait%' OR syscall LIKE '%nanosleep%'
      OR syscall LIKE 'rt_sig%suspend' OR syscall LIKE 'rt_sigtimedwait%'
      OR syscall IN ('pause', 'io_getevents', 'io_uring_enter', 'restart_syscall') THEN 'wait'
    WHEN syscall LIKE 'send%to' OR syscall LIKE 'send%msg' OR syscall LIKE 'recv%' OR syscall LIKE 'accept%'
      OR syscall LIKE '%sock%' OR syscall IN ('send', 'connect', 'bind', 'listen', 'shutdown', 'getpeername')
      THEN 'network'
    WHEN syscall LIKE 'read%' AND syscall NOT LIKE 'readlink%' OR syscall LIKE 'write%'
      OR syscall LIKE 'pread%' OR syscall LIKE 'pwrite%' OR syscall LIKE 'sendfile%'
      OR syscall LIKE 'getdents%' OR syscall LIKE '%sync%'
      OR syscall IN ('copy_file_range', 'splice', 'tee', 'vmsplice', 'fallocate', 'ftruncate') THEN 'transfer'
    WHEN syscall LIKE 'open%' OR syscall LIKE '%stat%' OR syscall LIKE '%access%' OR syscall LIKE '%link%'
      OR syscall LIKE 'rename%' OR syscall LIKE '%xattr%' OR syscall LIKE 'mkdir%' OR syscall LIKE '%chmod%'
      OR syscall LIKE '%chown%' OR syscall LIKE 'utime%' OR syscall LIKE 'mknod%'
      OR syscall IN ('creat', 'rmdir', 'chdir', 'getcwd', 'truncate', 'close') THEN 'names'
    WHEN syscall IN ('mmap', 'mmap2', 'munmap', 'mprotect', 'mremap', 'madvise', 'brk') THEN 'memory'
    WHEN syscall LIKE 'exec%' OR syscall LIKE 'clone%' OR syscall LIKE 'exit%' OR syscall IN ('fork', 'vfork')
      THEN 'program'
    ELSE 'other'
  END AS spent_on,
  error,
  seq
FROM cells
ORDER BY thread, start_ns, seq
