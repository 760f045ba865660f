-- title: Files compared with another session
-- description: What this session did to files and the base session did not, or the other way round, or more or less
--   often. Only calls that succeeded count. Parts of paths that differ from run to run are replaced before
--   they are compared: the number below /proc and after task by N; names that mkstemp and Python make below
--   /tmp, /var/tmp and /dev/shm by their fixed part and a star; UUIDs, hashes of 8 or more hexadecimal digits
--   and Nix's by a star; numbers of 5 or more digits, and of 3 or more below /tmp, /var/tmp, /dev/shm, /run
--   and /var/run, by N.
-- parameter: session string: Session to report on.
-- parameter: uses names = read,write,map,execute,list,create,remove,change: What was done to the files; * is everything.
-- parameter: uses names = read,write,map,execute,list,create,remove,change: What was done to the files; * is everything.
-- parameter: base session: Session to compare with, the earlier one.
-- parameter: uses names = read,write,map,execute,list,create,remove,change: What was done to the files; * is everything.
-- parameter: uses names = read,write,map,execute,list,create,remove,change: What was done to the files; * is everything.
-- column: change varchar: new (not in the base), gone (only in the base), or changed (in number).
-- column: path varchar: The file, parts replaced as described.
-- column: use varchar: What was done to it: read, write, map, execute, list, create, remove, change...
-- column: base_count bigint: Calls in the base session.
-- column: head_count bigint: Calls in this session.
-- column: delta bigint: Calls more in this session; less when negative.
-- column: ratio double: Calls in this session for each in the base; NULL when there were none.

WITH head AS (
  SELECT path, file_use, CAST(SUM(calls) AS BIGINT) AS count
  FROM file_use_counts
  WHERE session = ?
    AND succeeded
    AND file_use IN (
      SELECT name
      FROM (
        VALUES ('read'), ('write'), ('map'), ('execute'), ('list'), ('query'), ('create'), ('remove'),
          ('change'), ('open'), ('other')
      ) AS n (name)
      WHERE arrays_overlap(split(?, ','), ARRAY['*'])
        OR arrays_overlap(split(?, ','), ARRAY[name])
    )
  GROUP BY path, file_use
),
base AS (
  SELECT path, file_use, CAST(SUM(calls) AS BIGINT) AS count
  FROM file_use_counts
  WHERE session = ?
    AND succeeded
    AND file_use IN (
      SELECT name
      FROM (
        VALUES ('read'), ('write'), ('map'), ('execute'), ('list'), ('query'), ('create'), ('remove'),
          ('change'), ('open'), ('other')
      ) AS n (name)
      WHERE arrays_overlap(split(?, ','), ARRAY['*'])
        OR arrays_overlap(split(?, ','), ARRAY[name])
    )
  GROUP BY path, file_use
),
sides AS (
  SELECT path, file_use AS detail, count AS head_count, 0 AS base_count FROM head
  UNION ALL
  SELECT path, file_use AS detail, 0 AS head_count, count AS base_count FROM base
),
temporary AS (
  SELECT
    CASE
      WHEN regexp_like(path, '^(/var)*/tmp/|^/dev/shm/') THEN
        regexp_replace(
          regexp_replace(
            regexp_replace(path, '/tmp[a-z0-9_]{8}($|[/._-])', '/tmp*$1'),
            '/cc[A-Za-z0-9]{6}($|[/.])',
            '/cc*$1'
          ),
          '([._-])[A-Za-z0-9]{6}($|/)',
          '$1*$2'
        )
      ELSE path
    END AS path,
    detail,
    head_count,
    base_count
  FROM sides
),
hashed AS (
  SELECT
    regexp_replace(
      regexp_replace(
        regexp_replace(regexp_replace(path, '^/proc/[0-9]+', '/proc/N'), '/task/[0-9]+', '/task/N'),
        '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
        '*'
      ),
      '^/nix/store/[0-9a-z]{32}',
      '/nix/store/*'
    ) AS path,
    detail,
    head_count,
    base_count
  FROM temporary
),
numbered AS (
  SELECT
    CASE
      WHEN regexp_like(path, '^((/var)*/(tmp|run)|/dev/shm)/') THEN
        regexp_replace(regexp_replace(path, '[0-9a-f]{8,}', '*'), '[0-9]{3,}', 'N')
      ELSE regexp_replace(regexp_replace(path, '[0-9a-f]{8,}', '*'), '[0-9]{5,}', 'N')
    END AS path,
    detail,
    head_count,
    base_count
  FROM hashed
),
totals AS (
  SELECT
    path,
    detail,
    CAST(SUM(base_count) AS BIGINT) AS base_count,
    CAST(SUM(head_count) AS BIGINT) AS head_count
  FROM numbered
  GROUP BY path, detail
)
SELECT
  CASE WHEN base_count = 0 THEN 'new' WHEN head_count = 0 THEN 'gone' ELSE 'changed' END AS change,
  path,
  detail AS use,
  base_count,
  head_count,
  head_count - base_count AS delta,
  ROUND(head_count * 1e0 / NULLIF(base_count, 0), 3) AS ratio
FROM totals
WHERE head_count <> base_count
ORDER BY change DESC, path, use
