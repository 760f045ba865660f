-- title: Files deleted
-- description: Every file and folder that was deleted or renamed away, by whom and when, and whether this
--   session had made it. A file that was replaced by another's rename to its name is not here: written_files
--   tells it by renamed_from. In the order in which it happened.
-- parameter: session string: Session to report on.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: timestamp varchar: Start of the call, time of day in UTC (HH:MM:SS.ffffff); NULL without times.
-- column: pid integer: Thread that made the call; NULL when the log names none.
-- column: process integer: Process of that thread; NULL when the log names none.
-- column: executable varchar: Program that made the call; NULL when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: path varchar: Name that is no more.
-- column: new_path varchar: Name that it has instead, when it was renamed; NULL when it was deleted.
-- column: made_here boolean: Whether the log shows the file being created, or opened to be written,
--   before.
-- key: executable, syscall, path
-- brief: path, executable, syscall, made_here, new_path

WITH uses AS (
  SELECT
    seq,
    time_ns,
    pid,
    process,
    executable,
    syscall,
    path,
    other_path,
    file_use
  FROM file_uses
  WHERE session = ?
    AND succeeded
    AND CASE WHEN is_open THEN file_use = 'write' ELSE file_use IN ('remove', 'create') END
    AND strpos(path, ?) > 0
),
placed AS (
  SELECT
    *,
    MIN(CASE WHEN file_use <> 'remove' THEN seq END) OVER (PARTITION BY path) AS made_seq
  FROM uses
)
SELECT
  substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15) AS timestamp,
  pid,
  process,
  executable,
  syscall,
  path,
  other_path AS new_path,
  COALESCE(made_seq < seq, false) AS made_here
FROM placed
WHERE file_use = 'remove'
  AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
  AND (? = '*'
    OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
  AND COALESCE(time_ns, 0) >= ?
  AND COALESCE(time_ns, 9223372036854775806) < ?
ORDER BY seq, path
