-- title: Calls under stracepy's names
-- description: The calls with the nine columns of the CSV that stracepy writes, for people who come from it.
-- column: session varchar: Session the call belongs to.
-- column: seq bigint: Line of the log on which the call completed; order by it.
-- column: timestamp varchar: Start of the call, time of day in UTC (HH:MM:SS.ffffff); empty when not known.
-- column: pid varchar: Thread that made the call; empty when the log names none.
-- column: executable varchar: Program that made the call; empty when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: filepath varchar: File the call is about; empty when it names none.
-- column: all_filepaths varchar: Every file the call names, written as a Python list.
-- column: ret_int varchar: Return value; a question mark when the call did not return.
-- column: ret_str varchar: What the return says beyond a number, such as the error; empty when nothing.
-- column: syscall_time varchar: Seconds spent in the call, six digits after the point; empty without -T.

SELECT
  session,
  seq,
  COALESCE(substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15), '') AS timestamp,
  COALESCE(CAST(pid AS VARCHAR), '') AS pid,
  COALESCE(executable, '') AS executable,
  syscall,
  COALESCE(path, '') AS filepath,
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
  COALESCE(CAST(ret AS VARCHAR), chr(63)) AS ret_int,
  COALESCE(ret_text, '') AS ret_str,
  COALESCE(
    CAST(duration_ns / 1000000000 AS VARCHAR) || '.'
      || lpad(CAST(MOD(duration_ns, 1000000000) / 1000 AS VARCHAR), 6, '0'),
    ''
  ) AS syscall_time
FROM calls
WHERE kind = 'call'
