-- title: Files written
-- description: Every file that was written, created or changed: by whom, how, how much, under which name
--   before, and whether it was gone at the end. Opening to write counts, even when nothing was written. What
--   wrote most comes first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: path varchar: File or folder, symbolic links resolved where -y tells.
-- column: opens bigint: Times that it was opened to be written.
-- column: writes bigint: Calls that wrote to it, or set its length.
-- column: bytes_written bigint: Bytes written.
-- column: created boolean: Whether a call may have created it: an open with O_CREAT, creat, mkdir, link,
--   symlink, the new name of a rename. A device that was there, such as /dev/null, was not created.
-- column: truncated boolean: Whether its length was set: an open with O_TRUNC, creat, truncate, ftruncate.
-- column: changes bigint: Calls that set its mode, owner, times or attributes.
-- column: renamed_from varchar: Name it had before it was last renamed to this one; NULL when it was not.
-- column: gone boolean: Whether it was deleted or renamed away after the last of these calls.
-- column: first_time varchar: Start of the first of these calls, time of day in UTC (HH:MM:SS.ffffff);
--   NULL without times.
-- column: last_time varchar: Start of the last one, in the same form.
-- column: executables varchar: Programs that made the calls, separated by a comma and a space; NULL when
--   none is known.
-- key: path
-- measures: bytes_written, opens, writes, changes
-- brief: path, bytes_written, writes, created, gone, executables

WITH uses AS (
  SELECT
    path,
    executable,
    COUNT(*) FILTER (WHERE is_open) AS opens,
    COUNT(*) FILTER (WHERE file_use = 'write' AND NOT is_open) AS writes,
    SUM(bytes) FILTER (WHERE file_use = 'write') AS bytes_written,
    COUNT(*) FILTER (
      WHERE file_use = 'create'
        OR syscall = 'creat'
        OR (is_open AND regexp_like(args, 'O_CREAT[^"]*$'))
    ) AS creations,
    COUNT(*) FILTER (
      WHERE syscall IN ('creat', 'truncate', 'ftruncate', 'truncate64', 'ftruncate64')
        OR (is_open AND regexp_like(args, 'O_TRUNC[^"]*$'))
    ) AS truncations,
    COUNT(*) FILTER (WHERE file_use = 'change') AS changes,
    max_by(other_path, seq) FILTER (WHERE syscall LIKE 'rename%' AND file_use = 'create') AS renamed_from,
    MAX(seq) FILTER (WHERE syscall LIKE 'rename%' AND file_use = 'create') AS renamed_seq,
    MAX(seq) FILTER (WHERE file_use <> 'remove') AS last_seq,
    MAX(seq) FILTER (WHERE file_use = 'remove') AS removed_seq,
    MIN(time_ns) FILTER (WHERE file_use <> 'remove') AS first_ns,
    MAX(time_ns) FILTER (WHERE file_use <> 'remove') AS last_ns
  FROM file_uses
  WHERE session = ?
    AND succeeded
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(path, ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
    -- as rows, for in a list an engine works the use of a call out for each
    AND file_use IN (SELECT name FROM (VALUES ('write'), ('create'), ('change'), ('remove')) AS n (name))
  GROUP BY path, executable
),
files AS (
  SELECT
    path,
    CAST(SUM(opens) AS BIGINT) AS opens,
    CAST(SUM(writes) AS BIGINT) AS writes,
    CAST(COALESCE(SUM(bytes_written), 0) AS BIGINT) AS bytes_written,
    SUM(creations) > 0 AND NOT regexp_like(path, '^/dev/(null|zero|full|tty|ptmx|pts/[0-9]+|kmsg)$') AS created,
    SUM(truncations) > 0 AND NOT regexp_like(path, '^/dev/(null|zero|full|tty|ptmx|pts/[0-9]+|kmsg)$') AS truncated,
    CAST(SUM(changes) AS BIGINT) AS changes,
    max_by(renamed_from, renamed_seq) AS renamed_from,
    COALESCE(MAX(removed_seq) > MAX(last_seq), false) AS gone,
    MIN(first_ns) AS first_ns,
    MAX(last_ns) AS last_ns,
    array_join(
      array_agg(executable ORDER BY executable) FILTER (WHERE last_seq IS NOT NULL AND executable IS NOT NULL),
      ', '
    ) AS executables
  FROM uses
  GROUP BY path
  HAVING COUNT(last_seq) > 0
)
SELECT
  path,
  opens,
  writes,
  bytes_written,
  created,
  truncated,
  changes,
  renamed_from,
  gone,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last_time,
  executables
FROM files
ORDER BY bytes_written DESC, writes DESC, opens DESC, path
