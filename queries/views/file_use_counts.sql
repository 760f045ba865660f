-- title: Uses of files, counted
-- description: The rows of file_uses, those of calls that look the same counted instead of one by one: the
--   same program, call, files, arguments and error. For questions about a whole session, which an engine
--   answers in less time from fewer rows. Calls that read count by themselves when what they read differs,
--   since that is among their arguments.
-- column: session varchar: Session the calls belong to.
-- column: executable varchar: Program that made the calls; NULL when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: path varchar: The file; of an open that succeeded the one that was opened, symbolic links resolved when
--   the log was recorded with -y.
-- column: other_path varchar: The other name of a rename or a link; NULL on other calls.
-- column: file_use varchar: What the calls do: read, write, map, execute, list, query, create, remove, change, open, or
--   other (close, seek and the like).
-- column: is_open boolean: Whether the call is open, openat, openat2 or creat.
-- column: succeeded boolean: Whether the calls returned, and without an error.
-- column: error varchar: Symbol of the error, such as ENOENT; NULL when the calls did not fail.
-- column: args varchar: Arguments of the calls as printed.
-- column: calls bigint: How many calls these are.
-- column: bytes bigint: Bytes that they read or wrote; NULL when they are about something else.
-- column: first_seq bigint: Line of the log on which the first of them completed.
-- column: last_seq bigint: Line of the log on which the last of them completed.
-- column: named_path varchar: The first file among the arguments, symbolic links not followed.

SELECT
  session, executable, syscall, path, other_path, file_use, is_open, succeeded, error, args,
  calls, bytes, first_seq, last_seq, named_path
FROM (
  SELECT
    session,
    executable,
    syscall,
    place,
    CASE
      WHEN known_use = 'open' THEN
        CASE WHEN error IS NULL THEN element_at(paths, -1) ELSE path END
      WHEN place IS NULL THEN path
      WHEN known_use = 'create' THEN element_at(paths, 2)
      WHEN syscall = 'copy_file_range' THEN
        CASE WHEN place = 1 THEN path WHEN strpos(args, '<') > 0 THEN element_at(paths, -1) END
      WHEN syscall IN ('sendfile', 'sendfile64') THEN
        CASE
          WHEN place = 1 THEN element_at(paths, -1)
          WHEN regexp_like(args, '^[0-9]+</') THEN path
        END
      WHEN syscall = 'splice' THEN
        CASE
          WHEN place = 1 AND regexp_like(args, '^[0-9]+(</|,)') THEN path
          WHEN place = 2 AND regexp_like(args, '^[^,]*, [^,]*, [0-9]+</') THEN element_at(paths, -1)
        END
      ELSE path
    END AS path,
    CASE
      WHEN place = 1 AND known_use IN ('remove', 'other') THEN element_at(paths, 2)
      WHEN place = 2 AND known_use = 'create' THEN path
    END AS other_path,
    CASE
      WHEN known_use = 'open' THEN
        CASE
          WHEN syscall = 'creat' THEN 'write'
          WHEN regexp_like(args, 'O_(WRONLY|RDWR|CREAT|TRUNC)[^"]*$') THEN 'write'
          WHEN regexp_like(args, 'O_(PATH|DIRECTORY)[^"]*$') THEN 'open'
          WHEN regexp_like(args, 'O_RDONLY[^"]*$') THEN 'read'
          ELSE 'open'
        END
      WHEN known_use = 'map' THEN
        CASE
          WHEN strpos(args, 'PROT_WRITE') > 0 AND strpos(args, 'MAP_SHARED') > 0 THEN 'write'
          ELSE 'map'
        END
      WHEN place = 1 AND known_use = 'remove' AND strpos(args, 'RENAME_EXCHANGE') > 0
        THEN 'create'
      ELSE COALESCE(known_use, 'other')
    END AS file_use,
    COALESCE(known_use = 'open', false) AS is_open,
    error IS NULL AND ret IS NOT NULL AS succeeded,
    error,
    args,
    calls,
    bytes,
    first_seq,
    last_seq,
    element_at(paths, 1) AS named_path
  FROM (
    SELECT
      session,
      executable,
      syscall,
      path,
      paths,
      args,
      error,
      fd_kind,
      CASE WHEN ret IS NOT NULL THEN 0 END AS ret,
      COUNT(*) AS calls,
      CAST(SUM(bytes) AS BIGINT) AS bytes,
      MIN(seq) AS first_seq,
      MAX(seq) AS last_seq
    FROM calls
    WHERE kind = 'call'
      AND path IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ) AS forms
  LEFT JOIN (
    SELECT known_use, place, name
    FROM (
      VALUES
        ('open', NULL, 'open openat openat2 creat'),
        ('read', NULL, 'read readv pread64 preadv preadv2'),
        ('write', NULL, 'write writev pwrite64 pwritev pwritev2 truncate ftruncate fallocate'),
        ('write', NULL, 'truncate64 ftruncate64'),
        ('map', NULL, 'mmap mmap2 old_mmap'),
        ('execute', NULL, 'execve execveat uselib'),
        ('list', NULL, 'getdents getdents64 readdir'),
        ('query', NULL, 'stat lstat fstat newfstatat statx access faccessat faccessat2 readlink'),
        ('query', NULL, 'readlinkat stat64 lstat64 fstat64 fstatat64 oldstat oldlstat oldfstat'),
        ('query', NULL, 'statfs fstatfs statfs64 fstatfs64 getxattr lgetxattr fgetxattr getxattrat'),
        ('query', NULL, 'listxattr llistxattr flistxattr listxattrat name_to_handle_at file_getattr'),
        ('create', NULL, 'mkdir mkdirat mknod mknodat symlink symlinkat bind'),
        ('remove', NULL, 'unlink unlinkat rmdir'),
        ('change', NULL, 'chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat chown32'),
        ('change', NULL, 'lchown32 fchown32 utime utimes futimesat utimensat utimensat_time64'),
        ('change', NULL, 'setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr'),
        ('change', NULL, 'fremovexattr removexattrat file_setattr'),
        ('remove', 1, 'rename renameat renameat2'),
        ('create', 2, 'rename renameat renameat2'),
        ('other', 1, 'link linkat'),
        ('create', 2, 'link linkat'),
        ('read', 1, 'copy_file_range splice sendfile sendfile64'),
        ('write', 2, 'copy_file_range splice sendfile sendfile64')
    ) AS uses_by_name (known_use, place, names)
    CROSS JOIN UNNEST(split(names, ' ')) AS split_names (name)
  ) AS known
    ON name = syscall
  WHERE (COALESCE(fd_kind, '') <> 'socket' OR syscall IN ('bind', 'splice'))
) AS file_calls
WHERE place IS NULL OR path IS NOT NULL
