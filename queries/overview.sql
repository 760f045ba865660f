-- title: Overview
-- description: The head of a session in one answer: how long, how much, which programs, what failed, whom it talked to,
--   how its processes ended, and what stands out by stated rules, each with the report that tells more. Errors
--   that belong to how programs ordinarily work are named as such. Times are NULL when the log has none.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- column: topic varchar: duration, processes, threads, calls, errors, call_time, bytes_in, bytes_out; program (the five with most
--   calls), failure and expected (the five most frequent errors that may be a reason to worry, and that are
--   none), wasted (the three programs that most often looked for files in vain), peer (the five with most
--   bytes), end (how processes ended), or finding (a rule below that holds).
-- column: name varchar: Which program, error, peer or end; of a finding, its rule: crashed (a process got SIGSEGV, SIGABRT, SIGBUS,
--   SIGILL, SIGFPE, SIGSYS or SIGTRAP), killed (another signal), failed (an exit status other than 0),
--   missing_files (100 or more calls, and 10 percent of those that name a file, find none), denied (a file was
--   refused), unreachable (a connect failed), not_executable (an execve failed otherwise than by ENOENT),
--   resources (no memory, descriptors, or room on the disk, or a device failed), polling (1000 or more calls,
--   and 20 percent, would have blocked), small_io (1000 or more reads and writes, and 25 percent, of 16 bytes
--   or less), waiting (half of the time in calls, and 100 ms, is waiting, for something to read from a pipe or
--   a socket too), locks (20 percent of it, and 100 ms, is for locks), flushing (10 percent of it, and 100 ms,
--   is for the disk), no_calls (the log has none), without_times and without_durations (the log lacks them).
--   NULL for the session itself.
-- column: value double: The number.
-- column: unit varchar: What it counts: ms, bytes, calls, processes...
-- column: says varchar: The same in plain words.
-- column: report varchar: Report that tells more.
-- key: topic, name, unit
-- measures: value
-- brief: says, topic, name, report

