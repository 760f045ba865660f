-- title: Lifetimes of file descriptors
-- description: Every descriptor that a process opens, from its opening to its end: who opened it with what
--   call, what it refers to, what went through it, and what closed it. In the order of the openings, of
--   which the report gives the first as many as asked for. What a process inherits, receives over a socket
--   or has open when recording begins has no opening and is not here.
-- parameter: session string: Session to report on.
-- parameter: process integers = *: Processes, numbers separated by commas; * is every process.
-- parameter: process integers = *: Processes, numbers separated by commas; * is every process.
-- parameter: fd integers = *: Descriptors, numbers separated by commas; * is every one.
-- parameter: fd integers = *: Descriptors, numbers separated by commas; * is every one.
-- parameter: session string: Session to report on.
-- parameter: target string =: Text that what it refers to holds when it is opened or closed; empty is every descriptor.
-- parameter: target string =: Text that what it refers to holds when it is opened or closed; empty is every descriptor.
-- parameter: executable string = *: Program that opened the descriptor, whole path or last name; * is every program.
-- parameter: target string =: Text that what it refers to holds when it is opened or closed; empty is every descriptor.
-- parameter: first integer = 10000: How many descriptors to give at most, counted from the first opening.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- column: process integer: Process whose descriptor it is; NULL when the log names none.
-- column: fd integer: Its number.
-- column: fd_kind varchar: What it refers to: file, pipe, socket and so on; NULL when the log does not
--   tell.
-- column: target varchar: File; protocol and addresses of a socket; NULL for what has no name.
-- column: executable varchar: Program that opened it; NULL when it is not known.
-- column: opened_by varchar: Call that opened it.
-- column: opened varchar: Start of that call, time of day in UTC (HH:MM:SS.ffffff); NULL without times.
-- column: closed_by varchar: close, dup2, dup3, close_range, execve, exit, or unknown when the number came
--   to be used for another; NULL when it was open at the end of the log.
-- column: closed varchar: Start of that call, or the exit, in the same form.
-- column: open_us double: Time from the one to the other, microseconds; NULL when one is not known.
-- column: closes_on_exec boolean: Whether execve closes it (FD_CLOEXEC), as last set.
-- column: uses bigint: Calls that used it, not counting those that opened and closed it.
-- column: bytes_in bigint: Bytes read from it or received.
-- column: bytes_out bigint: Bytes written to it or sent.
-- column: opened_seq bigint: Line of the log on which the opening completed.
-- brief: target, process, fd, opened_by, closed_by, open_us, bytes_in, bytes_out

