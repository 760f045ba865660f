-- title: Searches for files
-- description: For each program and each file name it looked for in vain: in which folders, in which
--   order, where it was found in the end, and how long the misses took. A search is all that a thread asks
--   for one name (opens, stat, access, readlink, execve) until it finds it; a miss is ENOENT or ENOTDIR. The
--   costliest come first.
-- parameter: session string: Session to report on.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: name string =: Text that the last part of the path holds; empty is every name.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- parameter: executable string = *: Program that searched, whole path or last name; * is every program.
-- column: executable varchar: Program that searched; NULL when it is not known.
-- column: name varchar: Last part of the path looked for.
-- column: found varchar: File that was found in the end, or made by opening it; NULL when there was none.
-- column: searches bigint: How often it was searched.
-- column: misses bigint: Calls that did not find it, in all searches.
-- column: places bigint: Different paths tried in vain in the search that tried most.
-- column: tried varchar: Folders tried in vain in that search, in order, separated by colons; the first
--   20. The folder of a name whose folder is not known is a dot.
-- column: wasted_us double: Time spent in the misses, microseconds; NULL without -T.
-- column: first_time varchar: Start of the first miss, time of day in UTC (HH:MM:SS.ffffff); NULL without
--   times.
-- key: executable, name, found
-- measures: misses, searches, wasted_us
-- brief: name, executable, found, misses, places, wasted_us

WITH lookups AS (
  SELECT
    seq,
    time_ns,
    duration_ns,
    pid,
    executable,
    path,
    regexp_extract(path, '([^/]+)(/\.)*/*$', 1) AS name,
    CASE WHEN error IS NULL THEN 1 ELSE 0 END AS hit
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    -- looked for in one text, which an engine does once for each name, and compares with a list for each call
    AND strpos(
      ' open openat openat2 execve execveat stat lstat newfstatat statx stat64 lstat64 fstatat64 access'
        || ' faccessat faccessat2 readlink readlinkat ',
      ' ' || syscall || ' '
    ) > 0
    AND (error IN ('ENOENT', 'ENOTDIR') OR (error IS NULL AND ret IS NOT NULL))
    AND path IS NOT NULL
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(regexp_extract(path, '([^/]+)(/\.)*/*$', 1), ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
),
searches AS (
  SELECT
    *,
    SUM(hit) OVER (PARTITION BY pid, name ORDER BY seq) - hit AS search,
    LAG(hit) OVER (PARTITION BY pid, name ORDER BY seq) AS last_hit
  FROM lookups
),
places AS (
  SELECT
    pid,
    name,
    search,
    -- a folder asked for as folder/.
    regexp_replace(path, '(.)/\.$', '$1') AS path,
    hit,
    COUNT(*) AS calls,
    min_by(executable, seq) AS executable,
    MIN(seq) AS first_seq,
    MIN(time_ns) AS first_ns,
    SUM(duration_ns) AS total_ns
  FROM searches
  WHERE hit = 0 OR last_hit = 0
  GROUP BY pid, name, search, regexp_replace(path, '(.)/\.$', '$1'), hit
),
ended AS (
  SELECT
    name,
    min_by(executable, first_seq) AS executable,
    MAX(path) FILTER (WHERE hit = 1) AS found,
    SUM(calls) FILTER (WHERE hit = 0) AS misses,
    SUM(total_ns) FILTER (WHERE hit = 0) AS wasted_ns,
    MIN(first_ns) FILTER (WHERE hit = 0) AS first_ns,
    COUNT(*) FILTER (WHERE hit = 0) AS places,
    MIN(first_seq) AS first_seq,
    array_agg(lpad(CAST(first_seq AS VARCHAR), 12, '0') || path) FILTER (WHERE hit = 0) AS tried
  FROM places
  GROUP BY pid, name, search
  HAVING COUNT(*) FILTER (WHERE hit = 0) > 0
),
totals AS (
  SELECT
    executable,
    name,
    found,
    COUNT(*) AS searches,
    CAST(SUM(misses) AS BIGINT) AS misses,
    MAX(places) AS places,
    max_by(tried, places * 1000000000000 - first_seq) AS tried,
    CAST(SUM(wasted_ns) AS BIGINT) AS wasted_ns,
    MIN(first_ns) AS first_ns
  FROM ended
  WHERE ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
  GROUP BY executable, name, found
)
SELECT
  executable,
  name,
  found,
  searches,
  misses,
  places,
  array_join(
    array_agg(
      COALESCE(
        NULLIF(regexp_extract(attempt, '^[0-9]+(.*[^/]|)/+[^/]+/*$', 1), ''),
        CASE WHEN substr(attempt, 13, 1) = '/' THEN '/' ELSE '.' END
      )
      ORDER BY attempt
    ),
    ':'
  ) AS tried,
  wasted_ns / 1e3 AS wasted_us,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time
FROM totals
CROSS JOIN UNNEST(slice(array_sort(tried), 1, 20)) AS attempts (attempt)
GROUP BY executable, name, found, searches, misses, places, wasted_ns, first_ns
ORDER BY wasted_ns DESC, misses DESC, name, executable, found
