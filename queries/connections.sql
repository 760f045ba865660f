-- title: Network connections
-- description: The peers that processes talked to over TCP, UDP and other protocols of the internet: who connected
--   to whom, with what result, and how much went to and fro, in the order in which they began. Connections
--   to one peer are told apart by their own address, which needs -yy; without it they are one row. A connect over
--   UDP without data asks only for the route: getaddrinfo does so with each address that it has found.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- column: protocol varchar: TCP, UDP, TCPv6 and so on; NULL when not known.
-- column: opened varchar: How the process came by it: connect, accept, or NULL when the log shows neither, such as datagrams or a
--   socket that was inherited.
-- column: local_address varchar: Own address and port; NULL when not known.
-- column: remote_address varchar: Address and port of the peer.
-- column: names varchar: Names that the session looked up (port 53) and got this address for, as it asked, not what they are
--   aliases of, separated by a comma and a space. NULL when it did not look up any, when -s cut the
--   answer before the address, or when strace printed it in hexadecimal.
-- column: process integer: Process that used it; NULL when the log names none.
-- column: executable varchar: Program that used it first; NULL when it is not known.
-- column: result varchar: connected, in progress (a connect that did not wait, and no sign of its end), unfinished, or the error
--   of the connect, such as ECONNREFUSED; NULL when the log shows no data and no connect.
-- column: attempts bigint: Calls of connect and accept.
-- column: connect_ms double: Time until it was connected, in milliseconds: in the connect itself or, when that did not wait, until
--   the socket was asked for its error or first used. NULL when it was not, or without times or -T.
-- column: bytes_in bigint: Bytes received; those of a recvmmsg of more messages than strace prints are not known and not counted.
-- column: bytes_out bigint: Bytes sent; those of a sendmmsg of more messages than strace prints are not known, and those of
--   sendfile only with -yy.
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
    direction,
    CASE WHEN ret > 0 AND syscall IN ('sendmmsg', 'recvmmsg', 'recvmmsg_time64') THEN args END AS list
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND fd_kind = 'socket'
  UNION ALL
  -- the descriptor of a sendfile is the file's
  SELECT
    seq,
    time_ns,
    duration_ns,
    COALESCE(process, 0) AS number,
    process,
    executable,
    syscall,
    TRY_CAST(regexp_extract(args, '^[a-z_=]*([0-9]+)<', 1) AS BIGINT) AS socket,
    regexp_extract(args, '<([A-Za-z0-9]+):', 1) AS protocol,
    regexp_extract(args, ':\[([^>]*)->', 1) AS local_address,
    regexp_extract(args, '->([^>]*)\]>', 1) AS remote_address,
    'transfer' AS use,
    CAST(NULL AS VARCHAR) AS socket_error,
    ret,
    error,
    bytes,
    direction,
    CAST(NULL AS VARCHAR) AS list
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND syscall LIKE 'sendfile%'
    AND regexp_like(args, '^[a-z_=]*[0-9]+<[A-Za-z0-9]+:\[[^>]*->[^>]*\]>')
),
neighbours AS (
  SELECT
    *,
    LEAD(syscall) OVER (PARTITION BY number, socket ORDER BY seq) AS next_syscall,
    LEAD(local_address) OVER (PARTITION BY number, socket ORDER BY seq) AS next_local_address,
    LEAD(remote_address) OVER (PARTITION BY number, socket ORDER BY seq) AS next_remote_address
  FROM socket_calls
),
-- the messages of one call, that each tell their length and, without a connect, their peer
messages AS (
  SELECT
    seq,
    ret,
    CASE
      WHEN remote_address IS NULL AND message LIKE '{msg_name={sa_family=AF_INET%' THEN
        substr(message, 1, strpos(message, '}'))
    END AS name,
    TRY_CAST(NULLIF(regexp_extract(element_at(split(message, 'msg_len='), -1), '^[0-9]+'), '') AS BIGINT) AS bytes
  FROM (
    SELECT seq, ret, remote_address, split(list, '{msg_hdr=') AS pieces
    FROM socket_calls
    WHERE list IS NOT NULL
  ) AS lists
  CROSS JOIN UNNEST(pieces) WITH ORDINALITY AS m (message, place)
  WHERE place BETWEEN 2 AND ret + 1
),
batches AS (
  SELECT
    seq,
    COALESCE(
      NULLIF(regexp_extract(name, 'inet_addr\("([0-9.]+)"', 1), '') || ':',
      '[' || NULLIF(regexp_extract(name, 'AF_INET6, "([^"]+)"', 1), '') || ']:'
    ) || regexp_extract(name, 'htons\(([0-9]+)\)', 1) AS peer,
    bytes
  FROM (
    SELECT
      seq,
      name,
      -- of a long list strace prints the beginning only
      CASE WHEN SUM(COUNT(bytes)) OVER (PARTITION BY seq) = MAX(ret) THEN CAST(SUM(bytes) AS BIGINT) END AS bytes
    FROM messages
    GROUP BY seq, name
  ) AS sums
),
peers AS (
  SELECT
    *,
    -- the decoration of a connect is older than its own address, that of an accept tells the listener's
    CASE
      WHEN use IN ('connect', 'accept') AND next_remote_address = remote_address THEN next_local_address
      ELSE local_address
    END AS own_address
  FROM (
    SELECT
      n.seq,
      n.time_ns,
      n.duration_ns,
      n.process,
      n.executable,
      n.protocol,
      -- a datagram socket that was not bound is when it has sent
      CASE
        WHEN n.local_address IS NULL AND n.use = 'transfer' AND n.next_syscall <> 'socket' THEN n.next_local_address
        ELSE n.local_address
      END AS local_address,
      COALESCE(n.remote_address, b.peer) AS remote_address,
      n.next_local_address,
      n.next_remote_address,
      n.use,
      n.socket_error,
      n.ret,
      n.error,
      COALESCE(n.bytes, b.bytes) AS bytes,
      CASE
        WHEN n.direction IS NOT NULL THEN n.direction
        WHEN n.syscall = 'sendmmsg' THEN 'out'
        WHEN n.syscall LIKE 'recvmmsg%' THEN 'in'
      END AS direction
    FROM neighbours AS n
    LEFT JOIN batches AS b ON b.seq = n.seq
    WHERE n.use IS NOT NULL
  ) AS told
  WHERE regexp_like(remote_address, '^(\[.*\]|[0-9.]+):[0-9]+$')
    AND COALESCE(protocol, '') NOT LIKE 'UNIX%'
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
names_by_address AS (
  SELECT address, array_join(array_agg(DISTINCT name ORDER BY name), ', ') AS names
  FROM (
    SELECT name, split(addresses, ', ') AS addresses
    FROM dns_messages
    WHERE session = ?
      AND addresses IS NOT NULL
  ) AS answers
  CROSS JOIN UNNEST(addresses) AS a (address)
  GROUP BY address
),
hosts AS (
  SELECT
    *,
    CASE
      -- IPv4 by way of an IPv6 socket
      WHEN regexp_like(remote_address, '[0-9.]+\]{0,1}:[0-9]+$') AND remote_address LIKE '%.%' THEN
        regexp_extract(remote_address, '([0-9.]+)\]{0,1}:[0-9]+$', 1)
      WHEN strpos(remote_address, '::') > 0 THEN
        trim(
          BOTH ':' FROM replace(
            regexp_extract(remote_address, '^\[(.*)\]:', 1),
            '::',
            -- a zero for each group that is not told; the port is one more number
            ':' || rpad(
              '',
              18 - 2 * CAST(
                length(regexp_replace(regexp_replace(remote_address, '[0-9a-f]+', 'n'), '[^n]', '')) AS INTEGER
              ),
              '0:'
            )
          )
        )
      ELSE regexp_extract(remote_address, '^\[(.*)\]:', 1)
    END AS remote_host
  FROM connections
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
FROM hosts
LEFT JOIN names_by_address ON address = remote_host
WHERE ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
ORDER BY first_seq
