-- title: Names looked up
-- description: The names that processes asked DNS servers for (port 53), read out of the messages they sent and
--   received, with the servers' answers, in the order in which they were first asked. Messages that -s cut
--   within the question, or that are printed in hexadecimal, are not read.
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

WITH lookups AS (
  SELECT
    name,
    type,
    server,
    process,
    MIN_BY(executable, CASE WHEN executable IS NOT NULL THEN seq END) AS executable,
    COUNT(CASE WHEN role = 'query' THEN 1 END) AS queries,
    COUNT(CASE WHEN role = 'answer' THEN 1 END) AS answers,
    MAX_BY(result, CASE WHEN role = 'answer' THEN seq END) AS result,
    MIN(CASE WHEN role = 'query' THEN time_ns END) AS query_ns,
    MIN(CASE WHEN role = 'answer' THEN time_ns END) AS answer_ns,
    MIN(time_ns) AS first_ns,
    MIN(seq) AS first_seq
  FROM dns_messages
  WHERE session = ?
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
  GROUP BY name, type, server, process
)
SELECT
  name,
  type,
  server,
  process,
  executable,
  queries,
  answers,
  result,
  (answer_ns - query_ns) / 1e6 AS answer_ms,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first,
  first_seq
FROM lookups
ORDER BY first_seq, type, name
