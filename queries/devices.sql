-- title: Devices and ioctls
-- description: What was done with each device, request by request: files of character and block devices,
--   and names below /dev, /sys/devices and gpio below /sys, but not /dev/shm. What took longest comes first.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: pid integers = *: Threads that made the calls, numbers separated by commas; * is every thread.
-- parameter: path string =: Text that the path of the file holds; empty is every path.
-- parameter: from time = 0: Earliest start of a call, in nanoseconds since 1970-01-01 UTC.
-- parameter: to time = 9223372036854775807: Calls start before this, in nanoseconds since 1970-01-01 UTC.
-- column: device varchar: File of the device.
-- column: number varchar: Major and minor number, such as 1:3; NULL when the log was recorded without -yy.
-- column: executable varchar: Program that made the calls; NULL when it is not known.
-- column: operation varchar: System call; of an ioctl also the request, such as ioctl TCGETS.
-- column: calls bigint: How many.
-- column: errors bigint: Of these, calls that failed.
-- column: last_error varchar: Error of the last one that failed; NULL when none did.
-- column: bytes bigint: Bytes read or written; NULL when the calls move none.
-- column: total_us double: Time spent in the calls, microseconds; NULL without -T.
-- column: max_us double: Longest of the calls, microseconds; NULL without -T.
-- column: first_time varchar: Start of the first call, time of day in UTC (HH:MM:SS.ffffff); NULL without
--   times.
-- column: last_time varchar: Start of the last one, in the same form.
-- key: device, executable, operation
-- measures: calls, errors, bytes, total_us
-- brief: device, operation, executable, calls, errors, total_us

WITH device_calls AS (
  SELECT
    seq,
    time_ns,
    duration_ns,
    executable,
    path AS device,
    regexp_extract(COALESCE(args, '') || COALESCE(ret_text, ''), '<(char|block) ([0-9]+:[0-9]+)>', 2)
      AS number,
    CASE
      WHEN syscall = 'ioctl' THEN
        'ioctl ' || regexp_extract(
          args,
          '^[0-9]+(<([^<>]|<[^<>]*>)*>){0,1}, (_IO[A-Z]*\([^)]*\)|[^,]+)',
          3
        )
    END AS request,
    syscall,
    error,
    bytes
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND (
      fd_kind IN ('char', 'block')
      OR regexp_like(path, '^/dev/([^s]|s[^h]|sh[^m]|shm[^/])|^/sys/devices/|^/sys/.*/gpio')
    )
    AND path IS NOT NULL
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
    AND (? = '*'
      OR arrays_overlap(split(?, ','), ARRAY[CAST(pid AS VARCHAR)]))
    AND strpos(path, ?) > 0
    AND COALESCE(time_ns, 0) >= ?
    AND COALESCE(time_ns, 9223372036854775806) < ?
),
operations AS (
  SELECT
    device,
    MAX(NULLIF(number, '')) AS number,
    executable,
    COALESCE(request, syscall) AS operation,
    COUNT(*) AS calls,
    COUNT(error) AS errors,
    max_by(error, seq) FILTER (WHERE error IS NOT NULL) AS last_error,
    CAST(SUM(bytes) AS BIGINT) AS bytes,
    CAST(SUM(duration_ns) AS BIGINT) AS total_ns,
    MAX(duration_ns) AS max_ns,
    MIN(time_ns) AS first_ns,
    MAX(time_ns) AS last_ns
  FROM device_calls
  GROUP BY device, executable, COALESCE(request, syscall)
)
SELECT
  device,
  number,
  executable,
  operation,
  calls,
  errors,
  last_error,
  bytes,
  total_ns / 1e3 AS total_us,
  max_ns / 1e3 AS max_us,
  substr(CAST(from_unixtime_nanos(first_ns) AS VARCHAR), 12, 15) AS first_time,
  substr(CAST(from_unixtime_nanos(last_ns) AS VARCHAR), 12, 15) AS last_time
FROM operations
ORDER BY total_ns DESC, calls DESC, device, operation, executable
