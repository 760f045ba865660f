-- title: Facts that a gate judges
-- description: What a session did in rows that can be compared with those of another: kinds of facts, such as files
--   read, programs executed, peers connected to, calls that failed, sleeps asked for and descriptors, by
--   program and subject, each with how often and the first call that shows it. What is read and written
--   through descriptors that the command was started with, such as its output, is no file or device of its
--   own. stracelake ci judges them against a budget and a baseline.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- column: fact varchar: Kind of fact: call; read, list, write, bytes_written (of files); missing, missing_open (asked about or
--   opened, and not there); denied; device; exec, exec_failure; connect, listen; error (any other);
--   retry (the same call failing the same way at least ten times in a row, interrupted calls, sleeps and
--   looks at the clock or the own number left aside); tiny (1 to 16 bytes moved);
--   sleep (asked for, in microseconds); world_writable; secret; exit (with a status other than 0), signal
--   (that killed a process); total (of the session).
-- column: executable varchar: Program that did it; NULL when it is not known.
-- column: subject varchar: File, peer, system call or whatever the fact is about.
-- column: count bigint: How often; bytes for bytes_written, microseconds for sleep, what it says for total.
-- column: max_us bigint: Longest of the calls of a fact call, in microseconds; NULL without -T.
-- column: process integer: Process that did it first; NULL when the log names none.
-- column: first_seq bigint: Line of the log on which the first of these calls completed; NULL for totals.
-- column: example varchar: That call as printed, tokens replaced by stars, at most 240 characters.

