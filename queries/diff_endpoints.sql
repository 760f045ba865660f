-- title: Endpoints compared with another session
-- description: What addresses this session connected to, listened on, accepted from or exchanged datagrams with and
--   the base session did not, or the other way round, or more or less often. Ports from 32768 on, which the
--   kernel gives out, are replaced by a star; in paths of Unix sockets, numbers of 3 or more digits by N, and
--   runs of 8 or more hexadecimal digits by a star.
-- parameter: session string: Session to report on.
-- parameter: base session: Session to compare with, the earlier one.
-- column: change varchar: new (not in the base), gone (only in the base), or changed (in number).
-- column: role varchar: connect, listen, accept, or datagram (calls that sent or received one over UDP).
-- column: protocol varchar: TCP, UDP, UNIX-STREAM and so on.
-- column: address varchar: Address and port of the peer, of a socket that listens its own; path of a Unix socket.
-- column: base_count bigint: Calls in the base session.
-- column: head_count bigint: Calls in this session.
-- column: delta bigint: Calls more in this session; less when negative.
-- column: ratio double: Calls in this session for each in the base; NULL when there were none.

WITH head AS (
  SELECT
    CASE
      WHEN protocol LIKE 'UNIX%' THEN COALESCE(remote_address, local_address)
      WHEN syscall IN ('listen', 'bind') THEN local_address
      ELSE remote_address
    END AS address,
    protocol,
    CASE
      WHEN syscall IN ('listen', 'bind') THEN 'listen'
      WHEN syscall LIKE 'accept%' THEN 'accept'
      WHEN syscall = 'connect' THEN 'connect'
      ELSE 'datagram'
    END AS role,
    COUNT(*) AS count
  FROM calls
  WHERE session = ?
    AND protocol <> 'NETLINK'
    AND (
      syscall IN ('listen', 'connect', 'accept', 'accept4')
      OR (syscall = 'bind' AND (protocol LIKE 'UDP%' OR protocol = 'UNIX-DGRAM'))
      OR (syscall IN ('sendto', 'recvfrom', 'sendmsg', 'recvmsg') AND protocol LIKE 'UDP%')
    )
    AND (error IS NULL OR error = 'EINPROGRESS' OR syscall = 'connect')
  GROUP BY 1, 2, 3
),
base AS (
  SELECT
    CASE
      WHEN protocol LIKE 'UNIX%' THEN COALESCE(remote_address, local_address)
      WHEN syscall IN ('listen', 'bind') THEN local_address
      ELSE remote_address
    END AS address,
    protocol,
    CASE
      WHEN syscall IN ('listen', 'bind') THEN 'listen'
      WHEN syscall LIKE 'accept%' THEN 'accept'
      WHEN syscall = 'connect' THEN 'connect'
      ELSE 'datagram'
    END AS role,
    COUNT(*) AS count
  FROM calls
  WHERE session = ?
    AND protocol <> 'NETLINK'
    AND (
      syscall IN ('listen', 'connect', 'accept', 'accept4')
      OR (syscall = 'bind' AND (protocol LIKE 'UDP%' OR protocol = 'UNIX-DGRAM'))
      OR (syscall IN ('sendto', 'recvfrom', 'sendmsg', 'recvmsg') AND protocol LIKE 'UDP%')
    )
    AND (error IS NULL OR error = 'EINPROGRESS' OR syscall = 'connect')
  GROUP BY 1, 2, 3
),
sides AS (
  SELECT address, protocol, role, count AS head_count, 0 AS base_count FROM head
  UNION ALL
  SELECT address, protocol, role, 0 AS head_count, count AS base_count FROM base
),
plain AS (
  SELECT
    CASE
      WHEN protocol LIKE 'UNIX%' THEN
        regexp_replace(regexp_replace(address, '[0-9a-f]{8,}', '*'), '[0-9]{3,}', 'N')
      ELSE
        regexp_replace(
          address,
          ':(3276[89]|327[7-9][0-9]|32[89][0-9]{2}|3[3-9][0-9]{3}|[4-6][0-9]{4})$',
          ':*'
        )
    END AS address,
    protocol,
    role,
    head_count,
    base_count
  FROM sides
  WHERE address <> ''
),
totals AS (
  SELECT
    role,
    protocol,
    address,
    CAST(SUM(base_count) AS BIGINT) AS base_count,
    CAST(SUM(head_count) AS BIGINT) AS head_count
  FROM plain
  GROUP BY role, protocol, address
)
SELECT
  CASE WHEN base_count = 0 THEN 'new' WHEN head_count = 0 THEN 'gone' ELSE 'changed' END AS change,
  role,
  protocol,
  address,
  base_count,
  head_count,
  head_count - base_count AS delta,
  ROUND(head_count * 1e0 / NULLIF(base_count, 0), 3) AS ratio
FROM totals
WHERE head_count <> base_count
ORDER BY change DESC, role, protocol, address
