-- title: What a command reads and makes
-- description: For each file what it is to the programs recorded: input (read, mapped or executed, and not
--   written before), output (written and still there at the end), updated (read, then written), temporary
--   (made and gone again), deleted (there before, gone at the end); and when asked for: folder (only
--   listed), asked (only asked about: stat, access, readlink), missing (looked for and never found), touched
--   (opened or changed in another way). Devices below /dev are left out, but not /dev/shm. Whatever a build
--   does not declare is the difference between these rows and its own list.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: role names = input,output,updated,temporary,deleted: Roles to give, names separated by commas; * is every role.
-- column: role varchar: input, output, updated, temporary, deleted, folder, asked, missing or touched.
-- column: path varchar: File, symbolic links resolved where -y tells.
-- column: bytes_read bigint: Bytes read from it; what is read through a mapping is not counted.
-- column: bytes_written bigint: Bytes written to it.
-- column: first_time varchar: Start of the first call that names it, time of day in UTC (HH:MM:SS.ffffff);
--   NULL without times.
-- column: last_time varchar: Start of the last one, in the same form.
-- column: executables varchar: Programs that made the calls, separated by a comma and a space; NULL when
--   none is known.
-- key: role, path
-- measures: bytes_read, bytes_written
-- brief: path, role, bytes_read, bytes_written, executables

WITH uses AS (
  SELECT
    path,
    executable,
    file_use,
    succeeded,
    CASE
      WHEN is_open AND file_use = 'write' THEN
        regexp_like(args, 'O_RDWR[^"]*$') AND NOT regexp_like(args, 'O_(CREAT|TRUNC)[^"]*$')
      ELSE file_use IN ('read', 'map', 'execute')
    END AS reads,
    MIN(seq) AS first_seq,
    MAX(seq) AS last_seq,
    SUM(bytes) AS bytes,
    MIN(time_ns) AS first_ns,
    MAX(time_ns) AS last_ns
  FROM file_uses
  WHERE session = ?
    AND (path NOT LIKE '/dev/%' OR path LIKE '/dev/shm/%')
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(path, ?) > 0
  GROUP BY 1, 2, 3, 4, 5
),
files AS (
  SELECT
    path,
    MIN(first_seq) FILTER (WHERE succeeded AND reads) AS read_seq,
    MIN(first_seq) FILTER (WHERE succeeded AND file_use IN ('write', 'create')) AS written_seq,
    MAX(last_seq) FILTER (WHERE succeeded AND file_use IN ('write', 'create')) AS last_written_seq,
    MAX(last_seq) FILTER (WHERE succeeded AND file_use = 'remove') AS removed_seq,
    COUNT(*) FILTER (WHERE succeeded AND file_use = 'list') AS lists,
    COUNT(*) FILTER (WHERE succeeded AND file_use = 'query') AS queries,
    COUNT(*) FILTER (WHERE succeeded) AS successes,
    CAST(COALESCE(SUM(bytes) FILTER (WHERE file_use = 'read'), 0) AS BIGINT) AS bytes_read,
    CAST(COALESCE(SUM(bytes) FILTER (WHERE file_use = 'write'), 0) AS BIGINT) AS bytes_written,
    MIN(first_ns) AS first_ns,
    MAX(last_ns) AS last_ns,
    array_join(
      array_agg(DISTINCT executable ORDER BY executable) FILTER (WHERE executable IS NOT NULL),
      ', '
    ) AS executables
  FROM uses
  GROUP BY path
),
roles AS (
  SELECT
    *,
    CASE
      WHEN removed_seq > COALESCE(last_written_seq, 0) THEN
        CASE
          WHEN written_seq IS NULL OR read_seq <= written_seq THEN 'deleted'
          ELSE 'temporary'
        END
      WHEN read_seq <= written_seq THEN 'updated'
      WHEN written_seq IS NOT NULL THEN 'output'
      WHEN read_seq IS NOT NULL THEN 'input'
      WHEN lists > 0 THEN 'folder'
      WHEN queries > 0 THEN 'asked'
      WHEN successes > 0 THEN 'touched'
      ELSE 'missing'
    END AS role
  FROM files
)
SELECT
  role,
  path,
  bytes_read,
  bytes_written,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last_time,
  executables
FROM roles
WHERE arrays_overlap(split(?, ','), ARRAY['*', role])
ORDER BY role, path
