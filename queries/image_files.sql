-- title: Files that a minimal image needs
-- description: Files that the session found there and needed: executed, mapped, read, listed or asked about
--   (stat, access), and symbolic links as far as opening and readlink tell. What it wrote before it read
--   is left out, and so is what is below /proc, /sys and /dev. The log does not show what the kernel itself
--   opens: the dynamic loader of a program (its ELF interpreter) and the interpreter of a script.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that needs the files, whole path or last name; * is every program.
-- parameter: need names = executed,mapped,read,link: Needs to give, names separated by commas; * is every need.
-- column: path varchar: File.
-- column: need varchar: executed, mapped, read, listed, asked or link: the first of these that holds; link
--   before all.
-- column: link_to varchar: Where a link leads, as readlink or -y tell; NULL for what is none.
-- column: uses bigint: Calls that needed it.
-- column: executables varchar: Programs that made them, separated by a comma and a space; NULL when none is
--   known.
-- column: first_seq bigint: Line of the log on which the first of these calls completed.
-- key: path, need
-- measures: uses
-- brief: path, need, link_to

WITH counted AS (
  SELECT syscall, path, named_path, executable, file_use, is_open, args, calls, first_seq, last_seq
  FROM file_use_counts
  WHERE session = ?
    AND succeeded
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
),
uses AS (
  SELECT
    path,
    executable,
    CASE
      WHEN file_use = 'execute' THEN 'executed'
      WHEN file_use = 'map' THEN 'mapped'
      WHEN file_use = 'read' THEN 'read'
      WHEN file_use IN ('list', 'open') THEN 'listed'
      WHEN file_use = 'query' THEN 'asked'
      WHEN is_open AND regexp_like(args, 'O_RDWR[^"]*$')
        AND NOT regexp_like(args, 'O_(CREAT|TRUNC)[^"]*$') THEN 'read'
      WHEN file_use IN ('write', 'create') THEN 'made'
    END AS need,
    CAST(SUM(calls) AS BIGINT) AS uses,
    MIN(first_seq) AS first_seq
  FROM counted
  WHERE path LIKE '/%'
    AND NOT regexp_like(path, '^/(proc|sys|dev)(/|$)')
  GROUP BY 1, 2, 3
),
links AS (
  SELECT
    path,
    MAX_BY(
      CASE WHEN target LIKE '/%' THEN target ELSE regexp_extract(path, '^.*/') || target END,
      last_seq
    ) AS link_to,
    CAST(SUM(calls) AS BIGINT) AS uses,
    MIN(first_seq) AS first_seq,
    array_join(
      array_agg(DISTINCT executable ORDER BY executable) FILTER (WHERE executable IS NOT NULL),
      ', '
    ) AS executables
  FROM (
    SELECT
      named_path AS path,
      executable,
      CASE
        WHEN syscall IN ('readlink', 'readlinkat')
          THEN NULLIF(regexp_extract(args, '"([^"\\]|\\.)*", "(([^"\\]|\\.)*)"', 2), '')
        ELSE path
      END AS target,
      calls,
      first_seq,
      last_seq
    FROM counted
    WHERE syscall IN ('open', 'openat', 'openat2', 'readlink', 'readlinkat')
  ) AS followed
  WHERE target <> path
    AND path LIKE '/%'
    AND NOT regexp_like(path, '^/(proc|sys|dev)(/|$)')
  GROUP BY path
),
needed AS (
  SELECT
    COALESCE(further.link_to, link.link_to, uses.path) AS path,
    MIN(
      CASE need
        WHEN 'executed' THEN 1 WHEN 'mapped' THEN 2 WHEN 'read' THEN 3 WHEN 'listed' THEN 4
        WHEN 'asked' THEN 5
      END
    ) AS need,
    CAST(SUM(CASE WHEN need <> 'made' THEN uses.uses END) AS BIGINT) AS uses,
    MIN(CASE WHEN need <> 'made' THEN uses.first_seq END) AS first_seq,
    MIN(CASE WHEN need = 'made' THEN uses.first_seq END) AS made_seq,
    array_join(
      array_agg(DISTINCT uses.executable ORDER BY uses.executable)
        FILTER (WHERE uses.executable IS NOT NULL AND need <> 'made'),
      ', '
    ) AS executables
  FROM uses
  LEFT JOIN links AS link ON link.path = uses.path
  LEFT JOIN links AS further ON further.path = link.link_to
  WHERE need IS NOT NULL
  GROUP BY 1
),
files AS (
  SELECT path, 'link' AS need, link_to, uses, executables, first_seq
  FROM links
  UNION ALL
  SELECT
    path,
    element_at(ARRAY['executed', 'mapped', 'read', 'listed', 'asked'], need) AS need,
    NULL AS link_to,
    uses,
    executables,
    first_seq
  FROM needed
  WHERE need IS NOT NULL
    AND first_seq <= COALESCE(made_seq, first_seq)
    AND path NOT IN (SELECT path FROM links)
)
SELECT path, need, link_to, uses, executables, first_seq
FROM files
WHERE arrays_overlap(split(?, ','), ARRAY['*', need])
ORDER BY path
