-- title: What calls do to files
-- description: A row for each file that a call names and what the call does to it: two rows for a call
--   that takes two files, such as rename or copy_file_range. Sockets are no files, but the names that
--   they are bound to are. A call that failed has the use that it was meant for. Opening is a read with
--   O_RDONLY, a write with flags that let the file change, and an open with O_PATH or O_DIRECTORY; a map
--   is memory mapped to read or to execute; list reads a directory; query is stat, access, readlink and
--   the like; create makes a name (mkdir, mknod, symlink, bind, new name of link and rename); remove is
--   unlink, rmdir and the old name of rename; change sets mode, owner, times and attributes.
-- column: session varchar: Session the call belongs to.
-- column: seq bigint: Line of the log on which the call completed; order by it.
-- column: time_ns bigint: Start of the call, nanoseconds since 1970-01-01 UTC; NULL when the log has no times.
-- column: duration_ns bigint: Time spent in the call, nanoseconds; NULL without -T, and on the second row of a call.
-- column: pid integer: Thread that made the call.
-- column: process integer: Process of that thread.
-- column: executable varchar: Program that made the call; NULL when it is not known.
-- column: syscall varchar: Name of the system call.
-- column: path varchar: The file; of an open that succeeded the one that was opened, symbolic links resolved when
--   the log was recorded with -y.
-- column: other_path varchar: The other name of a rename or a link; NULL on other calls.
-- column: file_use varchar: What the call does: read, write, map, execute, list, query, create, remove, change, open, or
--   other (close, seek and the like).
-- column: is_open boolean: Whether the call is open, openat, openat2 or creat.
-- column: succeeded boolean: Whether the call returned, and without an error.
-- column: bytes bigint: Bytes that the call read or wrote; NULL when it is about something else.
-- column: error varchar: Symbol of the error, such as ENOENT; NULL when the call did not fail.
-- column: args varchar: Arguments of the call as printed.

SELECT
  session, seq, time_ns, duration_ns, pid, process, executable, syscall, path, other_path,
  file_use, is_open, succeeded, bytes, error, args
FROM (
  SELECT
    session,
    seq,
    time_ns,
    CASE WHEN COALESCE(place, 1) = 1 THEN duration_ns END AS duration_ns,
    pid,
    process,
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
    bytes,
    error,
    args
  FROM calls
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
  WHERE kind = 'call'
    AND path IS NOT NULL
    AND (COALESCE(fd_kind, '') <> 'socket' OR syscall IN ('bind', 'splice'))
) AS file_calls
WHERE place IS NULL OR path IS NOT NULL
