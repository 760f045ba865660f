-- title: Processes
-- description: A row for each process: when it ran, how it ended, what it called in all its threads, and its
--   place among its ancestors. A pid that the system gave out again is another row. The rows of calls with
--   its process and a seq from first_seq to last_seq are its own.
-- column: session varchar: Session the process belongs to.
-- column: process integer: Number of the process; NULL when the log names none.
-- column: parent integer: Process that started it; NULL when the log does not show its start.
-- column: depth bigint: Ancestors that the log shows; NULL when there are more than 40.
-- column: lineage varchar: Its ancestors, oldest first, and itself, each a number of eight digits in the order of the first
--   events, joined by slashes: it begins with the lineage of each ancestor. Of more than 40 ancestors the
--   oldest are left out.
-- column: executable varchar: Program that ran last; NULL when it is not known.
-- column: command varchar: Arguments of the last successful execve, as strace prints them but for quotes that are not needed;
--   NULL without one.
-- column: execs bigint: Programs that it executed, one after the other.
-- column: threads bigint: Threads that the log shows.
-- column: first_seq bigint: Line of the log on which its first event completed.
-- column: last_seq bigint: Line of the log on which its last event completed.
-- column: start_ns bigint: First event, nanoseconds since 1970-01-01 UTC; NULL when the log has no times.
-- column: finish_ns bigint: Last event, nanoseconds since 1970-01-01 UTC; NULL when the log has no times.
-- column: exit_status bigint: Exit status; NULL when it was killed or the log does not show its end.
-- column: signal varchar: Signal that killed it; NULL when none did.
-- column: core_dumped boolean: Whether it left a core dump; NULL when the log does not show its end.
-- column: calls bigint: Calls that it made.
-- column: errors bigint: Calls of these that failed or were interrupted.
-- column: call_ns bigint: Time in calls, nanoseconds, over all threads; NULL without -T.

