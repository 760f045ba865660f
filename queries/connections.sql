-- title: Network connections
-- description: The peers that processes talked to over TCP, UDP and other protocols of the internet: who connected
--   to whom, with what result, and how much went to and fro, in the order in which they began. Connections
--   to one peer are told apart by their own address, which needs -yy; without it they are one row.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- column: protocol varchar: TCP, UDP, TCPv6 and so on; NULL when not known.
-- column: opened varchar: How the process came by it: connect, accept, or NULL when the log shows neither, such as datagrams or a
--   socket that was inherited.
-- column: local_address varchar: Own address and port; NULL when not known.
-- column: remote_address varchar: Address and port of the peer.
-- column: names varchar: Names for which DNS servers gave the session that IPv4 address (port 53, messages as in dns_names),
--   separated by a comma and a space; NULL when it was not looked up here.
-- column: process integer: Process that used it; NULL when the log names none.
-- column: executable varchar: Program that used it first; NULL when it is not known.
-- column: result varchar: connected, in progress (a connect that did not wait, and no sign of its end), unfinished, or the error
--   of the connect, such as ECONNREFUSED; NULL when the log shows no data and no connect.
-- column: attempts bigint: Calls of connect and accept.
-- column: connect_ms double: Time until it was connected, in milliseconds: in the connect itself or, when that did not wait, until
--   the socket was asked for its error or first used. NULL when it was not, or without times or -T.
-- column: bytes_in bigint: Bytes received; those of recvmmsg are not known and not counted.
-- column: bytes_out bigint: Bytes sent; those of sendmmsg are not known, and those of sendfile not counted.
-- column: calls bigint: Calls that sent or received.
-- column: errors bigint: Calls of these that failed, but for EAGAIN.
-- column: first varchar: Start of the first call, time of day in UTC (HH:MM:SS.ffffff); NULL when the log has no times.
-- column: last varchar: Start of the last call, in the same form.
-- column: first_seq bigint: Line of the log on which the first call completed.
-- key: protocol, opened, local_address, remote_address, executable, result
-- measures: attempts, bytes_in, bytes_out, calls, errors
-- brief: remote_address, names, executable, result, bytes_in, bytes_out, opened, protocol

