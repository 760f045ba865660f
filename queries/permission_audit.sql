-- title: Permissions denied
-- description: Every call that was denied (EACCES, EPERM) or met a read-only file system (EROFS), by file,
--   program and what it wanted. Calls without a file, such as kill or bind, are told by their arguments. The
--   most frequent come first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path and calls without one.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- parameter: session string: Session to report on.
-- column: error varchar: EACCES, EPERM or EROFS.
-- column: syscall varchar: Name of the system call.
-- column: path varchar: File the call is about; NULL when it is about none.
-- column: wanted varchar: What an open was for (read, write, create); NULL on other calls.
-- column: executable varchar: Program that made the calls; NULL when it is not known.
-- column: uid bigint: User that the process was, by what it set or asked for last before (setuid, setreuid, setresuid, geteuid,
--   getresuid); NULL when it did neither.
-- column: processes bigint: How many processes made them; 0 when the log names none.
-- column: calls bigint: How many calls were denied.
-- column: first_time varchar: Start of the first one, time of day in UTC (HH:MM:SS.ffffff); NULL without
--   times.
-- column: last_time varchar: Start of the last one, in the same form.
-- column: example varchar: Arguments of the first one as printed.
-- key: error, syscall, path, wanted, executable, uid
-- measures: calls, processes
-- brief: path, error, syscall, executable, uid, calls, wanted

WITH denials AS (
  SELECT
    seq,
    time_ns,
    process,
    executable,
    syscall,
    path,
    error,
    args,
    CASE
      WHEN syscall = 'creat' THEN 'create'
      WHEN syscall NOT IN ('open', 'openat', 'openat2') THEN NULL
      WHEN regexp_like(args, 'O_CREAT[^"]*$') THEN 'create'
      WHEN regexp_like(args, 'O_(WRONLY|RDWR|TRUNC)[^"]*$') THEN 'write'
      WHEN regexp_like(args, 'O_RDONLY[^"]*$') THEN 'read'
    END AS wanted
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND error IN ('EACCES', 'EPERM', 'EROFS')
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(COALESCE(path, ''), ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
),
identities AS (
  SELECT
    seq,
    process,
    CASE
      WHEN syscall LIKE 'geteuid%' THEN ret
      WHEN syscall LIKE 'getresuid%' THEN
        TRY_CAST(regexp_extract(args, '^\[[0-9]+\], \[([0-9]+)\]', 1) AS BIGINT)
      WHEN syscall LIKE 'setuid%' THEN TRY_CAST(regexp_extract(args, '^([0-9]+)', 1) AS BIGINT)
      -- minus one leaves it as it is
      ELSE TRY_CAST(regexp_extract(args, '^-{0,1}[0-9]+, ([0-9]+)', 1) AS BIGINT)
    END AS uid
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND error IS NULL
    AND syscall IN (
      'geteuid', 'geteuid32', 'getresuid', 'getresuid32', 'setuid', 'setuid32', 'setreuid', 'setreuid32',
      'setresuid', 'setresuid32'
    )
),
known AS (
  SELECT
    seq,
    -- the number of the line above that of the user, so that the largest is the last
    MAX(seq * 4294967296 + uid) OVER (PARTITION BY process ORDER BY seq ROWS UNBOUNDED PRECEDING)
      % 4294967296 AS uid,
    is_denial
  FROM (
    SELECT seq, process, uid, false AS is_denial
    FROM identities
    UNION ALL
    SELECT seq, process, CAST(NULL AS BIGINT) AS uid, true AS is_denial
    FROM denials
  ) AS steps
),
totals AS (
  SELECT
    error,
    syscall,
    path,
    wanted,
    executable,
    uid,
    COUNT(DISTINCT process) AS processes,
    COUNT(*) AS calls,
    MIN(time_ns) AS first_ns,
    MAX(time_ns) AS last_ns,
    min_by(args, d.seq) AS example
  FROM denials AS d
  JOIN known ON known.seq = d.seq AND is_denial
  GROUP BY error, syscall, path, wanted, executable, uid
)
SELECT
  error,
  syscall,
  path,
  wanted,
  executable,
  uid,
  processes,
  calls,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last_time,
  example
FROM totals
ORDER BY calls DESC, path, syscall, error, executable, wanted, uid