WITH ends AS (
  SELECT
    session,
    COALESCE(process, 0) AS number,
    seq AS end_seq,
    COALESCE(
      LAG(seq) OVER (PARTITION BY session, COALESCE(process, 0) ORDER BY seq),
      0
    ) AS previous_end_seq,
    ret AS exit_status,
    signal,
    CASE WHEN ret_text LIKE '%core dumped%' THEN 1 ELSE 0 END AS core_dumped
  FROM calls
  WHERE kind = 'exit'
    AND ret_text NOT LIKE 'superseded%'
    AND COALESCE(pid, 0) = COALESCE(process, 0)
),
threads AS (
  SELECT
    r.session,
    COALESCE(r.process, 0) AS number,
    e.end_seq,
    r.pid,
    MAX(r.parent) AS parent,
    MAX_BY(r.executable, CASE WHEN r.executable IS NOT NULL THEN r.seq END) AS executable,
    MAX(CASE WHEN r.executable IS NOT NULL THEN r.seq END) AS executable_seq,
    MIN(r.seq) AS first_seq,
    MAX(r.seq) AS last_seq,
    MIN(r.time_ns) AS start_ns,
    MAX(r.time_ns + COALESCE(r.duration_ns, 0)) AS finish_ns,
    MAX(e.exit_status) AS exit_status,
    MAX(e.signal) AS signal,
    MAX(e.core_dumped) AS core_dumped,
    COUNT(CASE WHEN r.kind <> 'exit' THEN 1 END) AS events,
    COUNT(r.syscall) AS calls,
    COUNT(r.error) AS errors,
    SUM(r.duration_ns) AS call_ns
  FROM calls AS r
  LEFT JOIN ends AS e
    ON e.session = r.session
      AND e.number = COALESCE(r.process, 0)
      AND r.seq <= e.end_seq
      AND r.seq > e.previous_end_seq
  GROUP BY r.session, COALESCE(r.process, 0), e.end_seq, r.pid
),
lives AS (
  SELECT
    session,
    number,
    COALESCE(end_seq, 0) AS end_seq,
    MAX(parent) AS parent,
    MAX_BY(executable, executable_seq) AS executable,
    COUNT(*) AS threads,
    MIN(first_seq) AS first_seq,
    MAX(last_seq) AS last_seq,
    MIN(start_ns) AS start_ns,
    MAX(finish_ns) AS finish_ns,
    MAX(exit_status) AS exit_status,
    MAX(signal) AS signal,
    MAX(core_dumped) AS core_dumped,
    CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(errors) AS BIGINT) AS errors,
    CAST(SUM(call_ns) AS BIGINT) AS call_ns
  FROM threads
  GROUP BY session, number, COALESCE(end_seq, 0)
  -- a thread's end that the log has after the end of its process is no process of its own
  HAVING SUM(events) > 0 OR MAX(end_seq) IS NOT NULL
),
commands AS (
  SELECT
    x.session,
    COALESCE(x.process, 0) AS number,
    COALESCE(e.end_seq, 0) AS end_seq,
    COUNT(*) AS execs,
    NULLIF(
      MAX_BY(
        regexp_extract(x.args, '\[(("([^"\\]|\\.)*"(\.\.\.){0,1}|\.\.\.)(, ){0,1})*\]'),
        x.seq
      ),
      ''
    ) AS arguments
  FROM calls AS x
  LEFT JOIN ends AS e
    ON e.session = x.session
      AND e.number = COALESCE(x.process, 0)
      AND x.seq <= e.end_seq
      AND x.seq > e.previous_end_seq
  WHERE x.syscall IN ('execve', 'execveat')
    AND x.ret = 0
  GROUP BY x.session, COALESCE(x.process, 0), COALESCE(e.end_seq, 0)
),
numbered AS (
  SELECT
    *,
    10000000 + ROW_NUMBER() OVER (PARTITION BY session ORDER BY first_seq, number) AS place
  FROM lives
),
meetings AS (
  -- a process meets the process of its parent's number that began last before it
  SELECT
    n.*,
    m.role,
    COALESCE(
      MAX(CASE WHEN m.role = 'self' THEN n.place END) OVER (
        PARTITION BY n.session, CASE WHEN m.role = 'self' THEN n.number ELSE n.parent END
        ORDER BY n.place
        ROWS UNBOUNDED PRECEDING
      ),
      MIN(CASE WHEN m.role = 'self' THEN n.place END) OVER (
        PARTITION BY n.session, CASE WHEN m.role = 'self' THEN n.number ELSE n.parent END
      )
    ) AS met_place
  FROM numbered AS n
  CROSS JOIN UNNEST(ARRAY['self', 'child']) AS m (role)
),
children AS (
  SELECT *, CASE WHEN parent IS NOT NULL AND met_place <> place THEN met_place END AS a01
  FROM meetings
  WHERE role = 'child'
),
parents AS (
  SELECT session, array_agg(a01 ORDER BY place) AS parents
  FROM children
  GROUP BY session
),
up_01 AS (
  -- Athena ends a recursion after ten steps; here each step tells two generations more
  SELECT p.session, p.parents, 10000000 + u.place AS place, u.a01
  FROM parents AS p
  CROSS JOIN UNNEST(p.parents) WITH ORDINALITY AS u (a01, place)
),
up_02 AS (SELECT *, parents[a01 - 10000000] AS a02, parents[parents[a01 - 10000000] - 10000000] AS a03 FROM up_01),
up_04 AS (SELECT *, parents[a03 - 10000000] AS a04, parents[parents[a03 - 10000000] - 10000000] AS a05 FROM up_02),
up_06 AS (SELECT *, parents[a05 - 10000000] AS a06, parents[parents[a05 - 10000000] - 10000000] AS a07 FROM up_04),
up_08 AS (SELECT *, parents[a07 - 10000000] AS a08, parents[parents[a07 - 10000000] - 10000000] AS a09 FROM up_06),
up_10 AS (SELECT *, parents[a09 - 10000000] AS a10, parents[parents[a09 - 10000000] - 10000000] AS a11 FROM up_08),
up_12 AS (SELECT *, parents[a11 - 10000000] AS a12, parents[parents[a11 - 10000000] - 10000000] AS a13 FROM up_10),
up_14 AS (SELECT *, parents[a13 - 10000000] AS a14, parents[parents[a13 - 10000000] - 10000000] AS a15 FROM up_12),
up_16 AS (SELECT *, parents[a15 - 10000000] AS a16, parents[parents[a15 - 10000000] - 10000000] AS a17 FROM up_14),
up_18 AS (SELECT *, parents[a17 - 10000000] AS a18, parents[parents[a17 - 10000000] - 10000000] AS a19 FROM up_16),
up_20 AS (SELECT *, parents[a19 - 10000000] AS a20, parents[parents[a19 - 10000000] - 10000000] AS a21 FROM up_18),
up_22 AS (SELECT *, parents[a21 - 10000000] AS a22, parents[parents[a21 - 10000000] - 10000000] AS a23 FROM up_20),
up_24 AS (SELECT *, parents[a23 - 10000000] AS a24, parents[parents[a23 - 10000000] - 10000000] AS a25 FROM up_22),
up_26 AS (SELECT *, parents[a25 - 10000000] AS a26, parents[parents[a25 - 10000000] - 10000000] AS a27 FROM up_24),
up_28 AS (SELECT *, parents[a27 - 10000000] AS a28, parents[parents[a27 - 10000000] - 10000000] AS a29 FROM up_26),
up_30 AS (SELECT *, parents[a29 - 10000000] AS a30, parents[parents[a29 - 10000000] - 10000000] AS a31 FROM up_28),
up_32 AS (SELECT *, parents[a31 - 10000000] AS a32, parents[parents[a31 - 10000000] - 10000000] AS a33 FROM up_30),
up_34 AS (SELECT *, parents[a33 - 10000000] AS a34, parents[parents[a33 - 10000000] - 10000000] AS a35 FROM up_32),
up_36 AS (SELECT *, parents[a35 - 10000000] AS a36, parents[parents[a35 - 10000000] - 10000000] AS a37 FROM up_34),
up_38 AS (SELECT *, parents[a37 - 10000000] AS a38, parents[parents[a37 - 10000000] - 10000000] AS a39 FROM up_36),
up_40 AS (SELECT *, parents[a39 - 10000000] AS a40, parents[parents[a39 - 10000000] - 10000000] AS a41 FROM up_38),
lineages AS (
  SELECT
    session,
    place,
    a41,
    array_join(
      ARRAY[
        a40, a39, a38, a37, a36, a35, a34, a33, a32, a31, a30, a29, a28, a27,
        a26, a25, a24, a23, a22, a21, a20, a19, a18, a17, a16, a15, a14, a13,
        a12, a11, a10, a09, a08, a07, a06, a05, a04, a03, a02, a01, place
      ],
      '/'
    ) AS lineage
  FROM up_40
)
SELECT
  c.session,
  NULLIF(c.number, 0) AS process,
  c.parent,
  CASE WHEN l.a41 IS NULL THEN CAST((length(l.lineage) - 8) / 9 AS BIGINT) END AS depth,
  l.lineage,
  c.executable,
  regexp_replace(
    trim(
      regexp_replace(
        substr(x.arguments, 2, length(x.arguments) - 2),
        '("([^"\\]|\\.)*"(\.\.\.){0,1}|\.\.\.)(, |$)',
        '$1 '
      )
    ),
    '(^| )"([A-Za-z0-9_@%+=:,./~^-]+)"',
    '$1$2'
  ) AS command,
  COALESCE(x.execs, 0) AS execs,
  c.threads,
  c.first_seq,
  c.last_seq,
  c.start_ns,
  c.finish_ns,
  c.exit_status,
  c.signal,
  CASE c.core_dumped WHEN 1 THEN true WHEN 0 THEN false END AS core_dumped,
  c.calls,
  c.errors,
  c.call_ns
FROM children AS c
JOIN lineages AS l
  ON l.session = c.session AND l.place = c.place
LEFT JOIN commands AS x
  ON x.session = c.session AND x.number = c.number AND x.end_seq = c.end_seq
