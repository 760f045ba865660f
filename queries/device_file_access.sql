-- title: All device file accesses in chronological order, including both successful and failed syscalls
-- description: Every call that names a device file (below /dev or /sys/devices, or a gpio file
--   below /sys), in the order in which the calls completed.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the call, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the call, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the call, numbers separated by commas; * is every thread.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: path_regex regex =: Regular expression found in the path of the file; empty is every path.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: timestamp varchar: Start of the call, time of day in UTC (HH:MM:SS.ffffff); empty when not known.
-- column: executable varchar: Program that made the call; empty when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: filepath varchar: File the call is about; empty when it names none.
-- column: ret_int varchar: Return value; a question mark when the call did not return.
-- column: ret_str varchar: What the return says beyond a number, such as the error; empty when nothing.

WITH session_calls AS (
  SELECT seq, time_ns, executable, syscall, path, ret, ret_text
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND regexp_extract(path, '^/dev/|^/sys/devices/|^/sys/.*/gpio') <> ''
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[syscall]))
    AND strpos(COALESCE(path, ''), ?) > 0
    AND regexp_like(COALESCE(path, ''), ?)
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
)
SELECT
  COALESCE(substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15), '') AS timestamp,
  COALESCE(executable, '') AS executable,
  syscall,
  COALESCE(path, '') AS filepath,
  COALESCE(CAST(ret AS VARCHAR), chr(63)) AS ret_int,
  COALESCE(ret_text, '') AS ret_str
FROM session_calls
ORDER BY seq