WITH groups AS (
  SELECT
    executable,
    syscall,
    error,
    CASE
      WHEN kind = 'exit' AND COALESCE(pid, 0) = COALESCE(process, 0) AND ret_text NOT LIKE 'superseded%' THEN
        COALESCE('exit status ' || CAST(ret AS VARCHAR), signal)
    END AS ending,
    COUNT(CASE WHEN kind = 'call' THEN 1 END) AS calls,
    COUNT(*) AS events,
    COUNT(duration_ns) AS timed_calls,
    SUM(duration_ns) AS call_ns,
    -- of a file there is always something to read, of these there may be nothing yet
    SUM(
      CASE WHEN fd_kind IN ('pipe', 'socket') AND (direction = 'in' OR syscall LIKE 'recv%') THEN duration_ns END
    ) AS receive_ns,
    SUM(CASE WHEN direction = 'in' THEN bytes END) AS bytes_in,
    SUM(CASE WHEN direction = 'out' THEN bytes END) AS bytes_out,
    COUNT(bytes) AS transfers,
    COUNT(CASE WHEN bytes <= 16 THEN 1 END) AS tiny_transfers,
    MIN(time_ns) AS start_ns,
    MAX(time_ns + COALESCE(duration_ns, 0)) AS finish_ns
  FROM calls
  WHERE session = ?
  GROUP BY 1, 2, 3, 4
),
classified AS (
  SELECT
    *,
    CASE
      WHEN error IS NULL THEN NULL
      WHEN error IN ('EAGAIN', 'EWOULDBLOCK') AND syscall LIKE 'futex%' THEN
        'the lock was freed before the thread began to wait'
      WHEN error IN ('EAGAIN', 'EWOULDBLOCK')
        AND regexp_like(syscall, 'read|write|recv|send|accept|splice') THEN
        'the descriptor does not block: there was nothing to read or no room to write yet'
      WHEN error = 'EINPROGRESS' THEN 'the socket does not block, and connects in the background'
      WHEN error = 'ENOTTY' AND syscall = 'ioctl' THEN 'the program asks whether it talks to a terminal'
      WHEN error = 'EINVAL' AND syscall LIKE 'readlink%' THEN
        'the program asks whether a name is a symbolic link'
      WHEN error = 'ESPIPE' AND syscall LIKE '%lseek' THEN
        'the program asks whether it can go back in its input'
      WHEN error = 'ECHILD' AND syscall LIKE 'wait%' THEN
        'the program asks whether it has children left'
      WHEN error = 'ETIMEDOUT' AND syscall LIKE 'futex%' THEN
        'the thread waited for no longer than it meant to'
      WHEN error = 'EINTR' OR error LIKE 'ERESTART%' THEN
        'a signal interrupted it, and it starts again'
      WHEN error = 'EEXIST' AND syscall LIKE 'mkdir%' THEN 'the directory to be made was there'
      WHEN error = 'EBADF' AND syscall IN ('close', 'fcntl') THEN
        'the program goes through all descriptors, open or not'
      WHEN error IN ('ENODATA', 'EOPNOTSUPP') AND syscall LIKE '%xattr%' THEN
        'the program asks for an attribute that few files have'
      WHEN error = 'ENOSYS' THEN 'the program tries a newer call and falls back to an older one'
    END AS reason,
    CASE
      WHEN syscall LIKE 'futex%' THEN 'lock'
      WHEN syscall IN ('fsync', 'fdatasync', 'sync', 'syncfs', 'sync_file_range', 'msync') THEN 'flush'
      WHEN syscall LIKE '%poll' OR syscall LIKE 'epoll_%wait%' OR syscall LIKE '%select%'
        OR syscall LIKE 'wait%' OR syscall LIKE '%nanosleep%'
        OR syscall IN ('pause', 'rt_sigsuspend', 'rt_sigtimedwait', 'accept', 'accept4') THEN 'wait'
    END AS waits_for,
    regexp_like(
      syscall,
      '^(open|creat|stat|lstat|newfstatat|fstatat|access|faccessat|readlink|exec|chdir|truncate|unlink|rmdir|mkdir|rename|link|symlink|chmod|fchmodat|chown|lchown|fchownat|utime)'
    ) AS is_name
  FROM groups
),
levels AS (
  SELECT
    CASE
      WHEN GROUPING(executable) = 0 THEN 'program'
      WHEN GROUPING(error) = 0 THEN 'error'
      WHEN GROUPING(ending) = 0 THEN 'end'
      ELSE 'session'
    END AS level,
    executable,
    syscall,
    error,
    reason,
    ending,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(events) AS BIGINT) AS events,
    CAST(SUM(timed_calls) AS BIGINT) AS timed_calls,
    CAST(SUM(call_ns) AS BIGINT) AS call_ns,
    CAST(SUM(bytes_in) AS BIGINT) AS bytes_in,
    CAST(SUM(bytes_out) AS BIGINT) AS bytes_out,
    CAST(SUM(transfers) AS BIGINT) AS transfers,
    CAST(SUM(tiny_transfers) AS BIGINT) AS tiny_transfers,
    MAX(finish_ns) - MIN(start_ns) AS elapsed_ns,
    CAST(SUM(CASE WHEN error IS NOT NULL THEN calls ELSE 0 END) AS BIGINT) AS errors,
    CAST(SUM(CASE WHEN reason IS NOT NULL THEN calls ELSE 0 END) AS BIGINT) AS expected_errors,
    CAST(SUM(CASE WHEN is_name THEN calls ELSE 0 END) AS BIGINT) AS names,
    CAST(SUM(CASE WHEN is_name AND error = 'ENOENT' THEN calls ELSE 0 END) AS BIGINT) AS missing,
    CAST(SUM(CASE WHEN is_name AND error = 'ENOENT' THEN call_ns END) AS BIGINT) AS missing_ns,
    CAST(
      SUM(CASE WHEN is_name AND error IN ('EACCES', 'EPERM', 'EROFS') THEN calls ELSE 0 END) AS BIGINT
    ) AS denied,
    CAST(
      SUM(CASE WHEN error IN ('EAGAIN', 'EWOULDBLOCK') AND waits_for IS NULL THEN calls ELSE 0 END)
      AS BIGINT
    ) AS polled,
    CAST(
      SUM(
        CASE WHEN syscall = 'connect' AND error IS NOT NULL AND reason IS NULL AND error <> 'ENOENT' THEN calls
        ELSE 0 END
      ) AS BIGINT
    ) AS unreachable,
    CAST(
      SUM(CASE WHEN syscall LIKE 'exec%' AND error <> 'ENOENT' THEN calls ELSE 0 END) AS BIGINT
    ) AS not_executable,
    CAST(
      SUM(
        CASE WHEN error IN ('ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EIO') THEN calls ELSE 0 END
      ) AS BIGINT
    ) AS exhausted,
    CAST(SUM(CASE WHEN waits_for IN ('lock', 'wait') THEN call_ns ELSE receive_ns END) AS BIGINT) AS wait_ns,
    CAST(SUM(CASE WHEN waits_for = 'lock' THEN call_ns END) AS BIGINT) AS lock_ns,
    CAST(SUM(CASE WHEN waits_for = 'flush' THEN call_ns END) AS BIGINT) AS flush_ns,
    CAST(SUM(CASE WHEN ending IS NOT NULL THEN events ELSE 0 END) AS BIGINT) AS ends,
    CAST(
      SUM(
        CASE
          WHEN ending IN ('SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGSYS', 'SIGTRAP') THEN events
          ELSE 0
        END
      ) AS BIGINT
    ) AS crashes,
    CAST(
      SUM(CASE WHEN ending LIKE 'SIG%' THEN events ELSE 0 END) AS BIGINT
    ) AS kills,
    CAST(
      SUM(CASE WHEN ending LIKE 'exit%' AND ending <> 'exit status 0' THEN events ELSE 0 END) AS BIGINT
    ) AS failures
  FROM classified
  GROUP BY GROUPING SETS ((), (executable), (syscall, error, reason), (ending))
),
threads AS (
  SELECT
    process,
    COUNT(CASE WHEN kind = 'exit' AND ret_text NOT LIKE 'superseded%' THEN 1 END)
      + CASE
        WHEN MAX(seq) > COALESCE(
          MAX(CASE WHEN kind = 'exit' AND ret_text NOT LIKE 'superseded%' THEN seq END),
          0
        ) THEN 1
        ELSE 0
      END AS lives,
    COALESCE(pid, 0) = COALESCE(process, 0) AS is_first
  FROM calls
  WHERE session = ?
  GROUP BY process, pid
),
processes_seen AS (
  SELECT
    CAST(SUM(lives) AS BIGINT) AS threads,
    COALESCE(MAX(CASE WHEN is_first THEN lives END), 1) AS lives
  FROM threads
  GROUP BY process
),
peers AS (
  SELECT
    protocol,
    remote_address,
    COUNT(*) AS calls,
    CAST(COALESCE(SUM(CASE WHEN direction = 'in' THEN bytes END), 0) AS BIGINT) AS bytes_in,
    CAST(COALESCE(SUM(CASE WHEN direction = 'out' THEN bytes END), 0) AS BIGINT) AS bytes_out
  FROM calls
  WHERE session = ?
    AND regexp_like(remote_address, '^(\[.*\]|[0-9.]+):[0-9]+$')
    AND (bytes IS NOT NULL OR syscall IN ('connect', 'accept', 'accept4'))
  GROUP BY protocol, remote_address
),
keys (position, level, topic, rule, unit, report) AS (
  VALUES
    (10, 'session', 'duration', NULL, 'ms', 'time_slices'),
    (13, 'session', 'calls', NULL, 'calls', 'syscall_stats'),
    (14, 'session', 'errors', NULL, 'calls', 'error_summary'),
    (15, 'session', 'call_time', NULL, 'ms', 'blocked_time'),
    (16, 'session', 'bytes_in', NULL, 'bytes', 'file_summary'),
    (17, 'session', 'bytes_out', NULL, 'bytes', 'file_summary'),
    (19, 'session', 'finding', 'no_calls', 'calls', 'search'),
    (20, 'session', 'finding', 'crashed', 'processes', 'crashes'),
    (21, 'session', 'finding', 'killed', 'processes', 'crashes'),
    (22, 'session', 'finding', 'failed', 'processes', 'process_table'),
    (23, 'session', 'finding', 'resources', 'calls', 'error_summary'),
    (24, 'session', 'finding', 'denied', 'calls', 'permission_audit'),
    (25, 'session', 'finding', 'unreachable', 'calls', 'connections'),
    (26, 'session', 'finding', 'not_executable', 'calls', 'exec_failures'),
    (27, 'session', 'finding', 'missing_files', 'calls', 'wasted_lookups'),
    (28, 'session', 'finding', 'polling', 'calls', 'busy_loops'),
    (29, 'session', 'finding', 'small_io', 'calls', 'tiny_io'),
    (30, 'session', 'finding', 'locks', 'ms', 'futex_contention'),
    (31, 'session', 'finding', 'flushing', 'ms', 'blocked_time'),
    (32, 'session', 'finding', 'waiting', 'ms', 'blocked_time'),
    (33, 'session', 'finding', 'without_times', 'calls', 'syscall_stats'),
    (34, 'session', 'finding', 'without_durations', 'calls', 'syscall_stats'),
    (40, 'program', 'program', NULL, 'calls', 'syscall_stats_by_executable'),
    (41, 'error', 'failure', NULL, 'calls', 'error_summary'),
    (42, 'error', 'expected', NULL, 'calls', 'error_summary'),
    (43, 'program', 'wasted', NULL, 'calls', 'wasted_lookups'),
    (45, 'end', 'end', NULL, 'processes', 'process_table')
),
measured AS (
  SELECT
    k.position,
    k.topic,
    k.rule,
    k.unit,
    k.report,
    l.*,
    CASE
      WHEN l.call_ns < 10000000 THEN CAST(l.call_ns / 1000 AS VARCHAR) || ' microseconds'
      ELSE CAST(l.call_ns / 1000000 AS VARCHAR) || ' ms'
    END AS call_time,
    CASE COALESCE(k.rule, k.topic)
      WHEN 'duration' THEN l.elapsed_ns / 1e6
      WHEN 'calls' THEN CAST(COALESCE(l.calls, 0) AS DOUBLE)
      WHEN 'errors' THEN CAST(COALESCE(l.errors, 0) AS DOUBLE)
      WHEN 'call_time' THEN l.call_ns / 1e6
      WHEN 'bytes_in' THEN CAST(COALESCE(l.bytes_in, 0) AS DOUBLE)
      WHEN 'bytes_out' THEN CAST(COALESCE(l.bytes_out, 0) AS DOUBLE)
      WHEN 'no_calls' THEN CAST(0 AS DOUBLE)
      WHEN 'crashed' THEN CAST(l.crashes AS DOUBLE)
      WHEN 'killed' THEN CAST(l.kills - l.crashes AS DOUBLE)
      WHEN 'failed' THEN CAST(l.failures AS DOUBLE)
      WHEN 'resources' THEN CAST(l.exhausted AS DOUBLE)
      WHEN 'denied' THEN CAST(l.denied AS DOUBLE)
      WHEN 'unreachable' THEN CAST(l.unreachable AS DOUBLE)
      WHEN 'not_executable' THEN CAST(l.not_executable AS DOUBLE)
      WHEN 'missing_files' THEN CAST(l.missing AS DOUBLE)
      WHEN 'polling' THEN CAST(l.polled AS DOUBLE)
      WHEN 'small_io' THEN CAST(l.tiny_transfers AS DOUBLE)
      WHEN 'locks' THEN l.lock_ns / 1e6
      WHEN 'flushing' THEN l.flush_ns / 1e6
      WHEN 'waiting' THEN l.wait_ns / 1e6
      WHEN 'without_times' THEN CAST(l.calls AS DOUBLE)
      WHEN 'without_durations' THEN CAST(l.calls AS DOUBLE)
      WHEN 'program' THEN CAST(l.calls AS DOUBLE)
      WHEN 'failure' THEN CAST(l.errors AS DOUBLE)
      WHEN 'expected' THEN CAST(l.errors AS DOUBLE)
      WHEN 'wasted' THEN CAST(l.missing AS DOUBLE)
      WHEN 'end' THEN CAST(l.ends AS DOUBLE)
    END AS value
  FROM levels AS l
  JOIN keys AS k
    ON k.level = l.level
),
chosen AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY position
      ORDER BY value DESC NULLS LAST, executable, syscall, error, ending
    ) AS rank
  FROM measured
  WHERE CASE COALESCE(rule, topic)
    WHEN 'missing_files' THEN missing >= 100 AND missing >= names * 0.1
    WHEN 'polling' THEN polled >= 1000 AND polled >= calls * 0.2
    WHEN 'small_io' THEN tiny_transfers >= 1000 AND tiny_transfers >= transfers * 0.25
    WHEN 'locks' THEN lock_ns >= 100000000 AND lock_ns >= call_ns * 0.2
    WHEN 'flushing' THEN flush_ns >= 100000000 AND flush_ns >= call_ns * 0.1
    WHEN 'waiting' THEN wait_ns >= 100000000 AND wait_ns >= call_ns * 0.5
    WHEN 'no_calls' THEN COALESCE(calls, 0) = 0
    WHEN 'without_times' THEN calls > 0 AND elapsed_ns IS NULL
    WHEN 'without_durations' THEN calls > 0 AND timed_calls = 0
    WHEN 'program' THEN calls > 0
    WHEN 'failure' THEN error IS NOT NULL AND reason IS NULL
    WHEN 'expected' THEN reason IS NOT NULL
    WHEN 'end' THEN ending IS NOT NULL
    ELSE topic NOT IN ('finding', 'wasted') OR value > 0
  END
),
facts AS (
  SELECT
    position,
    topic,
    CASE topic
      WHEN 'finding' THEN rule
      WHEN 'program' THEN COALESCE(executable, 'unknown')
      WHEN 'wasted' THEN COALESCE(executable, 'unknown')
      WHEN 'failure' THEN syscall || ' ' || error
      WHEN 'expected' THEN syscall || ' ' || error
      WHEN 'end' THEN ending
    END AS name,
    value,
    unit,
    CASE COALESCE(rule, topic)
      WHEN 'duration' THEN
        COALESCE(
          'The log spans ' || CAST(elapsed_ns / 1000000 AS VARCHAR) || ' ms.',
          'The log has no times.'
        )
      WHEN 'calls' THEN 'System calls: ' || CAST(COALESCE(calls, 0) AS VARCHAR) || '.'
      WHEN 'errors' THEN
        'Calls that failed: ' || CAST(COALESCE(errors, 0) AS VARCHAR) || '; nothing to worry about: '
          || CAST(COALESCE(expected_errors, 0) AS VARCHAR) || ' of them.'
      WHEN 'call_time' THEN
        COALESCE(
          'Time in calls, over all threads: ' || call_time || '.',
          'The log does not tell how long calls took.'
        )
      WHEN 'bytes_in' THEN CAST(COALESCE(bytes_in, 0) AS VARCHAR) || ' bytes read and received.'
      WHEN 'bytes_out' THEN CAST(COALESCE(bytes_out, 0) AS VARCHAR) || ' bytes written and sent.'
      WHEN 'crashed' THEN
        'Crashed processes: ' || CAST(crashes AS VARCHAR) || ' of ' || CAST(ends AS VARCHAR)
          || ' that ended. Their signal tells of a fault in the program.'
      WHEN 'killed' THEN
        'Killed processes: ' || CAST(kills - crashes AS VARCHAR) || ' of ' || CAST(ends AS VARCHAR)
          || ' that ended.'
      WHEN 'failed' THEN
        'Processes with an exit status other than 0: ' || CAST(failures AS VARCHAR) || ' of '
          || CAST(ends AS VARCHAR) || ' that ended.'
      WHEN 'resources' THEN
        'Calls refused for want of memory, descriptors or room on the disk, or by a failing device: '
          || CAST(exhausted AS VARCHAR) || '.'
      WHEN 'denied' THEN
        'Calls refused for want of permission to a file: ' || CAST(denied AS VARCHAR) || '.'
      WHEN 'unreachable' THEN 'Failed connects: ' || CAST(unreachable AS VARCHAR) || '.'
      WHEN 'not_executable' THEN
        'Programs found that could not be executed: ' || CAST(not_executable AS VARCHAR) || '.'
      WHEN 'missing_files' THEN
        'Calls that named a file and found none: ' || CAST(missing AS VARCHAR) || ' of '
          || CAST(names AS VARCHAR) || '.'
      WHEN 'polling' THEN
        'Calls that would have blocked: ' || CAST(polled AS VARCHAR) || ' of ' || CAST(calls AS VARCHAR)
          || '. Threads may be spinning.'
      WHEN 'small_io' THEN
        'Reads and writes of 16 bytes or less: ' || CAST(tiny_transfers AS VARCHAR) || ' of '
          || CAST(transfers AS VARCHAR) || '.'
      WHEN 'locks' THEN
        'Time in waits for locks, or idly for work: ' || CAST(lock_ns / 1000000 AS VARCHAR) || ' of '
          || CAST(call_ns / 1000000 AS VARCHAR) || ' ms.'
      WHEN 'flushing' THEN
        'Time until data was on the disk: ' || CAST(flush_ns / 1000000 AS VARCHAR) || ' of '
          || CAST(call_ns / 1000000 AS VARCHAR) || ' ms.'
      WHEN 'waiting' THEN
        'Time in calls that wait, for children, locks, timers or something to read: '
          || CAST(wait_ns / 1000000 AS VARCHAR) || ' of ' || CAST(call_ns / 1000000 AS VARCHAR) || ' ms.'
      WHEN 'no_calls' THEN
        'The log has no calls. With -c strace prints only a table of totals, with -C both; a filter may leave none.'
      WHEN 'without_times' THEN 'Record with -tt or -ttt to know when calls were made.'
      WHEN 'without_durations' THEN 'Record with -T to know how long calls took.'
      WHEN 'program' THEN
        'Calls: ' || CAST(calls AS VARCHAR) || ', failed: ' || CAST(errors AS VARCHAR)
          || COALESCE(', time in them: ' || call_time, '') || '.'
      WHEN 'failure' THEN
        'Calls of ' || syscall || ' that failed with ' || error || ': ' || CAST(errors AS VARCHAR) || '.'
      WHEN 'expected' THEN
        'Calls of ' || syscall || ' that failed with ' || error || ', as they may: '
          || CAST(errors AS VARCHAR) || '; ' || reason || '.'
      WHEN 'wasted' THEN
        'Calls that looked for a file in vain: ' || CAST(missing AS VARCHAR)
          || COALESCE(', for ' || CAST(missing_ns / 1000 AS VARCHAR) || ' microseconds', '') || '.'
      WHEN 'end' THEN 'Processes that ended so: ' || CAST(ends AS VARCHAR) || '.'
    END AS says,
    report
  FROM chosen
  WHERE rank <= CASE topic WHEN 'wasted' THEN 3 WHEN 'end' THEN 20 ELSE 5 END
  UNION ALL
  SELECT
    n.position,
    n.topic,
    CAST(NULL AS VARCHAR) AS name,
    CAST(CASE n.topic WHEN 'processes' THEN SUM(p.lives) ELSE SUM(p.threads) END AS DOUBLE) AS value,
    n.topic AS unit,
    CASE n.topic
      WHEN 'processes' THEN
        'Processes in the log, each pid once for each life it had: '
          || CAST(SUM(p.lives) AS VARCHAR) || '.'
      ELSE
        'Threads in the log, those with the pid of their process included: '
          || CAST(SUM(p.threads) AS VARCHAR) || '.'
    END AS says,
    n.report
  FROM processes_seen AS p
  CROSS JOIN (
    VALUES (11, 'processes', 'process_tree'), (12, 'threads', 'process_table')
  ) AS n (position, topic, report)
  GROUP BY n.position, n.topic, n.report
  UNION ALL
  SELECT
    44 AS position,
    'peer' AS topic,
    concat_ws(' ', protocol, remote_address) AS name,
    CAST(bytes_in + bytes_out AS DOUBLE) AS value,
    'bytes' AS unit,
    CAST(bytes_in AS VARCHAR) || ' bytes received, ' || CAST(bytes_out AS VARCHAR) || ' sent.' AS says,
    'connections' AS report
  FROM (
    SELECT
      *,
      ROW_NUMBER() OVER (ORDER BY bytes_in + bytes_out DESC, calls DESC, protocol, remote_address) AS rank
    FROM peers
  ) AS ranked_peers
  WHERE rank <= 5
)
SELECT topic, name, value, unit, says, report
FROM facts
ORDER BY position, value DESC NULLS LAST, name
