-- title: Names looked up
-- description: The names that processes asked DNS servers for (port 53), read out of the messages they sent and
--   received, with the servers' answers, in the order in which they were first asked. Messages that -s cut, that
--   are printed in hexadecimal or that hold labels of more than 31 characters are not read.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that asked, whole path or last name; * is every program.
-- column: name varchar: Name asked for.
-- column: type varchar: Kind of record asked for, such as A, AAAA or PTR; another one as strace prints the byte.
-- column: server varchar: Address and port of the server.
-- column: process integer: Process that asked; NULL when the log names none.
-- column: executable varchar: Program that asked; NULL when it is not known.
-- column: queries bigint: Messages that asked.
-- column: answers bigint: Messages that answered.
-- column: result varchar: Result in the last answer: NOERROR, NXDOMAIN (no such name), SERVFAIL, REFUSED, FORMERR or NOTIMP; NULL
--   without an answer.
-- column: answer_ms double: From the start of the first query to the start of the call that got the first answer, in milliseconds;
--   NULL without one, or without times.
-- column: first varchar: First query or answer, time of day in UTC (HH:MM:SS.ffffff); NULL when the log has no times.
-- column: first_seq bigint: Line of the log on which it completed.
-- key: name, type, executable, result
-- measures: queries, answers
-- brief: name, type, result, answer_ms, executable, server

WITH packets AS (
  SELECT
    seq,
    time_ns,
    process,
    executable,
    remote_address AS server,
    CASE WHEN syscall LIKE 'recv%' OR syscall LIKE 'read%' THEN 'answer' ELSE 'query' END AS role,
    -- id, flags, one question, six bytes of counts, labels that each follow their length, type, class
    regexp_extract_all(
      args,
      '"(\\[0-7]{1,3}|\\[^0-7]|[^\\"]){2,4}(\\[01](\\[0-7]{1,3}|[^\\"])|\\20[0-7]\\(2[0246]){0,1}[0-7])\\0\\1(\\[0-7]{1,3}|[^\\"]){6}((\\([0-7]{1,3}|[tnvfr])[A-Za-z0-9_-]{1,31})+)\\0\\0(\\[0-7]{1,3}|\\[^0-7]|[^\\"])\\0\\1'
    ) AS messages
  FROM calls
  WHERE session = ?
    AND remote_address LIKE '%:53'
    AND syscall IN (
      'send', 'sendto', 'sendmsg', 'sendmmsg', 'write', 'writev', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg',
      'read', 'readv'
    )
    AND error IS NULL
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
),
questions AS (
  SELECT
    p.seq,
    p.time_ns,
    p.process,
    p.executable,
    p.server,
    p.role,
    regexp_extract(
      m.message,
      '((\\([0-7]{1,3}|[tnvfr])[A-Za-z0-9_-]{1,31})+)\\0\\0(\\[0-7]{1,3}|\\[^0-7]|[^\\"])\\0\\1$',
      1
    ) AS labels,
    regexp_extract(m.message, '\\0\\0(\\[0-7]{1,3}|\\[^0-7]|[^\\"])\\0\\1$', 1) AS type_byte,
    CASE
      WHEN p.role = 'answer' THEN
        regexp_extract(m.message, '\\20[0-7]\\(2[0246]){0,1}([0-7])\\0\\1', 2)
    END AS code
  FROM packets AS p
  CROSS JOIN UNNEST(p.messages) AS m (message)
),
lookups AS (
  SELECT
    substr(regexp_replace(labels, '\\([0-7]{1,3}|[tnvfr])', '.'), 2) AS name,
    CASE type_byte
      WHEN '\1' THEN 'A'
      WHEN '\2' THEN 'NS'
      WHEN '\5' THEN 'CNAME'
      WHEN '\6' THEN 'SOA'
      WHEN '\f' THEN 'PTR'
      WHEN '\17' THEN 'MX'
      WHEN '\20' THEN 'TXT'
      WHEN '\34' THEN 'AAAA'
      WHEN '!' THEN 'SRV'
      WHEN '#' THEN 'NAPTR'
      WHEN '@' THEN 'SVCB'
      WHEN 'A' THEN 'HTTPS'
      WHEN '\377' THEN 'ANY'
      ELSE type_byte
    END AS type,
    server,
    process,
    MIN_BY(executable, CASE WHEN executable IS NOT NULL THEN seq END) AS executable,
    COUNT(CASE WHEN role = 'query' THEN 1 END) AS queries,
    COUNT(CASE WHEN role = 'answer' THEN 1 END) AS answers,
    MAX_BY(code, CASE WHEN role = 'answer' THEN seq END) AS code,
    MIN(CASE WHEN role = 'query' THEN time_ns END) AS query_ns,
    MIN(CASE WHEN role = 'answer' THEN time_ns END) AS answer_ns,
    MIN(time_ns) AS first_ns,
    MIN(seq) AS first_seq
  FROM questions
  GROUP BY labels, type_byte, server, process
)
SELECT
  name,
  type,
  server,
  process,
  executable,
  queries,
  answers,
  CASE code
    WHEN '0' THEN 'NOERROR'
    WHEN '1' THEN 'FORMERR'
    WHEN '2' THEN 'SERVFAIL'
    WHEN '3' THEN 'NXDOMAIN'
    WHEN '4' THEN 'NOTIMP'
    WHEN '5' THEN 'REFUSED'
    ELSE code
  END AS result,
  (answer_ns - query_ns) / 1e6 AS answer_ms,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first,
  first_seq
FROM lookups
ORDER BY first_seq, type, name
