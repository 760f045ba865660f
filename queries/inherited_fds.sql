-- title: Descriptors that programs inherit
-- description: Descriptors above 2 that were opened without FD_CLOEXEC and so were open in a program that
--   another one started: by execve in the process that opened them, or in a child of it that had not closed
--   them. Some are meant, such as a pipe to the child; one that the program never uses is often a leak. Only
--   the first program that a child runs is looked at, not children of children.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that inherits, whole path or last name; * is every program.
-- column: executable varchar: Program that was started with the descriptor open.
-- column: fd_kind varchar: What it refers to: file, pipe, socket and so on; NULL when the log does not
--   tell.
-- column: target varchar: File; protocol and addresses of a socket; NULL for what has no name.
-- column: opened_by varchar: Call that opened it.
-- column: opener varchar: Program that opened it; NULL when it is not known.
-- column: fd integer: Number of the descriptor; the smallest when there are several.
-- column: descriptors bigint: How many such descriptors were open in the programs when they were started,
--   in all.
-- column: used bigint: How many of these the programs used.
-- column: programs bigint: How often a program was so started.
-- column: process integer: Process of the first of these; NULL when the log names none.
-- column: first_time varchar: Start of the execve of the first of these, time of day in UTC
--   (HH:MM:SS.ffffff); NULL without times.
-- key: executable, fd_kind, target, opened_by, opener
-- measures: descriptors, used, programs
-- brief: target, executable, fd, opened_by, used

WITH events AS (
  SELECT
    COALESCE(process, 0) AS owner,
    fd,
    seq,
    COALESCE(executable, '') AS program,
    syscall,
    fd_event,
    fd_kind,
    target,
    closes_on_exec
  FROM fd_events
  WHERE session = ?
    AND fd > 2
),
changes AS (
  SELECT
    *,
    LEAD(seq) OVER (PARTITION BY owner, fd ORDER BY seq) AS next_seq,
    ROW_NUMBER() OVER (PARTITION BY owner, fd ORDER BY seq) AS place
  FROM events
  WHERE fd_event IN ('open', 'close')
    OR (fd_event = 'mark' AND closes_on_exec)
),
uses AS (
  SELECT owner, fd, program, MIN(seq) AS first_seq, MAX(seq) AS last_seq
  FROM events
  WHERE fd_event = 'use'
  GROUP BY owner, fd, program
),
moments AS (
  SELECT
    seq,
    time_ns,
    COALESCE(process, 0) AS owner,
    process,
    executable,
    syscall,
    ret
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND error IS NULL
    AND ret IS NOT NULL
    -- of one column, so that an engine passes over the others of the rows it drops
    AND COALESCE(syscall, '') IN ('execve', 'execveat', 'clone', 'clone2', 'clone3', 'fork', 'vfork')
),
execs AS (
  SELECT
    *,
    LAG(seq) OVER (PARTITION BY owner ORDER BY seq) AS last_exec_seq
  FROM moments
  WHERE syscall IN ('execve', 'execveat')
),
forks AS (
  SELECT
    children.child,
    children.parent,
    COALESCE(MIN(CASE WHEN moments.seq < first_seq THEN moments.seq END), MIN(first_seq)) AS fork_seq
  FROM (
    SELECT process AS child, MAX(parent) AS parent, MIN(seq) AS first_seq
    FROM calls
    WHERE session = ?
    GROUP BY process
  ) AS children
  LEFT JOIN moments
    ON moments.owner = children.parent
    AND moments.ret = children.child
    AND moments.syscall NOT IN ('execve', 'execveat')
  WHERE children.parent IS NOT NULL
  GROUP BY children.child, children.parent
),
ranges AS (
  SELECT
    COALESCE(process, 0) AS owner,
    seq,
    TRY_CAST(regexp_extract(args, '^([0-9]+)', 1) AS BIGINT) AS first_fd,
    TRY_CAST(regexp_extract(args, '^[0-9]+(<[^,]*>){0,1}, ([0-9]+)', 2) AS BIGINT) AS last_fd
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND error IS NULL
    AND ret IS NOT NULL
    AND syscall = 'close_range'
),
opened AS (
  SELECT
    owner,
    fd,
    program AS opener,
    syscall AS opened_by,
    fd_kind,
    target,
    seq AS opened_seq,
    COALESCE(next_seq, 9223372036854775807) AS until_seq
  FROM changes
  WHERE fd_event = 'open'
    AND NOT closes_on_exec
),
inherited AS (
  SELECT opened.*, execs.owner AS heir, execs.seq AS exec_seq, opened_seq AS from_seq, until_seq AS change_seq
  FROM opened
  JOIN execs
    ON execs.owner = opened.owner
    AND execs.seq > opened_seq
    AND execs.seq < until_seq
    AND COALESCE(last_exec_seq, 0) < opened_seq
  UNION ALL
  SELECT
    opened.*,
    execs.owner AS heir,
    execs.seq AS exec_seq,
    fork_seq AS from_seq,
    COALESCE(changes.seq, 9223372036854775807) AS change_seq
  FROM opened
  JOIN forks
    ON forks.parent = opened.owner
    AND fork_seq > opened_seq
    AND fork_seq < until_seq
  JOIN execs
    ON execs.owner = forks.child
    AND last_exec_seq IS NULL
  LEFT JOIN changes
    ON changes.owner = forks.child
    AND changes.fd = opened.fd
    AND changes.place = 1
),
kept AS (
  SELECT
    inherited.opener,
    inherited.opened_by,
    inherited.fd_kind,
    inherited.target,
    inherited.fd,
    inherited.heir,
    inherited.exec_seq,
    MAX(change_seq) AS change_seq
  FROM inherited
  LEFT JOIN ranges
    ON ranges.owner = inherited.heir
    AND ranges.seq > from_seq
    AND ranges.seq < exec_seq
    AND ranges.first_fd <= inherited.fd
    AND ranges.last_fd >= inherited.fd
  WHERE change_seq > exec_seq
  GROUP BY opener, opened_by, fd_kind, target, inherited.fd, heir, exec_seq
  HAVING COUNT(ranges.seq) = 0
),
totals AS (
  SELECT
    executable,
    fd_kind,
    target,
    opened_by,
    opener,
    MIN(kept.fd) AS fd,
    COUNT(*) AS descriptors,
    COUNT(DISTINCT exec_seq) AS programs,
    COUNT(*) FILTER (
      WHERE (uses.first_seq > exec_seq AND uses.first_seq < change_seq)
        OR (uses.first_seq < exec_seq AND uses.last_seq > exec_seq)
    ) AS used,
    min_by(execs.process, exec_seq) AS process,
    MIN(execs.time_ns) AS first_ns
  FROM kept
  JOIN execs ON execs.seq = kept.exec_seq
  LEFT JOIN uses
    ON uses.owner = kept.heir
    AND uses.fd = kept.fd
    AND uses.program = COALESCE(execs.executable, '')
  GROUP BY executable, fd_kind, target, opened_by, opener
)
SELECT
  executable,
  fd_kind,
  target,
  opened_by,
  NULLIF(opener, '') AS opener,
  fd,
  descriptors,
  used,
  programs,
  process,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time
FROM totals
WHERE ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY descriptors - used DESC, descriptors DESC, executable, target, fd_kind, opened_by, opener