WITH changes AS (
  SELECT
    COALESCE(process, 0) AS owner,
    fd,
    seq,
    executable,
    fd_event,
    closes_on_exec,
    -- line and kind of what comes next in one number, which an engine sorts in less time
    LEAD(seq * 4 + CASE syscall WHEN 'close' THEN 1 WHEN 'dup2' THEN 2 WHEN 'dup3' THEN 3 ELSE 0 END)
      OVER (PARTITION BY COALESCE(process, 0), fd ORDER BY seq) AS next_change
  FROM fd_events
  WHERE session = ?
    AND fd_event IN ('open', 'close')
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(process AS VARCHAR)]))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(fd AS VARCHAR)]))
),
asked_for AS (
  -- nothing, and so nothing to read, when every descriptor is asked for
  SELECT seq, fd
  FROM fd_events
  WHERE session = ?
    AND fd_event IN ('open', 'close')
    AND CASE ? WHEN '' THEN false ELSE strpos(target, ?) > 0 END
),
openings AS (
  SELECT
    owner,
    fd,
    opened_seq,
    is_marked,
    COALESCE(next_change / 4, 9223372036854775807) AS until_seq,
    CASE WHEN next_change % 4 > 0 THEN next_change / 4 END AS end_seq,
    CASE next_change % 4 WHEN 0 THEN 'unknown' WHEN 1 THEN 'close' WHEN 2 THEN 'dup2' WHEN 3 THEN 'dup3' END
      AS ended_by
  FROM (
    SELECT
      owner,
      changes.fd,
      changes.seq AS opened_seq,
      CASE WHEN closes_on_exec THEN 1 ELSE 0 END AS is_marked,
      next_change,
      ROW_NUMBER() OVER (ORDER BY changes.seq, changes.fd) AS place
    FROM changes
    LEFT JOIN asked_for AS opened
      ON opened.seq = changes.seq
      AND opened.fd = changes.fd
    LEFT JOIN asked_for AS closed
      ON closed.seq = CASE next_change % 4 WHEN 1 THEN next_change / 4 END
    WHERE fd_event = 'open'
      AND CASE ?
        WHEN '*' THEN true
        WHEN executable THEN true
        WHEN regexp_extract(executable, '[^/]*$') THEN true
      END
      AND CASE ? WHEN '' THEN true ELSE opened.seq IS NOT NULL OR closed.seq IS NOT NULL END
  ) AS placed
  WHERE place <= ?
),
numbers AS (
  SELECT owner, fd, MIN(opened_seq) AS from_seq, MAX(until_seq) AS to_seq
  FROM openings
  GROUP BY owner, fd
),
steps AS (
  SELECT
    *,
    -- an opening and the call that it is have the same seq, and so are counted together
    MAX(opening_seq) OVER (PARTITION BY owner, fd ORDER BY seq RANGE UNBOUNDED PRECEDING) AS opened_seq,
    MAX(end_seq) OVER (PARTITION BY owner, fd ORDER BY seq RANGE UNBOUNDED PRECEDING) AS until_seq
  FROM (
    SELECT
      owner,
      fd,
      opened_seq AS seq,
      opened_seq AS opening_seq,
      until_seq AS end_seq,
      is_marked AS mark,
      CAST(NULL AS VARCHAR) AS name,
      CAST(NULL AS BIGINT) AS bytes_in,
      CAST(NULL AS BIGINT) AS bytes_out
    FROM openings
    UNION ALL
    SELECT
      owner,
      calls.fd,
      seq,
      NULL AS opening_seq,
      NULL AS end_seq,
      CASE
        WHEN error IS NULL AND syscall IN ('fcntl', 'fcntl64', 'ioctl') THEN
          CASE
            WHEN regexp_like(args, 'F_SETFD, .*FD_CLOEXEC|FIOCLEX') THEN 1
            WHEN regexp_like(args, 'F_SETFD|FIONCLEX') THEN 0
          END
      END AS mark,
      CASE
        WHEN syscall IN ('accept', 'accept4') THEN protocol
        ELSE protocol || COALESCE(
          ' ' || local_address || '->' || remote_address,
          ' ' || COALESCE(remote_address, local_address),
          ''
        )
      END AS name,
      CASE direction WHEN 'in' THEN bytes END AS bytes_in,
      CASE direction WHEN 'out' THEN bytes END AS bytes_out
    FROM calls
    JOIN numbers
      ON owner = COALESCE(process, 0)
      AND numbers.fd = calls.fd
      AND seq > from_seq
      AND seq < to_seq
    WHERE session = ?
      AND kind = 'call'
      AND COALESCE(error, '') <> 'EBADF'
  ) AS openings_and_uses
),
used AS (
  SELECT
    owner,
    fd,
    opened_seq,
    MAX(seq) AS last_seq,
    MAX(seq * 2 + mark) % 2 AS is_marked,
    -- of names as long the first, so that the answer is always the same
    MAX_BY(name, length(name) * 1000000000000 - seq) AS name,
    COUNT(CASE WHEN seq > opened_seq THEN 1 END) AS uses,
    CAST(COALESCE(SUM(bytes_in), 0) AS BIGINT) AS bytes_in,
    CAST(COALESCE(SUM(bytes_out), 0) AS BIGINT) AS bytes_out
  FROM steps
  WHERE seq < until_seq
  GROUP BY owner, fd, opened_seq
),
ranges AS (
  SELECT
    COALESCE(process, 0) AS owner,
    seq,
    time_ns,
    CASE WHEN strpos(args, 'CLOSE_RANGE_CLOEXEC') > 0 THEN 'mark' ELSE syscall END AS event,
    TRY_CAST(NULLIF(regexp_extract(args, '^([0-9]+)', 1), '') AS BIGINT) AS from_fd,
    COALESCE(
      TRY_CAST(NULLIF(regexp_extract(args, '^[0-9]+(<[^,]*>){0,1}, ([0-9]+)', 2), '') AS BIGINT),
      4294967295
    ) AS to_fd
  FROM calls
  WHERE session = ?
    AND syscall = 'close_range'
    AND ret = 0
  UNION ALL
  SELECT
    COALESCE(process, 0),
    seq,
    time_ns,
    CASE WHEN kind = 'exit' THEN 'exit' ELSE 'execve' END,
    0,
    4294967295
  FROM calls
  WHERE session = ?
    -- of one column, so that an engine passes over the others of the rows it drops
    AND COALESCE(syscall, 'exit') IN ('execve', 'execveat', 'exit')
    AND (
      (syscall IN ('execve', 'execveat') AND ret = 0)
      OR (kind = 'exit' AND pid = process AND COALESCE(ret_text, '') NOT LIKE 'superseded%')
    )
),
moments AS (
  SELECT
    openings.owner,
    openings.fd,
    openings.opened_seq,
    last_seq,
    ranges.seq,
    time_ns,
    event,
    MAX(CASE WHEN event = 'mark' THEN 1 ELSE used.is_marked END)
      OVER (PARTITION BY openings.owner, openings.fd, openings.opened_seq ORDER BY ranges.seq ROWS UNBOUNDED PRECEDING)
      AS is_marked
  FROM openings
  JOIN used
    ON used.owner = openings.owner AND used.fd = openings.fd AND used.opened_seq = openings.opened_seq
  JOIN ranges
    ON ranges.owner = openings.owner
    AND seq > openings.opened_seq
    AND seq < until_seq
    AND from_fd <= openings.fd
    AND to_fd >= openings.fd
  WHERE COALESCE(ended_by, '') <> 'close'
),
ends AS (
  SELECT
    owner,
    fd,
    opened_seq,
    MAX(CASE event WHEN 'mark' THEN 1 END) AS is_marked,
    MIN_BY(event, seq) FILTER (WHERE is_end) AS event,
    MIN_BY(time_ns, seq) FILTER (WHERE is_end) AS event_ns
  FROM (
    SELECT *, seq > last_seq AND (event IN ('exit', 'close_range') OR (event = 'execve' AND is_marked = 1)) AS is_end
    FROM moments
  ) AS judged
  GROUP BY owner, fd, opened_seq
),
opened AS (
  SELECT
    openings.*,
    time_ns AS opened_ns,
    executable,
    syscall AS opened_by,
    CASE
      WHEN syscall = 'socketpair' THEN 'socket'
      WHEN syscall IN ('pipe', 'pipe2') THEN 'pipe'
      ELSE fd_kind
    END AS fd_kind,
    CASE WHEN syscall NOT IN ('pipe', 'pipe2', 'socketpair') THEN
      CASE
        WHEN protocol IS NOT NULL THEN
          protocol || COALESCE(
            ' ' || local_address || '->' || remote_address,
            ' ' || COALESCE(remote_address, local_address),
            ''
          )
        WHEN COALESCE(fd_kind, 'file') NOT IN ('file', 'char', 'block') THEN NULL
        WHEN syscall IN ('openat', 'open', 'openat2', 'creat') THEN element_at(paths, -1)
        ELSE path
      END
    END AS target
  FROM openings
  JOIN calls ON seq = opened_seq
  WHERE session = ?
),
closed AS (
  SELECT
    seq,
    time_ns,
    CASE
      WHEN syscall <> 'close' THEN NULL
      WHEN protocol IS NOT NULL THEN
        protocol || COALESCE(
          ' ' || local_address || '->' || remote_address,
          ' ' || COALESCE(remote_address, local_address),
          ''
        )
      WHEN COALESCE(fd_kind, 'file') IN ('file', 'char', 'block') THEN path
    END AS target
  FROM calls
  WHERE session = ?
    AND COALESCE(syscall, '') IN ('close', 'dup2', 'dup3')
),
lifetimes AS (
  SELECT
    opened.owner,
    opened.fd,
    opened.opened_seq,
    fd_kind,
    executable,
    opened_by,
    opened_ns,
    CASE
      WHEN length(used.name) > COALESCE(length(COALESCE(closed.target, opened.target)), 0) THEN used.name
      ELSE COALESCE(closed.target, opened.target)
    END AS target,
    COALESCE(event, ended_by) AS closed_by,
    CASE WHEN event IS NULL THEN closed.time_ns ELSE event_ns END AS closed_ns,
    COALESCE(ends.is_marked, used.is_marked) = 1 AS closes_on_exec,
    uses,
    bytes_in,
    bytes_out
  FROM opened
  JOIN used
    ON used.owner = opened.owner AND used.fd = opened.fd AND used.opened_seq = opened.opened_seq
  LEFT JOIN closed ON closed.seq = end_seq
  LEFT JOIN ends
    ON ends.owner = opened.owner AND ends.fd = opened.fd AND ends.opened_seq = opened.opened_seq
)
SELECT
  NULLIF(owner, 0) AS process,
  fd,
  fd_kind,
  target,
  executable,
  opened_by,
  substr(CAST(from_unixtime_nanos(opened_ns) AS VARCHAR), 12, 15) AS opened,
  closed_by,
  substr(CAST(from_unixtime_nanos(closed_ns) AS VARCHAR), 12, 15) AS closed,
  (closed_ns - opened_ns) / 1e3 AS open_us,
  closes_on_exec,
  uses,
  bytes_in,
  bytes_out,
  opened_seq
FROM lifetimes
ORDER BY opened_seq, fd
