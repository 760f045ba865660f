-- title: Summary by file
-- description: For each file how often it was opened, asked about, read and written, how much, how long,
--   and by whom. Reads and writes are found by file where the log has paths of descriptors (-y), or shows
--   how they were opened. The costliest come first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: path varchar: File; of an open that succeeded the one that was opened, symbolic links resolved
--   with -y.
-- column: calls bigint: Calls that name it or use an open descriptor of it.
-- column: opens bigint: Times that it was opened.
-- column: failed bigint: Calls that failed.
-- column: reads bigint: Calls that read from it.
-- column: writes bigint: Calls that wrote to it, or cut it short.
-- column: queries bigint: Calls that asked for attributes, failed ones too: stat, access, readlink and the
--   like.
-- column: bytes_read bigint: Bytes read.
-- column: bytes_written bigint: Bytes written.
-- column: total_us double: Time spent in all the calls, microseconds; NULL without -T.
-- column: max_us double: Longest of the calls, microseconds; NULL without -T.
-- column: first_time varchar: Start of the first call, time of day in UTC (HH:MM:SS.ffffff); NULL without
--   times.
-- column: last_time varchar: Start of the last call, in the same form.
-- column: executables varchar: Programs that made the calls, separated by a comma and a space; NULL when
--   none is known.
-- key: path
-- measures: calls, opens, failed, reads, writes, queries, bytes_read, bytes_written, total_us
-- brief: path, opens, failed, bytes_read, bytes_written, total_us

WITH uses AS (
  SELECT
    path,
    executable,
    COUNT(*) AS calls,
    COUNT(*) FILTER (WHERE is_open AND succeeded) AS opens,
    COUNT(error) AS failed,
    COUNT(*) FILTER (WHERE file_use = 'read' AND NOT is_open AND succeeded) AS reads,
    COUNT(*) FILTER (WHERE file_use = 'write' AND NOT is_open AND succeeded) AS writes,
    COUNT(*) FILTER (WHERE file_use = 'query') AS queries,
    CAST(SUM(bytes) FILTER (WHERE file_use = 'read') AS BIGINT) AS bytes_read,
    CAST(SUM(bytes) FILTER (WHERE file_use = 'write') AS BIGINT) AS bytes_written,
    CAST(SUM(duration_ns) AS BIGINT) AS total_ns,
    MAX(duration_ns) AS max_ns,
    MIN(time_ns) AS first_ns,
    MAX(time_ns) AS last_ns
  FROM file_uses
  WHERE session = ?
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(path, ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
  GROUP BY path, executable
),
sums AS (
  SELECT
    path,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(opens) AS BIGINT) AS opens,
    CAST(SUM(failed) AS BIGINT) AS failed,
    CAST(SUM(reads) AS BIGINT) AS reads,
    CAST(SUM(writes) AS BIGINT) AS writes,
    CAST(SUM(queries) AS BIGINT) AS queries,
    CAST(COALESCE(SUM(bytes_read), 0) AS BIGINT) AS bytes_read,
    CAST(COALESCE(SUM(bytes_written), 0) AS BIGINT) AS bytes_written,
    CAST(SUM(total_ns) AS BIGINT) AS total_ns,
    MAX(max_ns) AS max_ns,
    MIN(first_ns) AS first_ns,
    MAX(last_ns) AS last_ns,
    array_join(
      array_agg(executable ORDER BY executable) FILTER (WHERE executable IS NOT NULL),
      ', '
    ) AS executables
  FROM uses
  GROUP BY path
)
SELECT
  path,
  calls,
  opens,
  failed,
  reads,
  writes,
  queries,
  bytes_read,
  bytes_written,
  total_ns / 1e3 AS total_us,
  max_ns / 1e3 AS max_us,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last_time,
  executables
FROM sums
ORDER BY total_ns DESC, calls DESC, path
