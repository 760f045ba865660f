-- title: Descriptors that were not closed
-- description: What each process opened and never closed, by what the descriptors refer to (numbers in
--   names replaced by #): how many were open at the end, how many of these half way, and how many the
--   process opened in all. A leak grows: it has more open at the end than half way. What left most open
--   comes first. Descriptors 0 to 2, and what was open from the start, are left out.
-- parameter: session string: Session to report on.
-- parameter: process integers = *: Processes, numbers separated by commas; * is every process.
-- parameter: process integers = *: Processes, numbers separated by commas; * is every process.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that opened the descriptors, whole path or last name; * is every program.
-- column: process integer: Process; NULL when the log names none.
-- column: executable varchar: Program that opened the descriptors; NULL when it is not known.
-- column: opened_by varchar: Call that opened them.
-- column: fd_kind varchar: What they refer to: file, pipe, socket and so on; NULL when the log does not
--   tell.
-- column: target varchar: File or socket, numbers replaced by #; NULL for what has no name.
-- column: open_at_end bigint: How many were not closed, by close, dup2, close_range or execve, when the
--   process or the log ended.
-- column: open_at_half bigint: How many of these were open half way, by lines of the log, from the first
--   descriptor that the process opened or closed to the last.
-- column: process_opened bigint: How many descriptors the process opened in all.
-- column: first_time varchar: Start of the first call that opened one of them, time of day in UTC
--   (HH:MM:SS.ffffff); NULL without times.
-- column: last_time varchar: Start of the last one, in the same form.
-- column: example varchar: What the last of them refers to, as it stands.
-- key: executable, opened_by, fd_kind, target
-- measures: open_at_end
-- brief: target, executable, open_at_end, open_at_half, opened_by

WITH descriptors AS (
  SELECT
    COALESCE(process, 0) AS owner,
    MAX(process) AS process,
    fd,
    MAX(CASE WHEN fd_event = 'open' THEN seq END) AS opened_seq,
    MAX(CASE WHEN fd_event = 'close' THEN seq END) AS closed_seq,
    MIN(seq) AS first_seq,
    MAX(seq) AS last_seq,
    COUNT(CASE WHEN fd_event = 'open' THEN 1 END) AS opened,
    max_by(fd_kind, CASE WHEN fd_event = 'open' THEN seq END) AS fd_kind,
    max_by(target, CASE WHEN fd_event = 'open' THEN seq END) AS target,
    max_by(executable, CASE WHEN fd_event = 'open' THEN seq END) AS executable,
    max_by(syscall, CASE WHEN fd_event = 'open' THEN seq END) AS opened_by,
    max_by(time_ns, CASE WHEN fd_event = 'open' THEN seq END) AS opened_ns,
    max_by(closes_on_exec, CASE WHEN fd_event IN ('open', 'mark') THEN seq END) AS closes_on_exec
  FROM fd_events
  WHERE session = ?
    AND fd_event <> 'use'
    AND fd > 2
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(process AS VARCHAR)]))
  GROUP BY COALESCE(process, 0), fd
),
placed AS (
  SELECT
    *,
    CASE WHEN closes_on_exec THEN 1 ELSE 0 END AS is_marked,
    MIN(first_seq) OVER (PARTITION BY owner) + MAX(last_seq) OVER (PARTITION BY owner) AS twice_half,
    SUM(opened) OVER (PARTITION BY owner) AS process_opened
  FROM descriptors
),
moments AS (
  SELECT
    seq,
    time_ns,
    COALESCE(process, 0) AS owner,
    CASE WHEN kind = 'exit' THEN 'exit' WHEN syscall = 'close_range' THEN syscall ELSE 'execve' END
      AS ended_by,
    CASE WHEN syscall IN ('execve', 'execveat') THEN 1 ELSE 0 END AS is_exec,
    CASE
      WHEN syscall = 'close_range' THEN TRY_CAST(regexp_extract(args, '^([0-9]+)', 1) AS BIGINT)
      ELSE 0
    END AS first_fd,
    CASE
      WHEN syscall = 'close_range'
        THEN TRY_CAST(regexp_extract(args, '^[0-9]+(<[^,]*>){0,1}, ([0-9]+)', 2) AS BIGINT)
      ELSE 4294967295
    END AS last_fd
  FROM calls
  WHERE session = ?
    AND (
      (syscall IN ('execve', 'execveat', 'close_range') AND error IS NULL AND ret IS NOT NULL)
    )
),
unclosed AS (
  SELECT
    placed.owner,
    fd,
    MAX(process) AS process,
    MAX(executable) AS executable,
    MAX(opened_by) AS opened_by,
    MAX(fd_kind) AS fd_kind,
    MAX(target) AS target,
    MAX(opened_seq) AS opened_seq,
    MAX(opened_ns) AS opened_ns,
    MAX(twice_half) AS twice_half,
    MAX(process_opened) AS process_opened
  FROM placed
  LEFT JOIN moments
    ON moments.owner = placed.owner
    AND moments.seq > opened_seq
    AND first_fd <= fd
    AND last_fd >= fd
    AND is_exec <= is_marked
  WHERE opened_seq > COALESCE(closed_seq, 0)
  GROUP BY placed.owner, fd
  HAVING COUNT(moments.seq) = 0
),
totals AS (
  SELECT
    process,
    executable,
    opened_by,
    fd_kind,
    regexp_replace(target, '[0-9]+', '#') AS target_pattern,
    COUNT(*) AS open_at_end,
    COUNT(*) FILTER (WHERE opened_seq * 2 <= twice_half) AS open_at_half,
    CAST(MAX(process_opened) AS BIGINT) AS process_opened,
    MIN(opened_ns) AS first_ns,
    MAX(opened_ns) AS last_ns,
    max_by(target, opened_seq) AS example
  FROM unclosed
  GROUP BY process, executable, opened_by, fd_kind, regexp_replace(target, '[0-9]+', '#')
)
SELECT
  process,
  executable,
  opened_by,
  fd_kind,
  target_pattern AS target,
  open_at_end,
  open_at_half,
  process_opened,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last_time,
  example
FROM totals
WHERE ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY open_at_end DESC, open_at_end - open_at_half DESC, process, fd_kind, target, opened_by, executable
