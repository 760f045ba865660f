-- title: Programs that could not be executed
-- description: What processes tried to execute in vain, each program once with all the paths tried for it. A search
--   along PATH that found the program in the end is expected; those that found nothing come first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the attempts, whole path or last name; * is every program.
-- column: process integer: Process that tried; NULL when the log names none.
-- column: executable varchar: Program it ran; NULL when it is not known.
-- column: wanted varchar: Last name of the program that was wanted; NULL when the log does not show paths.
-- column: found varchar: Path under which the process executed it in the end; NULL when it did not.
-- column: attempts bigint: Attempts that failed.
-- column: errors varchar: Their errors, without repetition, separated by commas.
-- column: error_text varchar: Explanation of the last error, as printed; NULL when there is none.
-- column: tried varchar: Paths of the failed attempts in their order, separated by commas.
-- column: start varchar: First attempt, time of day in UTC (HH:MM:SS.ffffff); NULL when the log has no times.
-- column: seq bigint: Line of the log on which the first attempt completed.
-- key: executable, wanted, found, errors
-- measures: attempts
-- brief: wanted, executable, found, attempts, errors

WITH attempts AS (
  SELECT
    seq,
    kind,
    COALESCE(process, 0) AS number,
    process,
    time_ns,
    executable,
    path,
    regexp_extract(path, '[^/]*$') AS wanted,
    error,
    error_text,
    ret,
    -- an execve that succeeds and the end of the process end its search
    SUM(CASE WHEN kind = 'exit' OR ret = 0 THEN 1 ELSE 0 END) OVER (
      PARTITION BY COALESCE(process, 0)
      ORDER BY seq
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS searches
  FROM calls
  WHERE session = ?
    AND (
      syscall IN ('execve', 'execveat')
      OR (kind = 'exit' AND COALESCE(pid, 0) = COALESCE(process, 0))
    )
),
programs AS (
  SELECT
    process,
    MIN_BY(executable, CASE WHEN error IS NOT NULL AND executable IS NOT NULL THEN seq END)
      AS executable,
    wanted,
    MAX(CASE WHEN ret = 0 THEN path END) AS found,
    COUNT(error) AS attempts,
    array_join(
      array_agg(DISTINCT error ORDER BY error) FILTER (WHERE error IS NOT NULL),
      ', '
    ) AS errors,
    MAX_BY(error_text, CASE WHEN error IS NOT NULL THEN seq END) AS error_text,
    array_join(array_agg(path ORDER BY seq) FILTER (WHERE error IS NOT NULL), ', ') AS tried,
    MIN(time_ns) AS start_ns,
    MIN(seq) AS seq
  FROM attempts
  WHERE kind = 'call'
  GROUP BY number, process, COALESCE(searches, 0), wanted
)
SELECT
  process,
  executable,
  wanted,
  found,
  attempts,
  errors,
  error_text,
  tried,
  substr(CAST(from_unixtime_nanos(start_ns) AS VARCHAR), 12, 15) AS start,
  seq
FROM programs
WHERE attempts > 0
  AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY CASE WHEN found IS NULL THEN 0 ELSE 1 END, attempts DESC, seq
