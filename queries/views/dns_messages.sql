-- title: DNS messages
-- description: A row for each message between a process and a DNS server (port 53), over UDP or TCP, that holds one
--   question, as far as strace printed it: of what -s cut the rest is missing. Messages in hexadecimal (-x, -xx)
--   are not read, nor are names with a label of 45 or 48 to 57 characters that is not the first.
-- column: session varchar: Session the call belongs to.
-- column: seq bigint: Line of the log on which the call completed; order by it.
-- column: time_ns bigint: Start of the call, nanoseconds since 1970-01-01 UTC; NULL when the log has no times.
-- column: process integer: Process that sent or received it.
-- column: executable varchar: Program that did; NULL when it is not known.
-- column: server varchar: Address and port of the server.
-- column: role varchar: query (it was sent) or answer (it was received).
-- column: name varchar: Name asked for.
-- column: type varchar: Kind of record asked for, such as A, AAAA or PTR; another one as strace prints the byte.
-- column: result varchar: Result of an answer: NOERROR, NXDOMAIN (no such name), SERVFAIL, REFUSED, FORMERR or NOTIMP; NULL of a query.
-- column: addresses varchar: Addresses in an answer to A or AAAA, also those of a name that the one asked for is an alias of,
--   separated by a comma and a space; IPv6 in eight groups without leading zeros; NULL when there are none.

