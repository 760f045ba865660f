-- title: Count of device file accesses
-- description: How many calls of each program name each device file (below /dev or /sys/devices, or a
--   gpio file below /sys), most frequent first.
-- parameter: session string: Session to report on.
-- column: count bigint: Calls that name the file.
-- column: executable varchar: Program that made the calls; empty when it is not known.
-- column: filepath varchar: File the calls are about.
-- key: executable, filepath
-- measures: count

WITH session_calls AS (
  SELECT COALESCE(executable, '') AS executable, path AS filepath
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND regexp_extract(path, '^/dev/|^/sys/devices/|^/sys/.*/gpio') <> ''
)
SELECT COUNT(*) AS count, executable, filepath
FROM session_calls
GROUP BY executable, filepath
ORDER BY count DESC, executable, filepath
