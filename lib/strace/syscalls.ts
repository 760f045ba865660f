import { Name } from './name.ts';
import { classesOf } from './syscall-classes.ts';
import { callOf } from './syscall-numbers.ts';

/** What an argument is to the files of a call: a path, a directory fd for the path after it, an fd. */
const OTHER = 0;
export const PATH = 1;
export const DIRFD = 2;
const FD_ARGUMENT = 3;

/** What a call does to the processes, directories and descriptors that the parser follows. */
export type Role =
  | 'exec'
  | 'self'
  | 'fork'
  | 'unshare'
  | 'root'
  | 'directory'
  | 'open'
  | 'close'
  | 'duplicate'
  | 'pair'
  | 'fcntl'
  | 'socket'
  | 'address'
  | 'message'
  | 'peer';

/** A system call's name with what the parser needs to know of it. */
export class Syscall extends Name {
  /** Role of each argument: OTHER, PATH, DIRFD or FD_ARGUMENT. */
  readonly arguments: readonly number[];
  /** Which argument is the descriptor the call is about, or -1. */
  readonly fdArgument: number;
  readonly role: Role | undefined;
  /** The descriptor it opens always closes at the next execve. */
  readonly closesOnExec: boolean;
  readonly classes: readonly Name[];
  /** What it writes may stand within its own line, in logs captured from stderr. */
  readonly isWrite: boolean;
  /** Way of the bytes that the return value counts, or undefined when it counts none. */
  readonly direction: Name | undefined;
  /** The return value counts messages, whose lengths are among the arguments. */
  readonly countsMessages: boolean;

  constructor(text: string, bytes: Uint8Array) {
    super(text, bytes);
    const call = callOf(text);
    this.arguments = (ARGUMENTS.get(call) ?? '').split('').map((letter) => LETTERS[letter]);
    this.fdArgument = this.arguments.indexOf(FD_ARGUMENT);
    this.role = ROLES.get(call);
    this.closesOnExec = CLOSING.has(call);
    this.isWrite = text === 'write';
    this.classes = classesOf(call).map((name) => CLASS_NAMES.get(name) as Name);
    this.direction = DIRECTIONS.get(call);
    this.countsMessages = call.includes('mmsg');
  }
}

const CLASS_NAMES = new Map(
  ['file', 'desc', 'process', 'network', 'ipc', 'memory', 'signal', 'creds', 'time'].map((name) => [
    name,
    new Name(name),
  ]),
);

const LETTERS: Record<string, number> = { '-': OTHER, p: PATH, d: DIRFD, f: FD_ARGUMENT };

/**
 * File arguments by position, from the prototypes in section 2 of the Linux manual: `p` a path, `d` a
 * directory fd that the path right behind it is relative to, `f` any other descriptor, `-` the rest.
 */
const ARGUMENTS = index({
  p: `access acct chdir chmod chown chown32 chroot creat execv execve getcwd getxattr lchown lchown32
      lgetxattr listxattr llistxattr lremovexattr lsetxattr lstat lstat64 mkdir mknod oldlstat
      oldstat oldumount open readlink removexattr rmdir setxattr stat stat64 statfs statfs64 swapoff swapon
      truncate truncate64 umount umount2 unlink uselib utime utimes`,
  pp: 'link mount pivot_root rename',
  '-p': 'quotactl symlink',
  dp: `execveat faccessat faccessat2 fchmodat fchmodat2 fchownat fspick fstatat64 futimesat mkdirat
       mknodat mount_setattr name_to_handle_at newfstatat open_tree openat openat2 readlinkat statx
       unlinkat utimensat utimensat_time64 getxattrat setxattrat listxattrat removexattrat
       open_tree_attr file_getattr file_setattr`,
  dpdp: 'linkat move_mount renameat renameat2',
  '-dp': 'symlinkat',
  fp: 'inotify_add_watch',
  'f--dp': 'fanotify_mark',
  f: `accept accept4 bind close connect copy_file_range dup dup2 dup3 epoll_ctl epoll_pwait
      epoll_pwait2 epoll_wait fadvise64 fadvise64_64 fallocate fchdir fchmod fchown fchown32 fcntl fcntl64
      fdatasync fgetxattr finit_module flistxattr flock fremovexattr fsconfig fsetxattr fsmount fstat
      fstat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 getdents getdents64 getpeername
      getsockname getsockopt inotify_rm_watch io_uring_enter io_uring_register ioctl listen lseek
      llseek _llseek oldfstat open_by_handle_at pidfd_getfd pidfd_send_signal pread pread64 preadv
      preadv2 pwrite pwrite64 pwritev pwritev2 read readahead readdir readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg
      send sendmmsg sendmsg sendto setns setsockopt shutdown splice sync_file_range syncfs tee
      timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 vmsplice write writev
      signalfd signalfd4 process_madvise quotactl_fd kexec_file_load cachestat landlock_add_rule
      landlock_restrict_self mq_getsetattr mq_notify mq_timedreceive mq_timedreceive_time64
      mq_timedsend mq_timedsend_time64 process_mrelease sync_file_range2`,
  '-f': 'sendfile sendfile64',
  '----f': 'mmap mmap2 old_mmap',
});

const ROLES = index<Role>({
  exec: 'execv execve execveat',
  self: 'getpid set_tid_address',
  fork: 'clone clone2 clone3 fork vfork',
  unshare: 'unshare setns',
  root: 'chroot pivot_root',
  directory: 'chdir fchdir getcwd',
  open: `open openat openat2 creat epoll_create epoll_create1 eventfd eventfd2 signalfd signalfd4
         timerfd_create inotify_init inotify_init1 memfd_create memfd_secret pidfd_open pidfd_getfd
         userfaultfd perf_event_open open_by_handle_at fanotify_init bpf io_uring_setup open_tree
         fsopen fsmount fspick landlock_create_ruleset mq_open open_tree_attr`,
  close: 'close close_range',
  duplicate: 'dup dup2 dup3',
  pair: 'pipe pipe2 socketpair',
  fcntl: 'fcntl fcntl64 ioctl',
  socket: 'socket accept accept4',
  address: 'connect bind getsockname getpeername',
  message: 'sendmsg recvmsg',
  peer: 'sendto recvfrom listen',
});

const CLOSING = new Set(words('bpf io_uring_setup landlock_create_ruleset pidfd_getfd pidfd_open'));

const IN = new Name('in');
const OUT = new Name('out');
const DIRECTIONS = new Map([
  ...words(`read readv pread pread64 preadv preadv2 recv recvfrom recvmsg recvmmsg
            recvmmsg_time64 process_vm_readv
            mq_timedreceive mq_timedreceive_time64 msgrcv`).map((name) => [name, IN] as const),
  ...words(`write writev pwrite pwrite64 pwritev pwritev2 send sendto sendmsg sendmmsg sendfile sendfile64 splice
            tee vmsplice copy_file_range process_vm_writev`).map((name) => [name, OUT] as const),
]);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Turns names by property into properties by name. */
function index<T extends string>(names: Record<T, string>): Map<string, T> {
  return new Map(
    (Object.entries(names) as [T, string][]).flatMap(([property, text]) =>
      words(text).map((name) => [name, property] as const),
    ),
  );
}
