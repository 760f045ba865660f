import { describe, expect, it } from 'vitest';
import { parseLog } from './parsed-log.ts';

/** One program as each of the options prints it; strace 6.1. */
const PRINTED: Record<string, readonly string[]> = {
  '-X abbrev': [
    'openat(AT_FDCWD, "/etc/hostname", O_RDONLY|O_CLOEXEC) = 3',
    'fcntl(3, F_DUPFD, 10)                   = 11',
    'fcntl(3, F_DUPFD_CLOEXEC, 20)           = 20',
    'fcntl(3, F_DUPFD, 12)                   = 12',
    'fcntl(12, F_SETFD, FD_CLOEXEC)          = 0',
    'dup3(3, 30, O_CLOEXEC)                  = 30',
    'dup2(3, 31)                             = 31',
    'openat2(AT_FDCWD, "/etc/hosts", {flags=O_RDONLY|O_CLOEXEC, resolve=0}, 24) = 4',
    'dup2(4, 32)                             = 32',
    'socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 6',
    'epoll_create1(EPOLL_CLOEXEC)            = 7',
    'memfd_create("m", MFD_CLOEXEC)          = 8',
    'dup2(3, 33)                             = 33',
    'ioctl(33, FIOCLEX)                      = 0',
    'dup2(3, 40)                             = 40',
    'close_range(40, 50, CLOSE_RANGE_CLOEXEC) = 0',
  ],
  '-X raw': [
    'openat(-100, "/etc/hostname", 0x80000)  = 3',
    'fcntl(3, 0, 10)                         = 11',
    'fcntl(3, 0x406, 20)                     = 20',
    'fcntl(3, 0, 12)                         = 12',
    'fcntl(12, 0x2, 0x1)                     = 0',
    'dup3(3, 30, 0x80000)                    = 30',
    'dup2(3, 31)                             = 31',
    'openat2(-100, "/etc/hosts", {flags=0x80000, resolve=0}, 24) = 4',
    'dup2(4, 32)                             = 32',
    'socket(0x1, 0x1|0x80000, 0)             = 6',
    'epoll_create1(0x80000)                  = 7',
    'memfd_create("m", 0x1)                  = 8',
    'dup2(3, 33)                             = 33',
    'ioctl(33, 0x5451)                       = 0',
    'dup2(3, 40)                             = 40',
    'close_range(40, 50, 0x4)                = 0',
  ],
  '-X verbose': [
    'openat(-100 /* AT_FDCWD */, "/etc/hostname", 0x80000 /* O_RDONLY|O_CLOEXEC */) = 3',
    'fcntl(3, 0 /* F_DUPFD */, 10)           = 11',
    'fcntl(3, 0x406 /* F_DUPFD_CLOEXEC */, 20) = 20',
    'fcntl(3, 0 /* F_DUPFD */, 12)           = 12',
    'fcntl(12, 0x2 /* F_SETFD */, 0x1 /* FD_CLOEXEC */) = 0',
    'dup3(3, 30, 0x80000 /* O_CLOEXEC */)    = 30',
    'dup2(3, 31)                             = 31',
    'openat2(-100 /* AT_FDCWD */, "/etc/hosts", {flags=0x80000 /* O_RDONLY|O_CLOEXEC */, resolve=0}, 24) = 4',
    'dup2(4, 32)                             = 32',
    'socket(0x1 /* AF_UNIX */, 0x1 /* SOCK_STREAM */|0x80000 /* SOCK_CLOEXEC */, 0) = 6',
    'epoll_create1(0x80000 /* EPOLL_CLOEXEC */) = 7',
    'memfd_create("m", 0x1 /* MFD_CLOEXEC */) = 8',
    'dup2(3, 33)                             = 33',
    'ioctl(33, 0x5451 /* FIOCLEX */)         = 0',
    'dup2(3, 40)                             = 40',
    'close_range(40, 50, 0x4 /* CLOSE_RANGE_CLOEXEC */) = 0',
  ],
  '-N': [
    'openat(dirfd=AT_FDCWD, pathname="/etc/hostname", flags=O_RDONLY|O_CLOEXEC) = 3',
    'fcntl(fd=3, cmd=F_DUPFD, arg=10)        = 11',
    'fcntl(fd=3, cmd=F_DUPFD_CLOEXEC, arg=20) = 20',
    'fcntl(fd=3, cmd=F_DUPFD, arg=12)        = 12',
    'fcntl(fd=12, cmd=F_SETFD, arg=FD_CLOEXEC) = 0',
    'dup3(oldfd=3, newfd=30, flags=O_CLOEXEC) = 30',
    'dup2(oldfd=3, newfd=31)                 = 31',
    'openat2(dirfd=AT_FDCWD, pathname="/etc/hosts", how={flags=O_RDONLY|O_CLOEXEC, resolve=0}, size=24) = 4',
    'dup2(oldfd=4, newfd=32)                 = 32',
    'socket(domain=AF_UNIX, type=SOCK_STREAM|SOCK_CLOEXEC, protocol=0) = 6',
    'epoll_create1(flags=EPOLL_CLOEXEC)      = 7',
    'memfd_create(uname="m", flags=MFD_CLOEXEC) = 8',
    'dup2(oldfd=3, newfd=33)                 = 33',
    'ioctl(fd=33, cmd=FIOCLEX)               = 0',
    'dup2(oldfd=3, newfd=40)                 = 40',
    'close_range(fd=40, max_fd=50, flags=CLOSE_RANGE_CLOEXEC) = 0',
  ],
};

const DESCRIPTORS = [3, 4, 6, 7, 8, 11, 12, 20, 30, 31, 32, 33, 40];
const READS = DESCRIPTORS.map((fd) => `read(${fd}, "", 8) = 0`);
const EXECUTION = 'execve("/bin/cat", ["cat"], 0x7ffc0 /* 9 vars */) = 0';

describe.each(Object.entries(PRINTED))('descriptors printed by %s', (_option, lines) => {
  const log = [...lines, ...READS, EXECUTION, ...READS].join('\n');
  const reads = parseLog(Buffer.from(`${log}\n`)).rows.filter(({ syscall }) => syscall === 'read');
  const known = (rows: typeof reads) =>
    Object.fromEntries(
      rows
        .filter(({ fd_kind }) => fd_kind !== null)
        .map((row) => [row.fd, row.path ?? row.fd_kind]),
    );

  it('are followed to what they refer to', () => {
    expect(known(reads.slice(0, DESCRIPTORS.length))).toEqual({
      ...Object.fromEntries([3, 11, 12, 20, 30, 31, 33, 40].map((fd) => [fd, '/etc/hostname'])),
      ...{ 4: '/etc/hosts', 32: '/etc/hosts', 6: 'socket', 7: 'eventpoll' },
      8: 'memfd',
    });
  });

  it('stay open in what is executed unless they were to close', () => {
    expect(known(reads.slice(DESCRIPTORS.length))).toEqual({
      11: '/etc/hostname',
      31: '/etc/hostname',
      32: '/etc/hosts',
    });
  });
});
