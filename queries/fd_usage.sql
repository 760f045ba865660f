-- title: Descriptors in use
-- description: For each process and program how many descriptors it opened and closed, and how many it had
--   open at one time. What it inherited is not counted; what it opened and handed to another program by
--   execve counts for the first program only. Most at one time comes first.
-- parameter: session string: Session to report on.
-- parameter: process integers = *: Processes, numbers separated by commas; * is every process.
-- parameter: process integers = *: Processes, numbers separated by commas; * is every process.
-- parameter: executable string = *: Program, whole path or last name; * is every program.
-- column: process integer: Process; NULL when the log names none.
-- column: executable varchar: Program it ran; NULL when it is not known.
-- column: opened bigint: Descriptors that it opened.
-- column: closed bigint: Of these, how many it closed, or whose number came to be used for another.
-- column: peak bigint: Most of these that it had open at one time.
-- column: peak_time varchar: Start of the call that first made it so many, time of day in UTC
--   (HH:MM:SS.ffffff); NULL without times.
-- column: largest_fd integer: Largest number of a descriptor that it opened.
-- key: executable
-- measures: opened, closed
-- brief: executable, process, opened, closed, peak

WITH events AS (
  SELECT
    COALESCE(process, 0) AS owner,
    process,
    executable,
    fd,
    seq,
    time_ns,
    fd_event,
    LAG(fd_event) OVER (PARTITION BY process, executable, fd ORDER BY seq) AS last_event
  FROM fd_events
  WHERE session = ?
    AND fd_event IN ('open', 'close')
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(process AS VARCHAR)]))
    AND CASE ?
      WHEN '*' THEN true
      WHEN executable THEN true
      WHEN regexp_extract(executable, '[^/]*$') THEN true
    END
),
steps AS (
  SELECT
    *,
    SUM(
      CASE
        WHEN fd_event = 'open' THEN CASE WHEN last_event = 'open' THEN 0 ELSE 1 END
        WHEN last_event = 'open' THEN -1
        ELSE 0
      END
    ) OVER (PARTITION BY process, executable ORDER BY seq, fd) AS open_now
  FROM events
),
totals AS (
  SELECT
    process,
    executable,
    COUNT(*) FILTER (WHERE fd_event = 'open') AS opened,
    COUNT(*) FILTER (WHERE last_event = 'open') AS closed,
    CAST(MAX(open_now) AS BIGINT) AS peak,
    max_by(time_ns, open_now * 1000000000000 - seq) AS peak_ns,
    MAX(fd) FILTER (WHERE fd_event = 'open') AS largest_fd
  FROM steps
  GROUP BY process, executable
)
SELECT
  process,
  executable,
  opened,
  closed,
  peak,
  substr(CAST(from_unixtime_nanos(peak_ns) AS VARCHAR), 12, 15) AS peak_time,
  largest_fd
FROM totals
WHERE opened > 0
ORDER BY peak DESC, opened DESC, process, executable
