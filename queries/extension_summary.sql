-- title: Summary by extension
-- description: For each kind of file, told by the end of its name, how often such files were opened, asked
--   about, read and written, how much, how long, and by whom. Reads and writes are found by file where the
--   log has paths of descriptors (-y), or shows how they were opened. The costliest come first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: extension varchar: What follows the last dot of the name, in small letters; so for versioned
--   libraries, empty when there is none.
-- column: files bigint: How many different files.
-- column: calls bigint: Calls that name them or use an open descriptor of them.
-- column: opens bigint: Times that one of them was opened.
-- column: failed bigint: Calls that failed.
-- column: reads bigint: Calls that read from them.
-- column: writes bigint: Calls that wrote to them, or cut them short.
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
-- key: extension
-- measures: calls, files, opens, failed, reads, writes, queries, bytes_read, bytes_written, total_us
-- brief: extension, files, opens, failed, bytes_read, bytes_written, total_us

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
keyed AS (
  SELECT
    CASE
      WHEN regexp_like(path, '[^/][.]so[.][0-9.]+$') THEN 'so'
      ELSE lower(COALESCE(regexp_extract(path, '[^/][.]([A-Za-z0-9_+~-]+)$', 1), ''))
    END AS extension,
    uses.*
  FROM uses
),
sums AS (
  SELECT
    extension,
    COUNT(DISTINCT path) AS files,
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
      array_agg(DISTINCT executable ORDER BY executable) FILTER (WHERE executable IS NOT NULL),
      ', '
    ) AS executables
  FROM keyed
  GROUP BY extension
)
SELECT
  extension,
  files,
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
ORDER BY total_ns DESC, calls DESC, extension
