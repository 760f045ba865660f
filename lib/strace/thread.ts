import { LF } from './ascii.ts';
import { grown } from './byte-dictionary.ts';
import { type CloneFlags, readCloneFlags, readUnshareFlags } from './clone-flags.ts';
import { DescriptorTable } from './descriptors.ts';
import type { Directory } from './file-paths.ts';
import type { Name } from './name.ts';
import type { Syscall } from './syscalls.ts';

/** What threads that share their file system information (CLONE_FS) have in common. */
export interface WorkingDirectory {
  path: Directory;
  /** Told by the kernel (AT_FDCWD</cwd>), not by the path that chdir was given. */
  isExact: boolean;
  /** Where absolute paths begin after chroot; undefined for the root of the system. */
  root: Directory;
}

/** The first half of a call that another thread's line interrupted. */
class UnfinishedCall {
  syscall: Syscall | undefined;
  /** Arguments so far, `length` bytes. */
  bytes: Uint8Array = new Uint8Array(256);
  length = 0;
  seconds = -1;
  nanos = 0;
  seq = 0;

  /** Keeps a copy of the arguments so far. */
  keep(
    syscall: Syscall,
    moment: { seconds: number; nanos: number; seq: number },
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.syscall = syscall;
    this.seconds = moment.seconds;
    this.nanos = moment.nanos;
    this.seq = moment.seq;
    this.length = 0;
    this.append(bytes, start, end);
  }

  /** Takes back what was added behind `length`. */
  cut(length: number): void {
    this.length = length;
    this.bytes[length] = LF;
  }

  /** Adds the rest of the arguments. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const to = this.length + end - start;
    if (to >= this.bytes.length) this.bytes = grown(this.bytes, to + 1);
    for (let i = start, o = this.length; i < end; ) this.bytes[o++] = bytes[i++];
    // scanners look one byte ahead: let them find a line end, not what was there before
    this.bytes[to] = LF;
    this.length = to;
  }
}

/** What is known of one thread. */
export class Thread {
  /** Number strace prints, or -1. */
  pid: number;
  /** Thread-group leader, or -1. */
  process: number;
  /** Process that started this one, or -1. */
  parent = -1;
  /** What it is to the thread of lines without a pid, while nobody knows that one's pid. */
  kinship: 'none' | 'thread' | 'child' = 'none';
  executable: Name | undefined;
  comm: Name | undefined;
  directory: WorkingDirectory = { path: undefined, isExact: false, root: undefined };
  descriptors = new DescriptorTable();
  readonly unfinished = new UnfinishedCall();

  constructor(pid: number) {
    this.pid = pid;
    this.process = pid;
  }

  /** Whether this line of the log left a call of the thread unfinished. */
  isInterruptedAt(line: number): boolean {
    return this.unfinished.syscall !== undefined && this.unfinished.seq === line;
  }

  /** Notes whether the thread descends from the one of lines without a pid. */
  noteKinship(parent: Thread, isThread: boolean): void {
    if (parent.process < 0) this.kinship = isThread ? 'thread' : 'child';
    else if (isThread) this.kinship = parent.kinship;
  }

  /** Takes the pid of the process that its forebear turned out to be. */
  learnAncestor(pid: number): void {
    if (this.kinship === 'thread') this.process = pid;
    else if (this.kinship === 'child') this.parent = pid;
  }

  /** Takes over what a child has from its parent; `args` are the arguments of the clone. */
  inherit(parent: Thread, args: Uint8Array): void {
    this.executable = parent.executable;
    const { isThread, isSibling, sharesDirectory, sharesFiles } = readCloneFlags(args);
    if (isThread) this.process = parent.process;
    this.parent = isSibling ? parent.parent : parent.process;
    this.noteKinship(parent, isThread);
    this.directory = sharesDirectory ? parent.directory : { ...parent.directory };
    this.descriptors = sharesFiles ? parent.descriptors : parent.descriptors.copy();
  }

  /** Takes over what it has not learned itself, when lines of its own came before its parent was known. */
  joinParent(parent: Thread, { sharesDirectory, sharesFiles }: CloneFlags): void {
    if (this.directory.path === undefined) {
      this.directory = sharesDirectory ? parent.directory : { ...parent.directory };
    }
    if (!sharesFiles || this.descriptors === parent.descriptors) return;
    for (const [fd, descriptor] of this.descriptors.entries()) {
      parent.descriptors.restore(fd, descriptor);
    }
    this.descriptors = parent.descriptors;
  }

  /** Follows unshare and setns. */
  unshare(args: Uint8Array, { text }: Syscall): void {
    const { ownsDirectory, ownsFiles, namesMounts } = readUnshareFlags(args);
    if (ownsFiles) this.descriptors = this.descriptors.copy();
    if (text === 'unshare') {
      if (ownsDirectory) this.directory = { ...this.directory };
    } else if (namesMounts) {
      // the thread goes to the root of the other namespace
      this.directory = { path: undefined, isExact: false, root: undefined };
    }
  }
}
