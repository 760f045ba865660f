import { type ArgumentScan, MAX_FD } from './arguments.ts';
import type { PathList } from './call.ts';
import {
  FdTarget,
  fileTarget,
  findSocketAddress,
  objectTarget,
  socketProtocol,
  socketTarget,
} from './fd-target.ts';
import type { ReturnScan } from './return-value.ts';
import { PATH, type Syscall } from './syscalls.ts';

/** An open descriptor. */
export interface Descriptor {
  target: FdTarget;
  closesOnExec: boolean;
}

/** One returned call with what was scanned of it. */
export interface DescriptorCall {
  syscall: Syscall;
  /** Arguments as text. */
  args: string;
  bytes: Uint8Array;
  argsStart: number;
  argsEnd: number;
  scan: ArgumentScan;
  ret: ReturnScan;
  paths: PathList;
  /** Descriptor argument, or -1. */
  fd: number;
}

/**
 * The open file descriptors of a process (or of several that share them, CLONE_FILES), followed from
 * call to call: what `read(3, ...)` reads in a log recorded without -y.
 */
export class DescriptorTable {
  #open = new Map<number, Descriptor>();

  /** What a descriptor refers to, as far as the log told. */
  target(fd: number): FdTarget | undefined {
    return this.#open.get(fd)?.target;
  }

  /** Open descriptors by number. */
  entries(): Iterable<[number, Descriptor]> {
    return this.#open;
  }

  /** Notes an open descriptor. */
  restore(fd: number, descriptor: Descriptor): void {
    this.#open.set(fd, descriptor);
  }

  /** A copy, as fork makes it. */
  copy(): DescriptorTable {
    const table = new DescriptorTable();
    for (const [fd, descriptor] of this.#open) table.#open.set(fd, descriptor);
    return table;
  }

  /** Closes what has FD_CLOEXEC, as a successful execve does. */
  exec(): void {
    for (const [fd, { closesOnExec }] of this.#open) if (closesOnExec) this.#open.delete(fd);
  }

  /** Follows a call that succeeded (or a connect under way); `target` is what -y told of the new fd. */
  follow(call: DescriptorCall, target: FdTarget | undefined): void {
    const { syscall, args, ret, fd } = call;
    const isCloexec = args.includes('_CLOEXEC');
    switch (syscall.role) {
      case 'open':
        this.#put(ret.value, target ?? openedTarget(call), isCloexec);
        break;
      case 'socket':
        this.#put(ret.value, target ?? this.newSocket(call, this.target(fd)), isCloexec);
        break;
      case 'close':
        if (syscall.text === 'close') this.#open.delete(fd);
        else this.#closeRange(args);
        break;
      case 'duplicate':
        this.#duplicate(fd, ret.value, isCloexec);
        break;
      case 'fcntl':
        this.#control(fd, args, ret.value);
        break;
      case 'pair':
        this.#pair(call, isCloexec);
        break;
      default: // address
        this.#address(call);
    }
  }

  #put(fd: number, target: FdTarget, closesOnExec: boolean): void {
    if (fd >= 0 && fd <= MAX_FD) this.#open.set(fd, { target, closesOnExec });
  }

  #duplicate(from: number, to: number, closesOnExec: boolean): void {
    const target = this.target(from);
    if (target === undefined) this.#open.delete(to);
    else this.#put(to, target, closesOnExec);
  }

  #control(fd: number, args: string, value: number): void {
    if (args.includes('F_DUPFD')) this.#duplicate(fd, value, args.includes('F_DUPFD_CLOEXEC'));
    const descriptor = this.#open.get(fd);
    if (descriptor === undefined || !args.includes('F_SETFD')) return;
    this.#put(fd, descriptor.target, args.includes('FD_CLOEXEC'));
  }

  #closeRange(args: string): void {
    const [first, last] = args.split(', ').map(Number);
    for (const fd of this.#open.keys()) {
      if (fd >= first && !(fd > last)) this.#open.delete(fd);
    }
  }

  /** `pipe2([3, 4], O_CLOEXEC)`, `socketpair(AF_UNIX, SOCK_STREAM, 0, [14, 15])` */
  #pair({ syscall, args }: DescriptorCall, closesOnExec: boolean): void {
    const fds = /\[(\d+)(?:<[^\]]*?>)?, (\d+)/.exec(args);
    if (fds === null) return;
    const isPipe = syscall.text !== 'socketpair';
    const target = isPipe ? objectTarget('pipe') : socketTarget(socketProtocol(args));
    this.#put(Number(fds[1]), target, closesOnExec);
    this.#put(Number(fds[2]), target, closesOnExec);
  }

  /** The socket that socket made, or that accept took from the one that was `listening`. */
  newSocket(call: DescriptorCall, listening: FdTarget | undefined): FdTarget {
    const { syscall, args, bytes, argsStart, argsEnd } = call;
    if (syscall.text === 'socket') return socketTarget(socketProtocol(args));
    return socketTarget(
      listening?.protocol?.text,
      listening?.local?.text,
      findSocketAddress(bytes, argsStart, argsEnd),
    );
  }

  #address({ syscall, bytes, argsStart, argsEnd, fd }: DescriptorCall): void {
    const known = this.target(fd);
    const setsLocal = syscall.text === 'bind' || syscall.text === 'getsockname';
    const setsRemote = syscall.text === 'connect' || syscall.text === 'getpeername';
    if (known === undefined || !(setsLocal || setsRemote)) return;
    const address = findSocketAddress(bytes, argsStart, argsEnd);
    if (address === undefined) return;
    const local = setsLocal ? address : known.local?.text;
    const remote = setsRemote ? address : known.remote?.text;
    const target = socketTarget(known.protocol?.text, local, remote);
    this.#put(fd, target, this.#open.get(fd)?.closesOnExec ?? false);
  }
}

/** What a call that opens something without -y opened: a file by path, or an object of its own kind. */
function openedTarget({ syscall, paths }: DescriptorCall): FdTarget {
  if (paths.count > 0) return fileTarget(paths.bytes.slice(paths.starts[0], paths.starts[1]));
  // -e raw prints the address of the path, so that nothing is known of the file
  if (syscall.arguments.includes(PATH)) return new FdTarget('', new Uint8Array(0));
  return objectTarget(OBJECT_KINDS[syscall.text] ?? syscall.text);
}

const OBJECT_KINDS: Record<string, string> = {
  epoll_create: 'eventpoll',
  epoll_create1: 'eventpoll',
  eventfd2: 'eventfd',
  signalfd4: 'signalfd',
  timerfd_create: 'timerfd',
  inotify_init: 'inotify',
  inotify_init1: 'inotify',
  memfd_create: 'memfd',
  pidfd_open: 'pid',
  io_uring_setup: 'io_uring',
};
