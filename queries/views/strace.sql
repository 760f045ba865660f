-- title: Calls under stracepy's names
-- description: The calls with the nine columns of the CSV that stracepy writes, for people who come
--   from it; numbers are numbers, and what is not known is NULL.
-- column: session varchar: Session the call belongs to.
-- column: seq bigint: Line of the log on which the call completed; order by it.
-- column: timestamp varchar: Start of the call, time of day in UTC (HH:MM:SS.ffffff).
-- column: pid integer: Thread that made the call.
-- column: executable varchar: Program that made the call.
-- column: syscall varchar: Name of the system call.
-- column: filepath varchar: File the call is about.
-- column: all_filepaths varchar: Every file the call names, written as a Python list.
-- column: ret_int bigint: Return value; NULL when the call did not return.
-- column: ret_str varchar: What the return says beyond a number, such as the error.
-- column: syscall_time double: Seconds spent in the call; NULL without -T.

SELECT
  session,
  seq,
  substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15) AS timestamp,
  pid,
  executable,
  syscall,
  path AS filepath,
  CASE
    WHEN array_join(paths, '') = '' THEN '[]'
    WHEN strpos(array_join(paths, ''), '''') = 0 THEN
      '[''' || replace(array_join(paths, ''', '''), '\', '\\') || ''']'
    ELSE
      '["' || replace(
        replace(replace(array_join(paths, chr(1)), '\', '\\'), '"', '\"'),
        chr(1),
        '", "'
      ) || '"]'
  END AS all_filepaths,
  ret AS ret_int,
  ret_text AS ret_str,
  duration_ns / 1e9 AS syscall_time
FROM calls
WHERE kind = 'call'
