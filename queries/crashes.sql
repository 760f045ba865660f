-- title: Processes killed by a signal
-- description: Every process that a signal killed, with the signal, its cause, and the last call of the thread that
--   received it, in the order in which they ended.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- column: process integer: Number of the process; NULL when the log names none.
-- column: pid integer: Thread that received the signal before the end, else the one whose end the log shows last.
-- column: executable varchar: Program it ran; NULL when it is not known.
-- column: signal varchar: Signal that killed it, such as SIGSEGV.
-- column: core_dumped boolean: Whether it left a core dump.
-- column: code varchar: Cause as si_code says, such as SEGV_MAPERR, or SI_USER for a signal that someone sent; NULL when not told.
-- column: address varchar: Address that it may not touch, 0x0 of a null pointer; NULL when not told.
-- column: sender integer: Process that sent the signal; NULL when the kernel did.
-- column: finish varchar: Time of the end, time of day in UTC (HH:MM:SS.ffffff); NULL when the log has no times.
-- column: last_call varchar: Last call of the thread with its arguments, cut to 200 characters; NULL when there is none.
-- column: last_result varchar: What that call returned, and its error; NULL when it did not return.
-- column: stack varchar: Call stack at the signal, innermost first, separated by commas, cut to 1000 characters; NULL without -k.
-- column: threads bigint: Threads that ended so.
-- column: seq bigint: Line of the log with the last of these ends.
-- key: executable, signal, code
-- brief: executable, signal, last_call, process, code

WITH exits AS (
  SELECT
    COALESCE(process, 0) AS number,
    process,
    seq,
    signal,
    CASE WHEN ret_text LIKE '%core dumped%' THEN 1 ELSE 0 END AS core_dumped,
    -- the first thread of a process ends last, and its end tells lives of one number apart
    MIN(CASE WHEN COALESCE(pid, 0) = COALESCE(process, 0) THEN seq END) OVER (
      PARTITION BY COALESCE(process, 0)
      ORDER BY seq
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS death,
    MAX(CASE WHEN COALESCE(pid, 0) = COALESCE(process, 0) THEN seq END) OVER (
      PARTITION BY COALESCE(process, 0)
      ORDER BY seq
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS previous_death
  FROM calls
  WHERE session = ?
    AND kind = 'exit'
    AND ret_text NOT LIKE 'superseded%'
),
deaths AS (
  SELECT
    number,
    MAX(process) AS process,
    MAX(signal) AS signal,
    MAX(core_dumped) AS core_dumped,
    COALESCE(MAX(previous_death), 0) AS previous_seq,
    MAX(seq) AS seq,
    COUNT(signal) AS threads
  FROM exits
  GROUP BY number, death
  HAVING COUNT(signal) > 0
),
threads AS (
  SELECT
    d.process,
    c.pid,
    d.signal,
    d.core_dumped,
    d.seq,
    d.threads,
    MAX_BY(c.executable, CASE WHEN c.executable IS NOT NULL THEN c.seq END) AS executable,
    MAX(CASE WHEN c.kind = 'exit' THEN c.time_ns END) AS finish_ns,
    MAX(CASE WHEN c.kind = 'exit' THEN c.seq END) AS exit_seq,
    MAX(CASE WHEN c.signal = d.signal AND c.args IS NOT NULL THEN c.seq END) AS signal_seq,
    MAX_BY(c.args, CASE WHEN c.signal = d.signal AND c.args IS NOT NULL THEN c.seq END) AS siginfo,
    MAX_BY(
      array_join(c.stack, ', '),
      CASE WHEN c.signal = d.signal AND c.args IS NOT NULL THEN c.seq END
    ) AS stack,
    MAX_BY(
      c.syscall || '(' || COALESCE(c.args, '') || ')',
      CASE WHEN c.kind = 'call' THEN c.seq END
    ) AS last_call,
    MAX_BY(
      CASE
        WHEN c.ret_text LIKE '0x%' THEN c.ret_text
        WHEN c.ret_text LIKE '<%' THEN CAST(c.ret AS VARCHAR) || c.ret_text
        ELSE concat_ws(' ', CAST(c.ret AS VARCHAR), c.ret_text)
      END,
      CASE WHEN c.kind = 'call' THEN c.seq END
    ) AS last_result
  FROM deaths AS d
  JOIN calls AS c
    ON COALESCE(c.process, 0) = d.number AND c.seq > d.previous_seq AND c.seq <= d.seq
  WHERE c.session = ?
  GROUP BY d.process, c.pid, d.signal, d.core_dumped, d.seq, d.threads
),
ranked AS (
  SELECT
    *,
    MAX(finish_ns) OVER (PARTITION BY seq) AS death_ns,
    ROW_NUMBER() OVER (
      PARTITION BY seq
      ORDER BY signal_seq DESC NULLS LAST, exit_seq DESC NULLS LAST, pid
    ) AS rank
  FROM threads
)
SELECT
  process,
  pid,
  executable,
  signal,
  core_dumped = 1 AS core_dumped,
  NULLIF(regexp_extract(siginfo, 'si_code=([A-Z_]+)', 1), '') AS code,
  replace(NULLIF(regexp_extract(siginfo, 'si_addr=([^,}]+)', 1), ''), 'NULL', '0x0') AS address,
  TRY_CAST(NULLIF(regexp_extract(siginfo, 'si_pid=([0-9]+)', 1), '') AS INTEGER) AS sender,
  substr(CAST(from_unixtime_nanos(death_ns) AS VARCHAR), 12, 15) AS finish,
  substr(last_call, 1, 200) AS last_call,
  NULLIF(last_result, '') AS last_result,
  NULLIF(substr(stack, 1, 1000), '') AS stack,
  threads,
  seq
FROM ranked
WHERE rank = 1
ORDER BY seq
