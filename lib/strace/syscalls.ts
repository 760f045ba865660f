import { Name } from './name.ts';

/** What an argument is to the files of a call: a path, a directory fd for the path after it, or neither. */
export const OTHER = 0;
export const PATH = 1;
export const DIRFD = 2;

/** What a call does to the processes and directories that the parser follows. */
export type Role = 'exec' | 'fork' | 'chdir' | 'fchdir' | 'getcwd';

/** A system call's name with what the parser needs to know of it. */
export class Syscall extends Name {
  /** Role of each argument: OTHER, PATH or DIRFD. */
  readonly arguments: readonly number[];
  readonly role: Role | undefined;

  constructor(text: string, bytes: Uint8Array) {
    super(text, bytes);
    this.arguments = (ARGUMENTS.get(text) ?? '').split('').map((letter) => LETTERS[letter]);
    this.role = ROLES[text];
  }
}

const LETTERS: Record<string, number> = { '-': OTHER, p: PATH, d: DIRFD };

/**
 * File arguments by position, from the prototypes in section 2 of the Linux manual:
 * `p` a path, `d` a directory fd that the path right behind it is relative to, `-` anything else.
 */
const PROTOTYPES: Record<string, string> = {
  p: `access acct chdir chmod chown chown32 chroot creat execve getcwd getxattr lchown lchown32
      lgetxattr listxattr llistxattr lremovexattr lsetxattr lstat lstat64 mkdir mknod oldlstat
      oldstat open readlink removexattr rmdir setxattr stat stat64 statfs statfs64 swapoff swapon
      truncate truncate64 umount umount2 unlink uselib utime utimes`,
  pp: 'link mount pivot_root rename',
  '-p': 'inotify_add_watch quotactl symlink',
  dp: `execveat faccessat faccessat2 fchmodat fchmodat2 fchownat fspick fstatat64 futimesat mkdirat
       mknodat mount_setattr name_to_handle_at newfstatat open_tree openat openat2 readlinkat statx
       unlinkat utimensat utimensat_time64 getxattrat setxattrat listxattrat removexattrat`,
  dpdp: 'linkat move_mount renameat renameat2',
  '-dp': 'symlinkat',
  '---dp': 'fanotify_mark',
};

const ARGUMENTS = new Map(
  Object.entries(PROTOTYPES).flatMap(([letters, names]) =>
    names.split(/\s+/).map((name) => [name, letters] as const),
  ),
);

const ROLES: Record<string, Role> = {
  execve: 'exec',
  execveat: 'exec',
  clone: 'fork',
  clone2: 'fork',
  clone3: 'fork',
  fork: 'fork',
  vfork: 'fork',
  chdir: 'chdir',
  fchdir: 'fchdir',
  getcwd: 'getcwd',
};