WITH socket_calls AS (
  SELECT
    seq,
    time_ns,
    duration_ns,
    COALESCE(process, 0) AS number,
    process,
    executable,
    syscall,
    -- accept is about the new socket, not the one that listens
    CASE WHEN syscall LIKE 'accept%' THEN ret ELSE fd END AS socket,
    protocol,
    local_address,
    COALESCE(
      remote_address,
      -- of a connect that never returned only the arguments tell the peer
      CASE
        WHEN syscall = 'connect' AND args LIKE '%AF_INET, %' THEN
          NULLIF(regexp_extract(args, 'inet_addr\("([0-9.]+)"', 1), '') || ':'
            || regexp_extract(args, 'htons\(([0-9]+)\)', 1)
        WHEN syscall = 'connect' AND args LIKE '%AF_INET6, %' THEN
          '[' || NULLIF(regexp_extract(args, 'AF_INET6, "([^"]+)"', 1), '') || ']:'
            || regexp_extract(args, 'htons\(([0-9]+)\)', 1)
      END
    ) AS remote_address,
    CASE
      WHEN syscall = 'connect' THEN 'connect'
      WHEN syscall LIKE 'accept%' THEN 'accept'
      WHEN syscall = 'getsockopt' AND args LIKE '%SO_ERROR%' THEN 'check'
      WHEN syscall IN (
        'read', 'readv', 'write', 'writev', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg', 'send', 'sendto',
        'sendmsg', 'sendmmsg', 'recvmmsg_time64'
      ) THEN 'transfer'
    END AS use,
    CASE
      WHEN syscall = 'getsockopt' THEN
        NULLIF(regexp_extract(args, 'SO_ERROR, \[([A-Z0-9]+)\]', 1), '')
    END AS socket_error,
    ret,
    error,
    bytes,
    direction
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND fd_kind = 'socket'
),
neighbours AS (
  SELECT
    *,
    LEAD(local_address) OVER (PARTITION BY number, socket ORDER BY seq) AS next_local_address,
    LEAD(remote_address) OVER (PARTITION BY number, socket ORDER BY seq) AS next_remote_address
  FROM socket_calls
),
peers AS (
  SELECT
    *,
    -- the decoration of a connect is older than its own address, that of an accept tells the listener's
    CASE
      WHEN use IN ('connect', 'accept') AND next_remote_address = remote_address THEN next_local_address
      ELSE local_address
    END AS own_address
  FROM neighbours
  WHERE use IS NOT NULL
    AND regexp_like(remote_address, '^(\[.*\]|[0-9.]+):[0-9]+$')
),
connections AS (
  SELECT
    protocol,
    own_address,
    remote_address,
    process,
    MIN_BY(executable, CASE WHEN executable IS NOT NULL THEN seq END) AS executable,
    COUNT(CASE WHEN use = 'connect' THEN 1 END) AS connects,
    COUNT(CASE WHEN use = 'accept' THEN 1 END) AS accepts,
    COUNT(CASE WHEN (use = 'connect' AND ret = 0) OR socket_error = '0' OR bytes > 0 THEN 1 END) AS successes,
    MAX(CASE WHEN socket_error <> '0' THEN socket_error END) AS socket_error,
    MAX_BY(
      COALESCE(error, 'unfinished'),
      CASE WHEN use = 'connect' AND ret IS DISTINCT FROM 0 THEN seq END
    ) AS connect_error,
    MIN(CASE WHEN use = 'connect' THEN time_ns END) AS connect_ns,
    MIN(CASE WHEN use = 'connect' AND ret = 0 THEN duration_ns END) AS connect_duration_ns,
    MIN(CASE WHEN socket_error = '0' OR bytes > 0 THEN time_ns END) AS proof_ns,
    CAST(SUM(CASE WHEN direction = 'in' THEN bytes END) AS BIGINT) AS bytes_in,
    CAST(SUM(CASE WHEN direction = 'out' THEN bytes END) AS BIGINT) AS bytes_out,
    COUNT(CASE WHEN use = 'transfer' THEN 1 END) AS calls,
    COUNT(CASE WHEN use = 'transfer' AND error <> 'EAGAIN' THEN 1 END) AS errors,
    MIN(time_ns) AS first_ns,
    MAX(time_ns) AS last_ns,
    MIN(seq) AS first_seq
  FROM peers
  GROUP BY protocol, own_address, remote_address, process
),
answers AS (
  -- CASE, for an engine may ask conditions in another order, and args of all calls are long
  SELECT
    -- the question: labels that each follow their length, type A, class IN; never two ways to read one, for
    -- an engine that goes back would try them all
    CASE
      WHEN is_answer THEN
        regexp_extract(
          args,
          '(((\\[0-7]{3}[A-Za-z0-9_-]|\\[0-7]{1,2}[A-Za-z_-]|\\[tnvfr][A-Za-z0-9_-])[A-Za-z0-9_-]{0,30})+)\\0\\0\\1\\0\\1',
          1
        )
    END AS labels,
    -- an answer: the name by its place, type A, class IN, time to live, four bytes
    CASE
      WHEN is_answer THEN
        regexp_extract_all(
          args,
          '\\300\\f\\0\\1\\0\\1(\\[0-7]{1,3}|\\[^0-7]|[^\\"]){4}\\0\\0{0,2}4(\\[0-7]{1,3}|\\[^0-7]|[^\\"]){4}'
        )
    END AS records
  FROM (
    SELECT
      args,
      remote_address LIKE '%:53'
        AND syscall IN ('recv', 'recvfrom', 'recvmsg', 'recvmmsg', 'read', 'readv')
        AND error IS NULL AS is_answer
    FROM calls
    WHERE session = ?
      AND kind = 'call'
      AND fd_kind = 'socket'
      AND remote_address LIKE '%:53'
  ) AS messages
  WHERE is_answer
),
named_records AS (
  SELECT DISTINCT substr(regexp_replace(labels, '\\([0-7]{1,3}|[tnvfr])', '.'), 2) AS name, record
  FROM answers
  CROSS JOIN UNNEST(records) AS r (record)
),
bytes_of_addresses AS (
  SELECT
    name,
    record,
    place,
    element_at(regexp_extract_all(record, '(\\[0-7]{1,3}|\\[^0-7]|[^\\"])'), place) AS shown
  FROM named_records
  CROSS JOIN UNNEST(ARRAY[-4, -3, -2, -1]) AS p (place)
  WHERE name <> ''
),
addresses AS (
  SELECT
    name,
    array_join(array_agg(CAST(byte AS VARCHAR) ORDER BY place), '.') AS host
  FROM (
    SELECT
      name,
      record,
      place,
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
    FROM bytes_of_addresses
  ) AS read_bytes
  GROUP BY name, record
),
names_by_address AS (
  SELECT host, array_join(array_agg(DISTINCT name ORDER BY name), ', ') AS names
  FROM addresses
  GROUP BY host
)
SELECT
  protocol,
  CASE WHEN connects > 0 THEN 'connect' WHEN accepts > 0 THEN 'accept' END AS opened,
  own_address AS local_address,
  remote_address,
  names,
  process,
  executable,
  CASE
    WHEN successes > 0 OR accepts > 0 THEN 'connected'
    WHEN socket_error IS NOT NULL THEN socket_error
    WHEN connect_error = 'EINPROGRESS' THEN 'in progress'
    ELSE connect_error
  END AS result,
  connects + accepts AS attempts,
  CASE
    WHEN connects = 0 THEN NULL
    WHEN connect_duration_ns IS NOT NULL THEN connect_duration_ns / 1e6
    WHEN connect_error = 'EINPROGRESS' AND proof_ns >= connect_ns THEN (proof_ns - connect_ns) / 1e6
  END AS connect_ms,
  COALESCE(bytes_in, 0) AS bytes_in,
  COALESCE(bytes_out, 0) AS bytes_out,
  calls,
  errors,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last,
  first_seq
FROM connections
LEFT JOIN names_by_address ON host = regexp_extract(remote_address, '^([0-9.]+):', 1)
WHERE ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY first_seq
