-- title: Sockets that listen
-- description: The addresses on which processes waited for others: sockets that listen, and UDP sockets bound to a
--   port, with how many peers were accepted, in the order in which they began.
-- parameter: session string: Session to report on.
-- column: protocol varchar: TCP, UDP, UNIX-STREAM and so on; NULL when not known.
-- column: state varchar: listening, bound (UDP), or the error of the bind or listen, such as EADDRINUSE.
-- column: address varchar: Address and port, or path of a Unix socket (after @ when it is abstract); port 0 when the kernel chose
--   one and the log does not tell which. NULL when not known.
-- column: process integer: Process that listens; NULL when the log names none.
-- column: executable varchar: Program it ran; NULL when it is not known.
-- column: backlog bigint: Connections that may wait to be accepted, as given to listen.
-- column: accepted bigint: Peers accepted on this address, by any process; 0 when the bind or listen failed.
-- column: start varchar: Time of the listen or bind, time of day in UTC (HH:MM:SS.ffffff); NULL when the log has no times.
-- column: seq bigint: Line of the log on which that call completed.
-- key: protocol, state, address, executable
-- measures: accepted
-- brief: address, protocol, state, executable, accepted

WITH server_calls AS (
  SELECT
    seq,
    time_ns,
    process,
    COALESCE(process, 0) AS number,
    executable,
    syscall,
    fd,
    protocol,
    COALESCE(
      -- the address of an accept is that of the new socket; the decoration is the listener's
      CASE
        WHEN syscall LIKE 'accept%' THEN
          NULLIF(regexp_extract(args, '^[a-z=]*[0-9]+<[A-Z]+(v6){0,1}:\[([^>]*)\]>', 2), '')
      END,
      local_address,
      -- of a bind that failed only the arguments tell the address
      CASE
        WHEN args LIKE '%AF_INET, %' THEN
          NULLIF(regexp_extract(args, 'inet_addr\("([0-9.]+)"', 1), '') || ':'
            || regexp_extract(args, 'htons\(([0-9]+)\)', 1)
        WHEN args LIKE '%AF_INET6, %' THEN
          '[' || NULLIF(regexp_extract(args, 'AF_INET6, "([^"]+)"', 1), '') || ']:'
            || regexp_extract(args, 'htons\(([0-9]+)\)', 1)
        ELSE NULLIF(regexp_extract(args, 'sun_path=(@{0,1}"[^"]*")', 1), '')
      END
    ) AS address,
    args,
    ret,
    error
  FROM calls
  WHERE session = ?
    AND syscall IN ('bind', 'listen', 'accept', 'accept4', 'getsockname')
),
neighbours AS (
  SELECT
    *,
    LEAD(syscall) OVER (PARTITION BY number, fd ORDER BY seq) AS next_syscall,
    LEAD(address) OVER (PARTITION BY number, fd ORDER BY seq) AS next_address
  FROM server_calls
),
addressed AS (
  SELECT
    *,
    -- the kernel chooses a port in place of 0
    CASE
      WHEN address LIKE '%:0' AND (next_syscall LIKE 'accept%' OR next_syscall = 'getsockname') THEN
        next_address
      ELSE address
    END AS own_address
  FROM neighbours
),
counted AS (
  SELECT
    *,
    COUNT(CASE WHEN syscall LIKE 'accept%' AND ret >= 0 THEN 1 END) OVER (
      PARTITION BY protocol, own_address
    ) AS accepted
  FROM addressed
)
SELECT
  protocol,
  CASE
    WHEN error IS NOT NULL THEN error
    WHEN syscall = 'listen' THEN 'listening'
    ELSE 'bound'
  END AS state,
  replace(own_address, '"', '') AS address,
  process,
  executable,
  CASE
    WHEN syscall = 'listen' THEN TRY_CAST(NULLIF(regexp_extract(args, ', [a-z=]*([0-9]+)$', 1), '') AS BIGINT)
  END AS backlog,
  CASE WHEN error IS NULL THEN accepted ELSE 0 END AS accepted,
  substr(CAST(from_unixtime_nanos(time_ns) AS VARCHAR), 12, 15) AS start,
  seq
FROM counted
WHERE syscall = 'listen'
  OR (syscall = 'bind' AND error IS NOT NULL)
  OR (syscall = 'bind' AND (protocol LIKE 'UDP%' OR protocol = 'UNIX-DGRAM') AND ret = 0)
ORDER BY seq
