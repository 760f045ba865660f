-- title: Questions asked again
-- description: Calls that ask the same of the same file again in one process: stat, access, readlink and
--   the like, and opens only to read, with the same outcome. The time of the first call of each process is
--   not counted. The costliest come first. Whether the file changed in between is not looked at.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: executable varchar: Program that made the calls; NULL when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: path varchar: File, symbolic links resolved for opens where -y tells.
-- column: error varchar: Error that each of them gave; NULL when they succeeded.
-- column: processes bigint: Processes that asked more than once.
-- column: calls bigint: Calls they made.
-- column: repeats bigint: Of these, all but the first of each process.
-- column: wasted_us double: Time spent in the repeats, microseconds; NULL without -T.
-- key: executable, syscall, path, error
-- measures: repeats, calls, wasted_us
-- brief: path, syscall, executable, repeats, wasted_us

WITH questions AS (
  SELECT
    process,
    executable,
    syscall,
    path,
    error,
    COUNT(*) AS calls,
    SUM(duration_ns) - min_by(duration_ns, seq) AS wasted_ns
  FROM file_uses
  WHERE session = ?
    -- opens and the queries of file_uses, named here so that an engine passes over the other calls
    AND strpos(
      ' open openat openat2 creat stat lstat fstat newfstatat statx access faccessat faccessat2 readlink readlinkat'
        || ' stat64 lstat64 fstat64 fstatat64 oldstat oldlstat oldfstat statfs fstatfs statfs64 fstatfs64 getxattr'
        || ' lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr listxattrat name_to_handle_at'
        || ' file_getattr ',
      ' ' || syscall || ' '
    ) > 0
    AND (succeeded OR error IS NOT NULL)
    AND CASE WHEN is_open THEN file_use <> 'write' ELSE file_use = 'query' END
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(path, ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY process, executable, syscall, path, error
  HAVING COUNT(*) > 1
),
totals AS (
  SELECT
    executable,
    syscall,
    path,
    error,
    COUNT(*) AS processes,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(calls) - COUNT(*) AS BIGINT) AS repeats,
    CAST(SUM(wasted_ns) AS BIGINT) AS wasted_ns
  FROM questions
  GROUP BY executable, syscall, path, error
)
SELECT
  executable,
  syscall,
  path,
  error,
  processes,
  calls,
  repeats,
  wasted_ns / 1e3 AS wasted_us
FROM totals
ORDER BY wasted_ns DESC, repeats DESC, path, syscall, executable, error