WITH texts AS (
  SELECT
    session,
    seq,
    time_ns,
    process,
    executable,
    COALESCE(protocol LIKE 'UDP%', false) AS is_datagram,
    CASE WHEN syscall LIKE 'recv%' OR syscall LIKE 'read%' THEN 'answer' ELSE 'query' END AS role,
    COALESCE(
      server,
      NULLIF(regexp_extract(piece, 'inet_addr\("([0-9.]+)"', 1), '') || ':53',
      '[' || regexp_extract(piece, 'AF_INET6, "([^"]+)"', 1) || ']:53'
    ) AS server,
    -- what is printed of the message, up to where -s cut it, its commas as numbers; without its id or length, so
    -- that what was asked and answered many times is read once
    regexp_replace(
      replace(
        CASE
          WHEN strpos(piece, 'iov_base=') > 0 THEN
            regexp_extract(
              array_join(regexp_extract_all(piece, 'iov_base="((\\.|[^"\\])*("\.\.\.){0,1})', 1), ''),
              '^(\\.|[^"\\])*'
            )
          ELSE regexp_extract(piece, '"((\\.|[^"\\])*)', 1)
        END,
        ',',
        '\054'
      ),
      '^(\\[0-7]{1,3}|\\.|[^\\]){2}',
      ''
    ) AS text
  FROM (
    SELECT
      session,
      seq,
      time_ns,
      process,
      executable,
      syscall,
      protocol,
      remote_address AS server,
      split(args, '{msg_hdr=') AS pieces
    FROM calls
    WHERE kind = 'call'
      AND fd_kind = 'socket'
      AND error IS NULL
      AND (remote_address LIKE '%:53' OR (remote_address IS NULL AND syscall LIKE '%mmsg%'))
      AND syscall IN (
        'send', 'sendto', 'sendmsg', 'sendmmsg', 'write', 'writev', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg',
        'recvmmsg_time64', 'read', 'readv'
      )
  ) AS packets
  CROSS JOIN UNNEST(pieces) AS p (piece)
  WHERE server IS NOT NULL
    OR piece LIKE '{msg_name={sa_family=%htons(53)%'
),
spelled AS (
  SELECT
    session,
    role,
    is_datagram,
    text,
    -- a comma before each byte, and no more zeros in its number than needed
    CASE
      WHEN regexp_like(text, '\\0[0-7]') THEN
        regexp_replace(
          regexp_replace(text, '(\\[0-7]{1,3}|\\.|[^\\])', ',$1'),
          '(,\\)0{1,2}([0-7])',
          '$1$2'
        )
      ELSE regexp_replace(text, '(\\[0-7]{1,3}|\\.|[^\\])', ',$1')
    END AS bytes
  FROM (
    SELECT DISTINCT session, role, is_datagram, text
    FROM texts
  ) AS told
),
messages AS (
  SELECT
    session,
    role,
    is_datagram,
    text,
    part,
    -- id over TCP, flags, counts; labels, type and class of the question; all the rest
    split(
      regexp_replace(
        message,
        '^(|,[^,]+,[^,]+|,[^,]+,[^,]+,[^,]+,[^,]+),(\\[0-7]|\\20[0-7]),([^,]+),\\0,\\1(,[^,]+){6}((,(\\[^0,]|[^\\,])[^,]*)+),\\0,\\0,([^,]+),\\0,\\1(,.*|)$',
        '$3,,$5,,$8'
      ),
      ',,'
    ) AS question,
    -- addresses: end of a name, type, class, time to live, length, bytes; what comes with the first NS or SOA
    -- is not the answer
    CASE
      WHEN role = 'answer' THEN
        regexp_extract_all(
          message,
          '(,\\3[0-7]{2},[^,]+|,\\0),\\0(,\\1,\\0,\\1(,[^,]+){4},\\0,\\4(,[^,]+){4}|,\\34,\\0,\\1(,[^,]+){4},\\0,\\20(,[^,]+){16}|,\\[26],\\0,\\1.*)',
          2
        )
    END AS records
  FROM (
    SELECT
      session,
      role,
      is_datagram,
      text,
      -- over TCP several may follow each other, each after its length
      split(
        CASE
          WHEN is_datagram THEN bytes
          WHEN role = 'answer' THEN
            regexp_replace(bytes, '((,[^,]+){4},\\20[0-7],[^,]+,\\0,\\1(,\\0,[^,]+){3})', ',,$1')
          ELSE regexp_replace(bytes, '((,[^,]+){4},\\[0-7],[^,]+,\\0,\\1(,\\0,[^,]+){3})', ',,$1')
        END,
        ',,'
      ) AS parts
    FROM spelled
  ) AS streams
  CROSS JOIN UNNEST(parts) WITH ORDINALITY AS m (message, part)
),
address_bytes AS (
  SELECT
    session,
    record,
    place - 11 AS place,
    CASE
      WHEN regexp_like(shown, '^\\[0-7]') THEN
        CAST(substr(lpad(substr(shown, 2), 3, '0'), 1, 1) AS INTEGER) * 64
        + CAST(substr(lpad(substr(shown, 2), 3, '0'), 2, 1) AS INTEGER) * 8
        + CAST(substr(lpad(substr(shown, 2), 3, '0'), 3, 1) AS INTEGER)
      WHEN length(shown) = 2 THEN
        element_at(ARRAY[9, 10, 11, 12, 13, 34, 92], CAST(strpos('tnvfr"\', substr(shown, 2)) AS INTEGER))
      ELSE
        -- of all that is printed as it is, the mark of a question alone is not in this text
        31 + CAST(
          COALESCE(
            NULLIF(
              strpos(
                ' !"#$%&''()*+,-./0123456789:;<=> @ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~',
                shown
              ),
              0
            ),
            32
          ) AS INTEGER
        )
    END AS byte
  FROM (
    SELECT DISTINCT session, record
    FROM messages
    CROSS JOIN UNNEST(records) AS r (record)
  ) AS told
  CROSS JOIN UNNEST(split(record, ',')) WITH ORDINALITY AS b (shown, place)
  WHERE place > 10
    AND regexp_like(record, '^,\\(1|34),')
),
addresses AS (
  SELECT
    session,
    record,
    CASE
      WHEN COUNT(*) = 4 THEN array_join(array_agg(CAST(high AS VARCHAR) ORDER BY place), '.')
      ELSE
        array_join(
          array_agg(CASE WHEN place % 2 = 0 THEN lower(to_base(high * 256 + low, 16)) END ORDER BY place),
          ':'
        )
    END AS address
  FROM (
    SELECT
      session,
      record,
      place,
      byte AS high,
      LEAD(byte) OVER (PARTITION BY session, record ORDER BY place) AS low
    FROM address_bytes
  ) AS pairs
  GROUP BY session, record
),
answered AS (
  SELECT
    m.session,
    m.is_datagram,
    m.text,
    m.part,
    array_join(array_agg(a.address ORDER BY r.rank), ', ') AS addresses
  FROM messages AS m
  CROSS JOIN UNNEST(m.records) WITH ORDINALITY AS r (record, rank)
  JOIN addresses AS a
    ON a.session = m.session AND a.record = r.record
  GROUP BY m.session, m.is_datagram, m.text, m.part
)
SELECT
  session, seq, time_ns, process, executable, server, role, name,
  CASE type
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
    ELSE type
  END AS type,
  CASE
    WHEN role = 'query' THEN NULL
    WHEN code = '0' THEN 'NOERROR'
    WHEN code = '1' THEN 'FORMERR'
    WHEN code = '2' THEN 'SERVFAIL'
    WHEN code = '3' THEN 'NXDOMAIN'
    WHEN code = '4' THEN 'NOTIMP'
    WHEN code = '5' THEN 'REFUSED'
    ELSE code
  END AS result,
  CASE WHEN type IN ('\1', '\34') THEN addresses END AS addresses
FROM (
  SELECT
    t.session,
    t.seq,
    t.time_ns,
    t.process,
    t.executable,
    t.server,
    t.role,
    -- the first byte is a length, and so is each that no name holds
    substr(
      replace(regexp_replace(element_at(m.question, 2), '^,[^,]+|,\\[^,]*|,[^A-Za-z0-9_-]', '.'), ',', ''),
      2
    ) AS name,
    element_at(m.question, 3) AS type,
    NULLIF(regexp_extract(element_at(m.question, 1), '^\\(20|22|24|26|2|)([0-7])$', 2), '') AS code,
    a.addresses
  FROM texts AS t
  JOIN messages AS m
    ON m.session = t.session AND m.role = t.role AND m.is_datagram = t.is_datagram AND m.text = t.text
  LEFT JOIN answered AS a
    ON a.session = m.session
    AND a.is_datagram = m.is_datagram
    AND a.text = m.text
    AND a.part = m.part
    AND m.role = 'answer'
  WHERE element_at(m.question, 3) IS NOT NULL
    -- lengths of 45 and 48 to 57 look like a part of the name, which then is too long for the length before it
    AND NOT regexp_like(element_at(m.question, 2), ',\\[^,]*(,[A-Za-z0-9_-]){35}|(,[A-Za-z0-9_-]){64}')
) AS told
