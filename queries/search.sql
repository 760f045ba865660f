-- title: Search of calls
-- description: Every row of the log that matches all of what is asked for: calls, signals and exits, with
--   all that is known of each, in the order of the log.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: process integers = *: Processes with all their threads, numbers separated by commas; * is every process.
-- parameter: process integers = *: Processes with all their threads, numbers separated by commas; * is every process.
-- parameter: kind names = *: Kinds of rows: call, signal, exit, separated by commas; * is every kind.
-- parameter: kind names = *: Kinds of rows: call, signal, exit, separated by commas; * is every kind.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: syscall names = *: System calls, names separated by commas; * is every call.
-- parameter: error names = *: Errors, such as ENOENT,EACCES; any is every call that failed; * is every row.
-- parameter: error names = *: Errors, such as ENOENT,EACCES; any is every call that failed; * is every row.
-- parameter: path string =: Text that one of the files of the call holds; empty is every row.
-- parameter: path string =: Text that one of the files of the call holds; empty is every row.
-- parameter: path_regex regex =: Regular expression found in the path of the file; empty is every row.
-- parameter: path_regex regex =: Regular expression found in the path of the file; empty is every row.
-- parameter: text string =: Text that arguments, return or stack hold; empty is every row.
-- parameter: text string =: Text that arguments, return or stack hold; empty is every row.
-- parameter: text string =: Text that arguments, return or stack hold; empty is every row.
-- parameter: text string =: Text that arguments, return or stack hold; empty is every row.
-- parameter: fd integers = *: Descriptors, numbers separated by commas; * is every row.
-- parameter: fd integers = *: Descriptors, numbers separated by commas; * is every row.
-- parameter: min_us integer = 0: Shortest duration of the call, in microseconds; 0 takes calls without one.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: seq bigint: Line of the log on which the call completed.
-- column: timestamp varchar: Start of the call, time of day in UTC (HH:MM:SS.ffffff); NULL without times.
-- column: time_ns bigint: The same, in nanoseconds since 1970-01-01 UTC.
-- column: duration_us double: Time spent in the call, microseconds; NULL without -T.
-- column: kind varchar: call, signal or exit.
-- column: pid integer: Thread that made the call; NULL when the log names none.
-- column: process integer: Process of that thread.
-- column: parent integer: Process that started that process; NULL when the log does not show it.
-- column: executable varchar: Program of the process; NULL when it is not known.
-- column: comm varchar: Command name of the thread; NULL without -Y.
-- column: syscall varchar: Name of the system call; NULL on signals and exits.
-- column: path varchar: File the call is about; NULL when it is about none.
-- column: args varchar: Arguments as printed; of a signal its siginfo.
-- column: ret bigint: Return value, exit status; NULL when there is none.
-- column: ret_text varchar: What the return says beyond a number.
-- column: error varchar: Symbol of the error; NULL when the call did not fail.
-- column: signal varchar: Signal received, or that killed the process.
-- column: fd integer: Descriptor the call is about; NULL when it is about none.
-- column: fd_kind varchar: What that refers to: file, pipe, socket and so on.
-- column: protocol varchar: Protocol of a socket.
-- column: local_address varchar: Own address of a socket.
-- column: remote_address varchar: Peer address of a socket.
-- column: bytes bigint: Bytes moved by the call; NULL when it moves none.
-- column: direction varchar: in or out; NULL when it moves none.
-- column: stack varchar: Frames of the call stack, innermost first, a line each; NULL without -k.
-- brief: args, seq, syscall, executable, path, ret, error

WITH session_rows AS (
  SELECT *
  FROM calls
  WHERE session = ?
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(process AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[kind]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[syscall]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[error, CASE WHEN error IS NOT NULL THEN 'any' END]))
    AND (? = ''
      OR strpos(array_join(paths, chr(1)), ?) > 0)
    AND (? = ''
      OR regexp_like(COALESCE(path, ''), ?))
    AND (? = ''
      OR strpos(COALESCE(args, ''), ?) > 0
      OR strpos(COALESCE(ret_text, ''), ?) > 0
      OR strpos(array_join(stack, chr(1)), ?) > 0)
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(fd AS VARCHAR)]))
    AND COALESCE(duration_ns, 0) / 1000 >= ?
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
)
SELECT
  seq,
  substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15) AS timestamp,
  time_ns,
  duration_ns / 1e3 AS duration_us,
  kind,
  pid,
  process,
  parent,
  executable,
  comm,
  syscall,
  path,
  args,
  ret,
  ret_text,
  error,
  signal,
  fd,
  fd_kind,
  protocol,
  local_address,
  remote_address,
  bytes,
  direction,
  NULLIF(array_join(stack, chr(10)), '') AS stack
FROM session_rows
ORDER BY seq
