-- title: Files written by one process and read by another
-- description: For each file that one process wrote and another read, mapped or executed: who wrote, who
--   read, and whether it was read before it was written. Opening to write counts as writing, opening to read
--   as reading; making a folder counts as writing it, listing it as reading it. Devices below /dev are left
--   out, but not /dev/shm. No rows when the log names no processes. What moved most bytes comes first.
-- parameter: session string: Session to report on.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: path varchar: File, symbolic links resolved where -y tells.
-- column: writers varchar: Programs that wrote it, separated by a comma and a space; NULL when none is
--   known.
-- column: readers varchar: Programs that read it, in the same form.
-- column: writing_processes bigint: How many processes wrote it.
-- column: reading_processes bigint: How many processes read it.
-- column: bytes_written bigint: Bytes written to it.
-- column: bytes_read bigint: Bytes read from it.
-- column: first_write varchar: Start of the first call that wrote it, time of day in UTC
--   (HH:MM:SS.ffffff); NULL without times.
-- column: first_read varchar: Start of the first call that read it, in the same form.
-- column: read_before_write boolean: Whether the first read was before the first write.
-- key: path
-- measures: bytes_written, bytes_read, writing_processes, reading_processes
-- brief: path, writers, readers, read_before_write

WITH uses AS (
  SELECT
    path,
    process,
    executable,
    file_use IN ('write', 'create') AS writes,
    MIN(seq) AS first_seq,
    MIN(time_ns) AS first_ns,
    SUM(bytes) AS bytes
  FROM file_uses
  WHERE session = ?
    AND succeeded
    AND file_use IN ('write', 'create', 'read', 'map', 'execute', 'list')
    AND (path NOT LIKE '/dev/%' OR path LIKE '/dev/shm/%')
    AND strpos(path, ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY path, process, executable, file_use IN ('write', 'create')
),
files AS (
  SELECT
    path,
    array_join(
      array_agg(DISTINCT executable ORDER BY executable) FILTER (WHERE writes AND executable IS NOT NULL),
      ', '
    ) AS writers,
    array_join(
      array_agg(DISTINCT executable ORDER BY executable) FILTER (WHERE NOT writes AND executable IS NOT NULL),
      ', '
    ) AS readers,
    COUNT(DISTINCT process) FILTER (WHERE writes) AS writing_processes,
    COUNT(DISTINCT process) FILTER (WHERE NOT writes) AS reading_processes,
    CAST(COALESCE(SUM(bytes) FILTER (WHERE writes), 0) AS BIGINT) AS bytes_written,
    CAST(COALESCE(SUM(bytes) FILTER (WHERE NOT writes), 0) AS BIGINT) AS bytes_read,
    MIN(first_seq) FILTER (WHERE writes) AS write_seq,
    MIN(first_seq) FILTER (WHERE NOT writes) AS read_seq,
    MIN(first_ns) FILTER (WHERE writes) AS write_ns,
    MIN(first_ns) FILTER (WHERE NOT writes) AS read_ns
  FROM uses
  GROUP BY path
  HAVING COUNT(DISTINCT process) > 1
    AND COUNT(*) FILTER (WHERE writes) > 0
    AND COUNT(*) FILTER (WHERE NOT writes) > 0
)
SELECT
  path,
  writers,
  readers,
  writing_processes,
  reading_processes,
  bytes_written,
  bytes_read,
  substr(CAST(from_unixtime_nanos(write_ns) AS VARCHAR), 12, 15) AS first_write,
  substr(CAST(from_unixtime_nanos(read_ns) AS VARCHAR), 12, 15) AS first_read,
  read_seq < write_seq AS read_before_write
FROM files
ORDER BY bytes_written + bytes_read DESC, path
