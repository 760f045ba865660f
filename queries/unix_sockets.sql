-- title: Unix sockets
-- description: The Unix sockets with a name that processes bound or connected to, with what result, and how much went
--   to and fro, in the order in which they began.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- column: path varchar: Path of the socket, after @ when its name is abstract.
-- column: role varchar: server (the name is of its own end), or client (of the other end).
-- column: protocol varchar: UNIX-STREAM, UNIX-DGRAM, UNIX-SEQPACKET.
-- column: process integer: Process that used it; NULL when the log names none.
-- column: executable varchar: Program that used it first; NULL when it is not known.
-- column: result varchar: connected or the error of the last connect, of a client; listening, of a server; else NULL.
-- column: connects bigint: Calls of connect.
-- column: accepts bigint: Peers that it accepted.
-- column: bytes_in bigint: Bytes received; those of a recvmmsg of more messages than strace prints are not known and not counted.
-- column: bytes_out bigint: Bytes sent; those of a sendmmsg of more messages than strace prints are not known and not counted.
-- column: errors bigint: Calls that failed, but for EAGAIN, and getpeername of a socket that has none.
-- column: first varchar: Start of the first call, time of day in UTC (HH:MM:SS.ffffff); NULL when the log has no times.
-- column: last varchar: Start of the last call, in the same form.
-- column: first_seq bigint: Line of the log on which the first call completed.
-- key: path, role, protocol, executable, result
-- measures: connects, accepts, bytes_in, bytes_out, errors
-- brief: path, role, executable, result, bytes_in, bytes_out

WITH unix_calls AS (
  SELECT
    seq,
    time_ns,
    COALESCE(process, 0) AS number,
    process,
    executable,
    syscall,
    fd,
    protocol,
    local_address,
    remote_address,
    ret,
    error,
    bytes,
    CASE
      WHEN direction IS NOT NULL THEN direction
      WHEN syscall = 'sendmmsg' THEN 'out'
      WHEN syscall LIKE 'recvmmsg%' THEN 'in'
    END AS direction,
    CASE WHEN ret > 0 AND syscall IN ('sendmmsg', 'recvmmsg', 'recvmmsg_time64') THEN args END AS list
  FROM calls
  WHERE session = ?
    AND protocol LIKE 'UNIX%'
),
-- the messages of one call, that each tell their length; of a long list strace prints the beginning only
batches AS (
  SELECT
    seq,
    CASE WHEN COUNT(bytes) = MAX(ret) THEN CAST(SUM(bytes) AS BIGINT) END AS bytes
  FROM (
    SELECT
      seq,
      ret,
      TRY_CAST(NULLIF(regexp_extract(element_at(split(message, 'msg_len='), -1), '^[0-9]+'), '') AS BIGINT) AS bytes
    FROM (
      SELECT seq, ret, split(list, '{msg_hdr=') AS pieces
      FROM unix_calls
      WHERE list IS NOT NULL
    ) AS lists
    CROSS JOIN UNNEST(pieces) WITH ORDINALITY AS m (message, place)
    WHERE place BETWEEN 2 AND ret + 1
  ) AS messages
  GROUP BY seq
),
followed AS (
  SELECT
    *,
    -- address of the last connect of this descriptor, empty when it was made or closed since
    substr(
      MAX(
        CASE
          WHEN syscall = 'connect' THEN lpad(CAST(seq AS VARCHAR), 19, '0') || COALESCE(remote_address, '')
          WHEN syscall IN ('socket', 'close') THEN lpad(CAST(seq AS VARCHAR), 19, '0')
        END
      ) OVER (PARTITION BY number, fd ORDER BY seq ROWS UNBOUNDED PRECEDING),
      20
    ) AS connected_address
  FROM unix_calls
),
named AS (
  SELECT
    f.*,
    b.bytes AS batch_bytes,
    CASE
      WHEN COALESCE(remote_address, connected_address, '') <> '' THEN 'client'
      ELSE 'server'
    END AS role,
    COALESCE(remote_address, NULLIF(connected_address, ''), local_address) AS path
  FROM followed AS f
  LEFT JOIN batches AS b ON b.seq = f.seq
  WHERE syscall NOT IN ('socket', 'close', 'dup', 'dup2', 'dup3', 'fcntl')
)
SELECT
  path,
  role,
  protocol,
  process,
  MIN_BY(executable, CASE WHEN executable IS NOT NULL THEN seq END) AS executable,
  CASE
    WHEN role = 'client' THEN
      MAX_BY(
        CASE WHEN ret = 0 THEN 'connected' ELSE COALESCE(error, 'unfinished') END,
        CASE WHEN syscall = 'connect' THEN seq END
      )
    WHEN COUNT(CASE WHEN syscall = 'listen' AND ret = 0 THEN 1 END) > 0 THEN 'listening'
  END AS result,
  COUNT(CASE WHEN syscall = 'connect' THEN 1 END) AS connects,
  COUNT(CASE WHEN syscall LIKE 'accept%' AND ret >= 0 THEN 1 END) AS accepts,
  CAST(COALESCE(SUM(CASE WHEN direction = 'in' THEN COALESCE(bytes, batch_bytes) END), 0) AS BIGINT) AS bytes_in,
  CAST(COALESCE(SUM(CASE WHEN direction = 'out' THEN COALESCE(bytes, batch_bytes) END), 0) AS BIGINT) AS bytes_out,
  COUNT(CASE WHEN error <> 'EAGAIN' AND syscall <> 'getpeername' THEN 1 END) AS errors,
  substr(CAST(from_unixtime_nanos(MIN(time_ns)) AS VARCHAR), 12, 15) AS first,
  substr(CAST(from_unixtime_nanos(MAX(time_ns)) AS VARCHAR), 12, 15) AS last,
  MIN(seq) AS first_seq
FROM named
WHERE path <> ''
  AND NOT regexp_like(path, '^(\[.*\]|[0-9.]+):[0-9]+$')
  AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
GROUP BY path, role, protocol, process
ORDER BY first_seq
