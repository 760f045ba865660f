-- title: Errors explained
-- description: What failed, in which program, how often, and what it means in plain words. Errors that belong to how
--   programs ordinarily work, such as EAGAIN from a socket that does not block, say why and come last.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- column: error varchar: Symbol of the error.
-- column: syscall varchar: System call that failed.
-- column: executable varchar: Program that made the calls; NULL when it is not known.
-- column: count bigint: Calls that failed so.
-- column: share double: Percent of the program's calls of this system call.
-- column: paths bigint: Different files that these calls were about.
-- column: example varchar: File of the first of them; NULL when they are about no file.
-- column: explanation varchar: What the error means; NULL for an error that is not in our list.
-- column: expected varchar: Why it is no reason to worry; NULL when it may be one.
-- column: first_seq bigint: Line of the log on which the first of them completed.
-- key: error, syscall, executable
-- measures: count
-- brief: explanation, error, syscall, executable, count, expected

WITH session_calls AS (
  SELECT
    seq,
    executable,
    syscall,
    error,
    CASE WHEN error IS NOT NULL THEN path END AS path,
    CASE
      WHEN error = 'ENOENT' THEN
        CASE
          WHEN path LIKE '%/ld.so.preload' THEN 'preload'
          WHEN syscall = 'connect' AND path LIKE '%/nscd/%' THEN 'cache'
          WHEN regexp_like(path, '\.so(\.[0-9.]+)*$|/glibc-hwcaps/') THEN 'library'
        END
    END AS special
  FROM calls
  WHERE session = ?
    AND kind = 'call'
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
),
counts AS (
  SELECT
    error,
    syscall,
    executable,
    special,
    COUNT(*) AS count,
    COUNT(DISTINCT path) AS paths,
    MIN_BY(path, CASE WHEN path IS NOT NULL THEN seq END) AS example,
    MIN(seq) AS first_seq
  FROM session_calls
  GROUP BY error, syscall, executable, special
),
shares AS (
  SELECT
    *,
    count * 1e2 / SUM(count) OVER (PARTITION BY syscall, executable) AS share
  FROM counts
),
explanations (error, explanation) AS (
  VALUES
    ('E2BIG', 'Arguments and environment of the program are too long together.'),
    ('EACCES', 'Permissions of the file, or of a directory on the way to it, forbid it.'),
    ('EADDRINUSE', 'Something else has this address and port.'),
    ('EADDRNOTAVAIL', 'The machine has no such address, or no free port.'),
    ('EAGAIN', 'It could not be done at once, and the program had asked not to wait.'),
    ('EALREADY', 'The same was asked for before and is still going on.'),
    ('EBADF', 'The descriptor is not open, or not open for this.'),
    ('EBUSY', 'Something else is using it.'),
    ('ECHILD', 'There is no child to wait for.'),
    ('ECONNABORTED', 'The peer had gone before it was accepted.'),
    ('ECONNREFUSED', 'Nothing listens at that address.'),
    ('ECONNRESET', 'The peer broke the connection off.'),
    ('EDOM', 'A number is outside of what the call takes.'),
    ('EDQUOT', 'The quota of the user is used up.'),
    ('EEXIST', 'Something of that name exists already.'),
    ('EFAULT', 'An address in memory is not valid.'),
    ('EFBIG', 'The file would grow larger than it may.'),
    ('EHOSTUNREACH', 'There is no way to that host.'),
    ('EINPROGRESS', 'The connect goes on in the background.'),
    ('EINTR', 'A signal came while the call waited.'),
    ('EINVAL', 'The call does not take these arguments here.'),
    ('EIO', 'The device failed to read or write.'),
    ('EISCONN', 'The socket is connected already.'),
    ('EISDIR', 'It is a directory.'),
    ('ELOOP', 'Too many symbolic links, or a link where none may be followed.'),
    ('EMFILE', 'The process has as many descriptors open as it may.'),
    ('EMSGSIZE', 'The message is too long.'),
    ('ENAMETOOLONG', 'The name is too long.'),
    ('ENETUNREACH', 'There is no way to that network.'),
    ('ENFILE', 'The system has as many files open as it may.'),
    ('ENODATA', 'There is no such attribute or data.'),
    ('ENODEV', 'There is no such device, or it cannot do this.'),
    ('ENOENT', 'There is no file or directory of that name.'),
    ('ENOEXEC', 'The file is no program that the kernel can run.'),
    ('ENOMEM', 'There is not enough memory, or the address is not mapped.'),
    ('ENOPROTOOPT', 'The socket does not know the option.'),
    ('ENOSPC', 'The disk is full, or a limit of the kernel is reached.'),
    ('ENOSYS', 'The kernel does not know the call, or a filter hides it.'),
    ('ENOTCONN', 'The socket is not connected.'),
    ('ENOTDIR', 'What should be a directory is none.'),
    ('ENOTEMPTY', 'The directory is not empty.'),
    ('ENOTSOCK', 'The descriptor is no socket.'),
    ('ENOTTY', 'The device or file does not know the request.'),
    ('ENXIO', 'Nobody is at the other end, or there is no such device.'),
    ('EOPNOTSUPP', 'The file system or socket cannot do this.'),
    ('EOVERFLOW', 'A number does not fit.'),
    ('EPERM', 'Only a privileged process may do this, or a rule forbids it.'),
    ('EPIPE', 'Nobody reads at the other end any more.'),
    ('ERANGE', 'The result does not fit into the memory given for it.'),
    ('ERESTARTNOHAND', 'A signal came while the call waited; it starts again unless the signal has a handler.'),
    ('ERESTARTNOINTR', 'A signal came while the call waited; it starts again.'),
    ('ERESTARTSYS', 'A signal came while the call waited; it starts again if the handler says so.'),
    ('ERESTART_RESTARTBLOCK', 'A signal came while the call waited; it goes on for the time that is left.'),
    ('EROFS', 'The file system can only be read.'),
    ('ESPIPE', 'A pipe, socket or terminal has no position.'),
    ('ESRCH', 'There is no such process.'),
    ('ESTALE', 'The file on the server is gone.'),
    ('ETIMEDOUT', 'It took longer than the time allowed.'),
    ('ETXTBSY', 'The file is a program that is running, or is being written.'),
    ('EWOULDBLOCK', 'It could not be done at once, and the program had asked not to wait.'),
    ('EXDEV', 'The two names are on different file systems.')
)
SELECT
  s.error,
  s.syscall,
  s.executable,
  s.count,
  ROUND(s.share, 1) AS share,
  s.paths,
  s.example,
  e.explanation,
  CASE
    WHEN s.special = 'preload' THEN 'Every program looks for this file when it starts; few systems have it.'
    WHEN s.special = 'cache' THEN 'The C library looks for a cache of names that few systems run.'
    WHEN s.special = 'library' THEN 'A shared library is looked for in one directory after the other.'
    WHEN s.error = 'ENOENT' AND s.syscall LIKE 'exec%' THEN
      'A program is looked for along PATH; exec_failures tells whether it was found.'
    WHEN s.error IN ('EAGAIN', 'EWOULDBLOCK') AND s.syscall LIKE 'futex%' THEN
      'The lock was freed before the thread began to wait.'
    WHEN s.error IN ('EAGAIN', 'EWOULDBLOCK')
      AND regexp_like(s.syscall, 'read|write|recv|send|accept|splice') THEN
      'The descriptor does not block: there was nothing to read or no room to write yet.'
    WHEN s.error = 'EINPROGRESS' AND s.syscall = 'connect' THEN
      'The socket does not block; connections tells how it went on.'
    WHEN s.error = 'ENOTTY' AND s.syscall = 'ioctl' THEN
      'The program asks whether it talks to a terminal.'
    WHEN s.error = 'EINVAL' AND s.syscall LIKE 'readlink%' THEN
      'The program asks whether a name is a symbolic link, to resolve a path.'
    WHEN s.error = 'ESPIPE' AND s.syscall LIKE '%lseek' THEN
      'The program asks whether it can go back in its input.'
    WHEN s.error = 'ECHILD' AND s.syscall LIKE 'wait%' THEN
      'The program asks whether it has children left.'
    WHEN s.error = 'ETIMEDOUT' AND s.syscall LIKE 'futex%' THEN
      'The thread waited for no longer than it meant to.'
    WHEN s.error = 'EINTR' OR s.error LIKE 'ERESTART%' THEN
      'A signal interrupted it; programs and the kernel start such calls again.'
    WHEN s.error = 'EEXIST' AND s.syscall LIKE 'mkdir%' THEN
      'The directory to be made was there.'
    WHEN s.error = 'EBADF' AND s.syscall IN ('close', 'fcntl', 'fcntl64') THEN
      'The program goes through all descriptors, open or not.'
    WHEN s.error IN ('ENODATA', 'EOPNOTSUPP') AND s.syscall LIKE '%xattr%' THEN
      'The program asks for an attribute that few files have.'
    WHEN s.error = 'ENOSYS' THEN
      'The program tries a newer call and falls back to an older one.'
  END AS expected,
  s.first_seq
FROM shares AS s
LEFT JOIN explanations AS e
  ON e.error = s.error
WHERE s.error IS NOT NULL
ORDER BY CASE WHEN expected IS NULL THEN 0 ELSE 1 END, s.count DESC, s.first_seq, s.error