WITH opened AS (
  -- a file that the session has open but never opened was handed to it: whoever started the command chose it
  SELECT DISTINCT name
  FROM (
    -- lists are taken apart once, not for every call that has them
    SELECT DISTINCT paths
    FROM calls
    WHERE session = ?
      AND kind = 'call'
      AND error IS NULL
      AND syscall IN (
        'open', 'openat', 'openat2', 'creat', 'open_by_handle_at', 'rename', 'renameat', 'renameat2', 'link', 'linkat'
      )
  ) AS path_lists
  CROSS JOIN UNNEST(paths) AS p (name)
),
beginnings AS (
  -- without the start of the command it may have opened anything before
  SELECT MIN_BY(syscall, seq) AS first_syscall
  FROM calls
  WHERE session = ?
    AND kind = 'call'
),
modes AS (
  SELECT
    *,
    MAX(mask) OVER (PARTITION BY process ORDER BY seq) AS own_mask,
    -- rows are there twice, so that the masks of a process meet the calls of its children
    MAX(CASE WHEN role = 'self' THEN mask END) OVER (
      PARTITION BY CASE WHEN role = 'self' THEN process ELSE parent END
    ) AS parent_mask
  FROM (
    SELECT
      seq,
      process,
      parent,
      executable,
      syscall,
      path,
      regexp_like(syscall, 'chmod') AS is_exact,
      CASE
        WHEN syscall = 'umask' THEN seq * 2 + CASE WHEN regexp_like(args, '[2367]$') THEN 0 ELSE 1 END
      END AS mask
    FROM calls
    WHERE session = ?
      AND kind = 'call'
      AND (
        syscall = 'umask'
        OR (
          error IS NULL
          AND regexp_like(args, ', 0[0-7]{0,2}[2367]($|, )')
          AND (
            syscall IN ('chmod', 'fchmod', 'fchmodat', 'fchmodat2', 'mkdir', 'mkdirat', 'creat', 'mknod', 'mknodat')
            OR (syscall IN ('open', 'openat') AND strpos(args, 'O_CREAT') > 0)
          )
        )
      )
  ) AS mode_calls
  CROSS JOIN UNNEST(ARRAY['self', 'child']) AS m (role)
),
places AS (
  -- where a call stands among those of its thread, but for what a loop asks or waits for between its attempts
  SELECT seq, error IS NOT NULL AS is_failure, ROW_NUMBER() OVER (PARTITION BY pid ORDER BY seq) AS place
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND syscall NOT IN (
    'nanosleep', 'clock_nanosleep', 'sched_yield', 'clock_gettime', 'gettimeofday', 'time', 'getpid', 'gettid'
  )
),
vain AS (
  SELECT
    pid,
    r.seq,
    process,
    executable,
    syscall,
    error,
    CASE
      WHEN place = LAG(place) OVER (PARTITION BY pid ORDER BY r.seq) + 1
        AND syscall = LAG(syscall) OVER (PARTITION BY pid ORDER BY r.seq)
        AND error = LAG(error) OVER (PARTITION BY pid ORDER BY r.seq)
        AND COALESCE(fd, -1) = COALESCE(LAG(fd) OVER (PARTITION BY pid ORDER BY r.seq), -1)
        AND COALESCE(path, '') = COALESCE(LAG(path) OVER (PARTITION BY pid ORDER BY r.seq), '')
        THEN 0
      ELSE 1
    END AS begins
  FROM calls AS r
  JOIN places ON places.seq = r.seq
  WHERE session = ?
    AND is_failure
    AND error IS NOT NULL
),
streaks AS (
  SELECT
    executable,
    process,
    syscall,
    error,
    MIN(seq) AS seq,
    COUNT(*) AS amount
  FROM (
    SELECT *, SUM(begins) OVER (PARTITION BY pid ORDER BY seq) AS streak
    FROM vain
  ) AS numbered
  -- a call that signals interrupt waits, and does not try
  WHERE error <> 'EINTR'
    AND error NOT LIKE 'ERESTART%'
    AND syscall <> 'futex'
  GROUP BY pid, executable, process, syscall, error, streak
  HAVING COUNT(*) >= 10
),
use_counts AS (
  SELECT
    executable,
    path,
    file_use,
    is_open,
    succeeded,
    COALESCE(error IN ('ENOENT', 'ENOTDIR'), false) AS is_missing,
    syscall IN ('truncate', 'truncate64') AS is_by_name,
    COALESCE(bytes > 0, false) AS has_bytes,
    COUNT(*) AS amount,
    CAST(SUM(bytes) AS BIGINT) AS bytes,
    MIN_BY(process, seq) AS process,
    MIN(seq) AS seq
  FROM file_uses
  WHERE session = ?
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
),
uses AS (
  SELECT
    u.*,
    path LIKE '/dev/%' AND path NOT LIKE '/dev/shm/%' AS is_device,
    name IS NULL AND first_syscall = 'execve' AND NOT is_by_name AS is_handed
  FROM use_counts AS u
  CROSS JOIN beginnings
  LEFT JOIN opened ON name = path
),
notable AS (
  -- read once for all that a row may tell
  SELECT
    r.*,
    path LIKE '/dev/%' AND path NOT LIKE '/dev/shm/%' AS is_device,
    name IS NULL
      AND first_syscall = 'execve'
      AND path LIKE '/%'
      AND (fd IS NOT NULL OR strpos(args, 'AT_EMPTY_PATH') > 0) AS is_handed,
    syscall IN ('nanosleep', 'clock_nanosleep')
      OR (syscall IN ('select', '_newselect', 'pselect6') AND args LIKE '0, NULL, NULL, NULL, {%')
      OR (syscall = 'poll' AND args LIKE 'NULL, 0, %') AS is_sleep
  FROM (
    SELECT
      *,
      -- asked once for all kinds of secrets
      CASE
        WHEN direction = 'out' OR (syscall = 'execve' AND error IS NULL) THEN
          regexp_like(args, 'AKIA[0-9A-Z]{16}|gh[opsu]_|glpat-|xox[abprs]-|-----BEGIN [A-Z ]*PRIVATE KEY')
        ELSE false
      END AS may_be_secret
    FROM calls
    WHERE session = ?
      AND kind = 'call'
  ) AS r
  CROSS JOIN beginnings
  LEFT JOIN opened ON name = path
  WHERE error IS NOT NULL
    OR may_be_secret
    OR path LIKE '/dev/%'
    OR bytes BETWEEN 1 AND 16
    OR syscall IN (
      'execve', 'execveat', 'connect', 'listen', 'bind', 'sendto', 'sendmsg', 'sendmmsg', 'nanosleep',
      'clock_nanosleep', 'select', '_newselect', 'pselect6', 'poll'
    )
),
facts AS (
  SELECT
    'call' AS fact,
    executable,
    syscall AS subject,
    COUNT(*) AS amount,
    MAX(duration_ns) AS duration_ns,
    MIN_BY(process, seq) AS process,
    MIN(seq) AS seq
  FROM calls
  WHERE session = ?
    AND kind = 'call'
  GROUP BY executable, syscall
  UNION ALL
  SELECT
    CASE WHEN k.fact = 'missing' AND is_open THEN 'missing_open' ELSE k.fact END,
    executable,
    path,
    CASE WHEN k.fact = 'bytes_written' THEN bytes ELSE amount END,
    NULL,
    process,
    seq
  FROM uses
  CROSS JOIN (VALUES ('read'), ('list'), ('write'), ('bytes_written'), ('missing')) AS k (fact)
  WHERE CASE k.fact
    WHEN 'read' THEN succeeded AND NOT is_device AND NOT is_handed AND file_use IN ('read', 'map')
    WHEN 'list' THEN succeeded AND NOT is_handed AND file_use = 'list'
    WHEN 'write' THEN
      succeeded
      AND NOT is_device
      AND (file_use IN ('create', 'remove', 'change') OR (file_use = 'write' AND NOT is_handed))
    WHEN 'bytes_written' THEN
      succeeded AND NOT is_device AND NOT is_handed AND file_use = 'write' AND has_bytes
    ELSE is_missing AND (is_open OR file_use IN ('query', 'read'))
  END
  UNION ALL
  SELECT
    CASE
      WHEN k.fact = 'connect' AND syscall IN ('listen', 'bind') THEN 'listen'
      WHEN strpos(k.fact, ' ') > 0 THEN 'secret'
      ELSE k.fact
    END,
    executable,
    CASE k.fact
      WHEN 'denied' THEN COALESCE(path, syscall)
      WHEN 'connect' THEN
        protocol || ' ' || CASE
          WHEN protocol LIKE 'UNIX%' THEN COALESCE(remote_address, local_address)
          WHEN syscall IN ('listen', 'bind') THEN local_address
          ELSE remote_address
        END
      WHEN 'error' THEN syscall || ' ' || error
      WHEN 'tiny' THEN
        CASE WHEN direction = 'in' THEN 'read ' ELSE 'write ' END
          || CASE
            WHEN is_handed THEN 'inherited file'
            ELSE COALESCE(path, protocol || ' ' || remote_address, fd_kind, CAST(fd AS VARCHAR))
          END
      WHEN 'sleep' THEN syscall
      WHEN 'device' THEN path
      WHEN 'exec' THEN path
      WHEN 'exec_failure' THEN path
      ELSE
        k.fact || ' to ' || CASE
          WHEN is_handed THEN 'inherited file'
          ELSE COALESCE(path, protocol || ' ' || remote_address, fd_kind, syscall)
        END
    END,
    CASE
      WHEN k.fact <> 'sleep' THEN 1
      WHEN syscall = 'poll' THEN
        COALESCE(TRY_CAST(NULLIF(regexp_extract(args, ', ([0-9]+)$', 1), '') AS BIGINT), 0) * 1000
      WHEN strpos(args, 'TIMER_ABSTIME') > 0 THEN COALESCE(duration_ns, 0) / 1000
      ELSE
        COALESCE(TRY_CAST(NULLIF(regexp_extract(args, 'tv_sec=([0-9]{1,9})', 1), '') AS BIGINT), 0) * 1000000
        + COALESCE(TRY_CAST(NULLIF(regexp_extract(args, 'tv_[un]sec=([0-9]{1,9})', 1), '') AS BIGINT), 0)
        / CASE WHEN strpos(args, 'tv_nsec=') > 0 THEN 1000 ELSE 1 END
    END,
    NULL,
    process,
    seq
  FROM notable
  CROSS JOIN (
    VALUES
      ('denied'), ('device'), ('exec'), ('exec_failure'), ('connect'), ('error'), ('tiny'), ('sleep'),
      ('AWS access key'), ('GitHub token'), ('GitLab token'), ('Slack token'), ('private key')
  ) AS k (fact)
  WHERE CASE k.fact
    WHEN 'denied' THEN error IN ('EACCES', 'EPERM', 'EROFS')
    WHEN 'device' THEN is_device AND NOT is_handed AND error IS NULL AND ret IS NOT NULL
    WHEN 'exec' THEN syscall IN ('execve', 'execveat') AND ret = 0
    WHEN 'exec_failure' THEN syscall IN ('execve', 'execveat') AND error IS NOT NULL
    WHEN 'connect' THEN
      protocol <> 'NETLINK'
      AND (
        syscall = 'connect'
        OR (syscall = 'listen' AND error IS NULL)
        OR (
          error IS NULL
          AND (
            (syscall = 'bind' AND (protocol LIKE 'UDP%' OR protocol = 'UNIX-DGRAM'))
            OR (syscall IN ('sendto', 'sendmsg', 'sendmmsg') AND protocol LIKE 'UDP%')
          )
        )
      )
    WHEN 'error' THEN
      error IS NOT NULL
      AND error NOT IN ('EACCES', 'EPERM', 'EROFS')
      AND NOT (error IN ('ENOENT', 'ENOTDIR') AND path IS NOT NULL)
    WHEN 'tiny' THEN bytes BETWEEN 1 AND 16
    WHEN 'sleep' THEN is_sleep
    ELSE
      may_be_secret
      AND CASE k.fact
        WHEN 'AWS access key' THEN regexp_like(args, 'AKIA[0-9A-Z]{16}')
        WHEN 'GitHub token' THEN regexp_like(args, 'gh[opsu]_[A-Za-z0-9]{36}')
        WHEN 'GitLab token' THEN regexp_like(args, 'glpat-[A-Za-z0-9_-]{20}')
        WHEN 'Slack token' THEN regexp_like(args, 'xox[abprs]-[0-9A-Za-z-]{10}')
        ELSE regexp_like(args, '-----BEGIN [A-Z ]*PRIVATE KEY')
      END
  END
  UNION ALL
  SELECT 'retry', executable, syscall || ' ' || error, amount, NULL, process, seq
  FROM streaks
  UNION ALL
  SELECT 'world_writable', executable, COALESCE(path, syscall), 1, NULL, process, seq
  FROM modes
  WHERE role = 'child'
    AND syscall <> 'umask'
    AND COALESCE(path, '') NOT LIKE '/dev/%'
    AND (
      is_exact
      OR COALESCE(own_mask, CASE WHEN parent IS NOT NULL THEN parent_mask END, 0) % 2 = 1
    )
  UNION ALL
  SELECT
    CASE WHEN signal IS NULL THEN 'exit' ELSE 'signal' END,
    executable,
    COALESCE(signal, 'exit ' || CAST(ret AS VARCHAR)),
    1,
    NULL,
    process,
    seq
  FROM calls
  WHERE session = ?
    AND kind = 'exit'
    AND COALESCE(pid, 0) = COALESCE(process, 0)
    AND ret_text NOT LIKE 'superseded%'
    AND (signal IS NOT NULL OR ret <> 0)
),
totals AS (
  SELECT
    t.subject,
    CASE t.subject
      WHEN 'wall_us' THEN (end_ns - start_ns) / 1000
      WHEN 'startup_us' THEN (output_ns - start_ns) / 1000
      ELSE peak_fds
    END AS count
  FROM (
    SELECT
      MIN(start_ns) AS start_ns,
      MAX(end_ns) AS end_ns,
      MIN(output_ns) AS output_ns,
      -- the lowest free number is given out, so a process has as many as were open at one time
      NULLIF(MAX(fds), 0) AS peak_fds
    FROM (
      SELECT
        MIN(time_ns) AS start_ns,
        MAX(time_ns + COALESCE(duration_ns, 0)) AS end_ns,
        MIN(CASE WHEN direction = 'out' THEN time_ns END) AS output_ns,
        COUNT(DISTINCT CASE WHEN error IS NULL THEN fd END) AS fds
      FROM calls
      WHERE session = ?
        AND kind = 'call'
      GROUP BY process
    ) AS by_process
  ) AS ends
  CROSS JOIN UNNEST(ARRAY['wall_us', 'startup_us', 'peak_fds']) AS t (subject)
),
sums AS (
  SELECT
    fact,
    executable,
    subject,
    CAST(SUM(amount) AS BIGINT) AS count,
    MAX(CASE WHEN fact = 'call' THEN duration_ns END) / 1000 AS max_us,
    MIN_BY(process, seq) AS process,
    MIN(seq) AS first_seq
  FROM facts
  WHERE subject IS NOT NULL
  GROUP BY fact, executable, subject
  UNION ALL
  SELECT 'total', NULL, subject, CAST(count AS BIGINT), NULL, NULL, NULL
  FROM totals
  WHERE count IS NOT NULL
)
SELECT
  s.fact,
  s.executable,
  s.subject,
  s.count,
  s.max_us,
  s.process,
  s.first_seq,
  substr(
    regexp_replace(
      CASE
        WHEN c.kind = 'exit' THEN COALESCE('killed by ' || c.signal, 'exited with ' || CAST(c.ret AS VARCHAR))
        ELSE c.syscall || '(' || COALESCE(c.args, '') || ')' || COALESCE(' = ' || CAST(c.ret AS VARCHAR), '')
          || COALESCE(' ' || c.ret_text, '')
      END,
      'AKIA[0-9A-Z]{16}|gh[opsu]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-[0-9A-Za-z-]{10,}',
      '***'
    ),
    1,
    240
  ) AS example
FROM sums AS s
LEFT JOIN (
  SELECT seq, kind, syscall, args, ret, ret_text, signal
  FROM calls
  WHERE session = ?
    AND kind <> 'signal'
    AND seq IN (SELECT first_seq FROM sums)
) AS c
  ON c.seq = s.first_seq
ORDER BY s.fact, s.executable, s.subject
