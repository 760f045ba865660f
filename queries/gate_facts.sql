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

WITH counted AS (
  -- calls that look the same are counted first, so that what follows looks at each form of a call once
  SELECT
    executable,
    syscall,
    path,
    args,
    ret_text,
    fd_kind,
    protocol,
    local_address,
    remote_address,
    -- what tells calls apart that look the same; names are looked for in one text, which an engine does once for
    -- each name, and compares with a list for each call
    CASE
      -- two files may be in other folders, and an umask is of its process
      WHEN strpos(
        ' rename renameat renameat2 link linkat copy_file_range splice sendfile sendfile64 umask mknod mknodat ',
        ' ' || syscall || ' '
      ) > 0 THEN seq
      -- the umask tells whether others may write to what these make, of which the mode is the end
      WHEN strpos(' open openat creat mkdir mkdirat ', ' ' || syscall || ' ') > 0
        AND (args LIKE '%2' OR args LIKE '%3' OR args LIKE '%6' OR args LIKE '%7') THEN seq
      WHEN strpos(syscall, 'clock_nanosleep') > 0 AND strpos(args, 'TIMER_ABSTIME') > 0 THEN seq
      WHEN bytes IS NOT NULL THEN CASE WHEN bytes > 16 THEN -1 WHEN bytes > 0 THEN -2 ELSE -3 END
      WHEN ret IS NULL THEN -4
    END AS look,
    COUNT(*) AS amount,
    CAST(SUM(bytes) AS BIGINT) AS bytes,
    MAX(duration_ns) AS duration_ns,
    MIN(seq) AS seq
  FROM calls
  WHERE session = ?
    AND syscall IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
),
forms AS (
  -- the rest of what a form is, looked up at its first call: the same for all its calls, or of that call
  SELECT
    counted.*,
    f.process,
    f.parent,
    f.error,
    f.ret,
    f.fd,
    f.direction,
    f.paths,
    counted.syscall || '(' || COALESCE(counted.args, '') || ')' || COALESCE(' = ' || CAST(f.ret AS VARCHAR), '')
      || COALESCE(' ' || counted.ret_text, '') AS example
  FROM calls AS f
  JOIN counted ON counted.seq = f.seq
  WHERE session = ?
),
opened AS (
  -- a file that the session has open but never opened was handed to it: whoever started the command chose it
  SELECT DISTINCT name
  FROM (
    SELECT DISTINCT paths
    FROM forms
    WHERE error IS NULL
      AND strpos(
        ' open openat openat2 creat open_by_handle_at rename renameat renameat2 link linkat ',
        ' ' || syscall || ' '
      ) > 0
  ) AS distinct_lists
  CROSS JOIN UNNEST(paths) AS p (name)
),
beginnings AS (
  -- without the start of the command it may have opened anything before
  SELECT syscall AS first_syscall
  FROM calls
  WHERE session = ?
    AND kind = 'call'
  ORDER BY seq
  LIMIT 1
),
masks AS (
  -- umasks, each from its call to the next one of the process
  SELECT
    process,
    seq AS mask_seq,
    COALESCE(LEAD(seq) OVER (PARTITION BY process ORDER BY seq), 9223372036854775807) AS next_mask_seq,
    NOT regexp_like(args, '[2367]$') AS allows
  FROM forms
  WHERE syscall = 'umask'
),
runs AS (
  -- only threads some of whose failures are about the same, whatever succeeded in between, can have tried again
  SELECT thread, MIN(tenth_last_seq) AS from_seq, MAX(seq) AS to_seq
  FROM (
    SELECT
      seq,
      thread,
      LAG(seq, 9) OVER (PARTITION BY thread ORDER BY seq) AS tenth_last_seq,
      subject = LAG(subject) OVER (PARTITION BY thread ORDER BY seq)
        AND subject = LAG(subject, 2) OVER (PARTITION BY thread ORDER BY seq)
        AND subject = LAG(subject, 3) OVER (PARTITION BY thread ORDER BY seq)
        AND subject = LAG(subject, 6) OVER (PARTITION BY thread ORDER BY seq)
        AND subject = LAG(subject, 9) OVER (PARTITION BY thread ORDER BY seq) AS is_again
    FROM (
      -- texts are compared as numbers, which an engine sorts in less time
      SELECT
        seq,
        COALESCE(pid, 0) AS thread,
        CASE
          WHEN path IS NULL THEN xxhash64(to_utf8(syscall || COALESCE(CAST(fd AS VARCHAR), '')))
          ELSE xxhash64(to_utf8(path))
        END AS subject
      FROM calls
      WHERE session = ?
        AND error <> 'EINTR'
        AND error NOT LIKE 'ERESTART%'
        AND strpos(
          ' futex nanosleep clock_nanosleep sched_yield clock_gettime gettimeofday time getpid gettid ',
          ' ' || syscall || ' '
        ) = 0
    ) AS failures
  ) AS compared
  WHERE is_again
  GROUP BY thread
),
attempts AS (
  SELECT
    seq,
    thread,
    is_failure,
    ROW_NUMBER() OVER (PARTITION BY thread ORDER BY seq) AS place,
    LAG(seq) OVER (PARTITION BY thread ORDER BY seq) AS previous_seq,
    syscall_hash = LAG(syscall_hash) OVER (PARTITION BY thread ORDER BY seq)
      AND error_hash = LAG(error_hash) OVER (PARTITION BY thread ORDER BY seq)
      AND fd = LAG(fd) OVER (PARTITION BY thread ORDER BY seq)
      AND path_hash = LAG(path_hash) OVER (PARTITION BY thread ORDER BY seq) AS is_again
  FROM (
    SELECT
      seq,
      thread,
      -- a call that signals interrupt waits, and does not try
      error <> 'EINTR' AND error NOT LIKE 'ERESTART%' AND syscall <> 'futex' AS is_failure,
      COALESCE(fd, -1) AS fd,
      xxhash64(to_utf8(syscall)) AS syscall_hash,
      xxhash64(to_utf8(error)) AS error_hash,
      COALESCE(xxhash64(to_utf8(path)), xxhash64(to_utf8(''))) AS path_hash
    FROM calls
    JOIN runs
      ON thread = COALESCE(pid, 0)
      AND seq >= from_seq
      AND seq <= to_seq
    WHERE session = ?
      AND kind = 'call'
      -- what a loop asks or waits for between its attempts
      AND strpos(
        ' nanosleep clock_nanosleep sched_yield clock_gettime gettimeofday time getpid gettid ',
        ' ' || syscall || ' '
      ) = 0
  ) AS r
),
streaks AS (
  SELECT MIN(previous_seq) AS seq, COUNT(*) + 1 AS amount
  FROM (
    SELECT seq, thread, previous_seq, place - ROW_NUMBER() OVER (PARTITION BY thread ORDER BY seq) AS streak
    FROM attempts
    WHERE is_failure
      AND is_again
  ) AS numbered
  GROUP BY thread, streak
  HAVING COUNT(*) >= 9
),
retries AS (
  SELECT
    executable,
    process,
    syscall,
    error,
    amount,
    r.seq,
    syscall || '(' || COALESCE(args, '') || ')' || COALESCE(' = ' || CAST(ret AS VARCHAR), '')
      || COALESCE(' ' || ret_text, '') AS example
  FROM streaks
  JOIN calls AS r ON r.seq = streaks.seq
  WHERE session = ?
),
uses AS (
  -- what a form of call does to its files: as in the view file_uses, but for forms without a file
  SELECT
    forms.*,
    COALESCE(place, 1) AS place,
    path IS NOT NULL AND (COALESCE(fd_kind, '') <> 'socket' OR syscall IN ('bind', 'splice')) AS is_use,
    CASE
      WHEN known_use = 'open' THEN
        CASE WHEN error IS NULL THEN element_at(paths, -1) ELSE path END
      WHEN place IS NULL THEN path
      WHEN known_use = 'create' THEN element_at(paths, 2)
      WHEN syscall = 'copy_file_range' THEN
        CASE WHEN place = 1 THEN path WHEN strpos(args, '<') > 0 THEN element_at(paths, -1) END
      WHEN syscall IN ('sendfile', 'sendfile64') THEN
        CASE
          WHEN place = 1 THEN element_at(paths, -1)
          WHEN regexp_like(args, '^[0-9]+</') THEN path
        END
      WHEN syscall = 'splice' THEN
        CASE
          WHEN place = 1 AND regexp_like(args, '^[0-9]+(</|,)') THEN path
          WHEN place = 2 AND regexp_like(args, '^[^,]*, [^,]*, [0-9]+</') THEN element_at(paths, -1)
        END
      ELSE path
    END AS used_path,
    CASE
      WHEN known_use = 'open' THEN
        CASE
          WHEN syscall = 'creat' THEN 'write'
          WHEN regexp_like(args, 'O_(WRONLY|RDWR|CREAT|TRUNC)[^"]*$') THEN 'write'
          WHEN regexp_like(args, 'O_(PATH|DIRECTORY)[^"]*$') THEN 'open'
          WHEN regexp_like(args, 'O_RDONLY[^"]*$') THEN 'read'
          ELSE 'open'
        END
      WHEN known_use = 'map' THEN
        CASE
          WHEN strpos(args, 'PROT_WRITE') > 0 AND strpos(args, 'MAP_SHARED') > 0 THEN 'write'
          ELSE 'map'
        END
      WHEN place = 1 AND known_use = 'remove' AND strpos(args, 'RENAME_EXCHANGE') > 0
        THEN 'create'
      ELSE COALESCE(known_use, 'other')
    END AS file_use,
    COALESCE(known_use = 'open', false) AS is_open,
    error IS NULL AND ret IS NOT NULL AS succeeded
  FROM forms
  LEFT JOIN (
    SELECT known_use, place, name
    FROM (
      VALUES
        ('open', NULL, 'open openat openat2 creat'),
        ('read', NULL, 'read readv pread64 preadv preadv2'),
        ('write', NULL, 'write writev pwrite64 pwritev pwritev2 truncate ftruncate fallocate'),
        ('write', NULL, 'truncate64 ftruncate64'),
        ('map', NULL, 'mmap mmap2 old_mmap'),
        ('execute', NULL, 'execve execveat uselib'),
        ('list', NULL, 'getdents getdents64 readdir'),
        ('query', NULL, 'stat lstat fstat newfstatat statx access faccessat faccessat2 readlink'),
        ('query', NULL, 'readlinkat stat64 lstat64 fstat64 fstatat64 oldstat oldlstat oldfstat'),
        ('query', NULL, 'statfs fstatfs statfs64 fstatfs64 getxattr lgetxattr fgetxattr getxattrat'),
        ('query', NULL, 'listxattr llistxattr flistxattr listxattrat name_to_handle_at file_getattr'),
        ('create', NULL, 'mkdir mkdirat mknod mknodat symlink symlinkat bind'),
        ('remove', NULL, 'unlink unlinkat rmdir'),
        ('change', NULL, 'chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat chown32'),
        ('change', NULL, 'lchown32 fchown32 utime utimes futimesat utimensat utimensat_time64'),
        ('change', NULL, 'setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr'),
        ('change', NULL, 'fremovexattr removexattrat file_setattr'),
        ('remove', 1, 'rename renameat renameat2'),
        ('create', 2, 'rename renameat renameat2'),
        ('other', 1, 'link linkat'),
        ('create', 2, 'link linkat'),
        ('read', 1, 'copy_file_range splice sendfile sendfile64'),
        ('write', 2, 'copy_file_range splice sendfile sendfile64')
    ) AS uses_by_name (known_use, place, names)
    CROSS JOIN UNNEST(split(names, ' ')) AS split_names (name)
  ) AS known
    ON name = syscall
),
traits AS (
  SELECT
    uses.*,
    -- the row whose file is the path of the call, which is what the facts of calls ask about
    place = CASE WHEN syscall IN ('sendfile', 'sendfile64') THEN 2 ELSE 1 END AS is_first,
    path LIKE '/dev/%' AND path NOT LIKE '/dev/shm/%' AS is_device,
    used_path LIKE '/dev/%' AND used_path NOT LIKE '/dev/shm/%' AS is_used_device,
    name IS NULL
      AND first_syscall = 'execve'
      AND path LIKE '/%'
      AND (fd IS NOT NULL OR strpos(args, 'AT_EMPTY_PATH') > 0) AS is_handed,
    name IS NULL
      AND first_syscall = 'execve'
      AND syscall NOT IN ('truncate', 'truncate64') AS is_used_handed,
    CASE
      WHEN error IS NOT NULL OR path LIKE '/dev/%' THEN false
      WHEN regexp_like(syscall, 'chmod') THEN regexp_like(args, ', 0[0-7]{0,2}[2367]($|, )')
      WHEN syscall IN ('open', 'openat') AND strpos(args, 'O_CREAT') = 0 THEN false
      WHEN syscall IN ('open', 'openat', 'creat', 'mkdir', 'mkdirat', 'mknod', 'mknodat')
        AND regexp_like(args, ', 0[0-7]{0,2}[2367]($|, )') THEN COALESCE(own.allows, inherited.allows, false)
      ELSE false
    END AS lets_others_write,
    -- asked once for all kinds of secrets
    CASE
      WHEN direction = 'out' OR (syscall = 'execve' AND error IS NULL) THEN
        regexp_like(args, 'AKIA[0-9A-Z]{16}|gh[opsu]_|glpat-|xox[abprs]-|-----BEGIN [A-Z ]*PRIVATE KEY')
      ELSE false
    END AS may_be_secret,
    syscall IN ('nanosleep', 'clock_nanosleep')
      OR (syscall IN ('select', '_newselect', 'pselect6') AND args LIKE '0, NULL, NULL, NULL, {%')
      OR (syscall = 'poll' AND args LIKE 'NULL, 0, %') AS is_sleep
  FROM uses
  CROSS JOIN beginnings
  LEFT JOIN masks AS own
    ON COALESCE(own.process, 0) = COALESCE(uses.process, 0)
    AND own.mask_seq < look
    AND own.next_mask_seq > look
  LEFT JOIN masks AS inherited
    ON inherited.process = uses.parent
    AND inherited.next_mask_seq = 9223372036854775807
  LEFT JOIN opened ON name = COALESCE(used_path, path)
),
facts AS (
  SELECT
    CASE
      WHEN k.fact = 'missing' AND is_open THEN 'missing_open'
      WHEN k.fact = 'connect' AND syscall IN ('listen', 'bind') THEN 'listen'
      WHEN strpos(k.fact, ' ') > 0 THEN 'secret'
      ELSE k.fact
    END AS fact,
    executable,
    CASE
      WHEN k.fact IN ('call', 'sleep') THEN syscall
      WHEN k.fact IN ('read', 'list', 'write', 'bytes_written', 'missing') THEN used_path
      WHEN k.fact IN ('denied', 'world_writable') THEN COALESCE(path, syscall)
      WHEN k.fact = 'connect' THEN
        protocol || ' ' || CASE
          WHEN protocol LIKE 'UNIX%' THEN COALESCE(remote_address, local_address)
          WHEN syscall IN ('listen', 'bind') THEN local_address
          ELSE remote_address
        END
      WHEN k.fact = 'error' THEN syscall || ' ' || error
      WHEN k.fact = 'tiny' THEN
        CASE WHEN direction = 'in' THEN 'read ' ELSE 'write ' END
          || CASE
            WHEN is_handed THEN 'inherited file'
            ELSE COALESCE(path, protocol || ' ' || remote_address, fd_kind, CAST(fd AS VARCHAR))
          END
      WHEN k.fact IN ('device', 'exec', 'exec_failure') THEN path
      ELSE
        k.fact || ' to ' || CASE
          WHEN is_handed THEN 'inherited file'
          ELSE COALESCE(path, protocol || ' ' || remote_address, fd_kind, syscall)
        END
    END AS subject,
    CASE
      WHEN k.fact = 'bytes_written' THEN bytes
      WHEN k.fact <> 'sleep' THEN amount
      WHEN syscall = 'poll' THEN
        amount * COALESCE(TRY_CAST(NULLIF(regexp_extract(args, ', ([0-9]+)$', 1), '') AS BIGINT), 0) * 1000
      -- until an instant: as long as it took
      WHEN strpos(args, 'TIMER_ABSTIME') > 0 THEN COALESCE(duration_ns / 1000, 0)
      ELSE
        amount * (
          COALESCE(TRY_CAST(NULLIF(regexp_extract(args, 'tv_sec=([0-9]{1,9})', 1), '') AS BIGINT), 0) * 1000000
          + COALESCE(TRY_CAST(NULLIF(regexp_extract(args, 'tv_[un]sec=([0-9]{1,9})', 1), '') AS BIGINT), 0)
          / CASE WHEN strpos(args, 'tv_nsec=') > 0 THEN 1000 ELSE 1 END
        )
    END AS amount,
    CASE WHEN k.fact = 'call' THEN duration_ns END AS duration_ns,
    process,
    seq,
    example
  FROM traits
  CROSS JOIN (
    VALUES
      ('call'), ('read'), ('list'), ('write'), ('bytes_written'), ('missing'), ('denied'), ('device'), ('exec'),
      ('exec_failure'), ('connect'), ('error'), ('tiny'), ('sleep'), ('AWS access key'), ('GitHub token'),
      ('GitLab token'), ('Slack token'), ('private key'), ('world_writable')
  ) AS k (fact)
  WHERE CASE
    WHEN k.fact IN ('read', 'list', 'write', 'bytes_written', 'missing') THEN
      is_use
      AND CASE k.fact
        WHEN 'read' THEN succeeded AND NOT is_used_device AND NOT is_used_handed AND file_use IN ('read', 'map')
        WHEN 'list' THEN succeeded AND NOT is_used_handed AND file_use = 'list'
        WHEN 'write' THEN
          succeeded
          AND NOT is_used_device
          AND (file_use IN ('create', 'remove', 'change') OR (file_use = 'write' AND NOT is_used_handed))
        WHEN 'bytes_written' THEN
          succeeded AND NOT is_used_device AND NOT is_used_handed AND file_use = 'write' AND bytes > 0
        ELSE error IN ('ENOENT', 'ENOTDIR') AND (is_open OR file_use IN ('query', 'read'))
      END
    WHEN NOT is_first THEN false
    WHEN k.fact = 'call' THEN true
    WHEN k.fact = 'denied' THEN error IN ('EACCES', 'EPERM', 'EROFS')
    WHEN k.fact = 'device' THEN is_device AND NOT is_handed AND succeeded
    WHEN k.fact = 'exec' THEN syscall IN ('execve', 'execveat') AND ret = 0
    WHEN k.fact = 'exec_failure' THEN syscall IN ('execve', 'execveat') AND error IS NOT NULL
    WHEN k.fact = 'connect' THEN
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
    WHEN k.fact = 'error' THEN
      error IS NOT NULL
      AND error NOT IN ('EACCES', 'EPERM', 'EROFS')
      AND NOT (error IN ('ENOENT', 'ENOTDIR') AND path IS NOT NULL)
    WHEN k.fact = 'tiny' THEN (look = -2 OR (look > 0 AND bytes BETWEEN 1 AND 16))
    WHEN k.fact = 'sleep' THEN is_sleep
    WHEN k.fact = 'world_writable' THEN lets_others_write
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
  SELECT 'retry', executable, syscall || ' ' || error, amount, NULL, process, seq, example
  FROM retries
  UNION ALL
  SELECT
    CASE WHEN signal IS NULL THEN 'exit' ELSE 'signal' END,
    executable,
    COALESCE(signal, 'exit ' || CAST(ret AS VARCHAR)),
    1,
    NULL,
    process,
    seq,
    COALESCE('killed by ' || signal, 'exited with ' || CAST(ret AS VARCHAR))
  FROM calls
  WHERE session = ?
    AND kind = 'exit'
    AND COALESCE(pid, 0) = COALESCE(process, 0)
    -- of one column, so that an engine passes over the others of the rows it drops
    AND COALESCE(ret, 1) <> 0
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
      MIN(time_ns) AS start_ns,
      MAX(time_ns + COALESCE(duration_ns, 0)) AS end_ns,
      MIN(CASE WHEN direction = 'out' THEN time_ns END) AS output_ns
    FROM calls
    WHERE session = ?
      AND kind = 'call'
  ) AS times
  CROSS JOIN (
    -- the lowest free number is given out, so a process has as many as were open at one time
    SELECT MAX(fds) AS peak_fds
    FROM (
      SELECT COUNT(DISTINCT fd) AS fds
      FROM calls
      WHERE session = ?
        AND fd IS NOT NULL
        AND error IS NULL
      GROUP BY process
    ) AS by_process
  ) AS peaks
  CROSS JOIN UNNEST(ARRAY['wall_us', 'startup_us', 'peak_fds']) AS t (subject)
),
sums AS (
  SELECT
    fact,
    executable,
    subject,
    CAST(SUM(amount) AS BIGINT) AS count,
    MAX(CASE WHEN fact = 'call' THEN duration_ns END) / 1000 AS max_us,
    -- of the first call also when that names none
    NULLIF(MIN_BY(COALESCE(process, -1), seq), -1) AS process,
    MIN(seq) AS first_seq,
    MIN_BY(example, seq) AS example
  FROM facts
  WHERE subject IS NOT NULL
  GROUP BY fact, executable, subject
  UNION ALL
  SELECT 'total', NULL, subject, CAST(count AS BIGINT), NULL, NULL, NULL, NULL
  FROM totals
  WHERE count IS NOT NULL
)
SELECT
  fact,
  executable,
  subject,
  count,
  max_us,
  process,
  first_seq,
  substr(
    regexp_replace(
      example,
      'AKIA[0-9A-Z]{16}|gh[opsu]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|xox[abprs]-[0-9A-Za-z-]{10,}',
      '***'
    ),
    1,
    240
  ) AS example
FROM sums
ORDER BY fact, executable, subject
