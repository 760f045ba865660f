import { type ArgumentScan, MAX_FD } from './arguments.ts';
import type { PathList } from './call.ts';
import { closesOnExec, numberOf, readControl } from './close-on-exec.ts';
import { type FdTarget, objectTarget, socketTarget } from './fd-target.ts';
import { namedDescriptor, openedTarget, UNKNOWN_TARGET } from './opened-target.ts';
import type { ReturnScan } from './return-value.ts';
import { findSocketAddress, socketProtocol } from './socket-address.ts';
import type { Syscall } from './syscalls.ts';

const UNSPECIFIED = /\{sa_family=(?:AF_UNSPEC|0\b)/;

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
  /** What its decoration says, or else what calls told of it. */
  told: FdTarget | undefined;
  /** Line of the log. */
  line: number;
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

  /** Whether nothing is known of any descriptor. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** Open descriptors by number. */
  entries(): Iterable<[number, Descriptor]> {
    return this.#open;
  }

  /** Notes an open descriptor. */
  restore(fd: number, descriptor: Descriptor): void {
    this.#open.set(fd, descriptor);
  }

  /** Notes a descriptor that a message brought; undefined when nobody knows what it refers to. */
  receive(fd: number, target: FdTarget | undefined, closesOnExec: boolean): void {
    if (target === undefined) this.#open.delete(fd);
    else this.#put(fd, target, closesOnExec);
  }

  /** Notes that a descriptor was closed. */
  close(fd: number): void {
    this.#open.delete(fd);
  }

  /** Notes whether execve closes an open descriptor. */
  setCloseOnExec(fd: number, closesOnExec: boolean): void {
    const descriptor = this.#open.get(fd);
    if (descriptor !== undefined) this.#put(fd, descriptor.target, closesOnExec);
  }

  /** Notes that descriptor `to` refers to what `from` does. */
  duplicate(from: number, to: number, closesOnExec: boolean): void {
    // dup2(3, 3) changes nothing
    if (from === to) return;
    const target = this.target(from);
    if (target === undefined) this.#open.delete(to);
    else this.#put(to, target, closesOnExec);
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
    const { syscall, ret, fd } = call;
    const isCloexec = closesOnExec(call);
    switch (syscall.role) {
      case 'open':
        this.#put(ret.value, target ?? this.#opened(call), isCloexec || syscall.closesOnExec);
        break;
      case 'socket':
        this.#put(ret.value, target ?? this.newSocket(call, this.target(fd)), isCloexec);
        break;
      case 'close':
        if (syscall.text === 'close') this.close(fd);
        else this.#closeRange(call, isCloexec);
        break;
      case 'duplicate':
        this.duplicate(fd, ret.value, isCloexec);
        break;
      case 'fcntl':
        this.#control(call, ret.value);
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

  #control(call: DescriptorCall, value: number): void {
    const { fd, bytes, scan } = call;
    const command = readControl(call);
    if (command === 'F_DUPFD') this.duplicate(fd, value, false);
    else if (command === 'F_DUPFD_CLOEXEC') this.duplicate(fd, value, true);
    else if (command === 'FIOCLEX') this.setCloseOnExec(fd, true);
    else if (command === 'FIONCLEX') this.setCloseOnExec(fd, false);
    else if (command === 'F_SETFD') {
      const isSet = /FD_CLOEXEC|\b0x[0-9a-f]*[13579bdf]$/.test(scan.textOf(bytes, 2));
      this.setCloseOnExec(fd, isSet);
    }
  }

  /** `close_range(3, 4294967295, 0)`, or CLOSE_RANGE_CLOEXEC, which closes at the next execve. */
  #closeRange({ bytes, scan }: DescriptorCall, isCloexec: boolean): void {
    const [first, last] = [0, 1].map((argument) => numberOf(scan.textOf(bytes, argument)));
    for (const [fd, { target }] of this.#open) {
      if (fd < first || fd > last) continue;
      if (isCloexec) this.#put(fd, target, true);
      else this.#open.delete(fd);
    }
  }

  /** What a call opened that does not say so itself; the name of a descriptor opens what that refers to. */
  #opened({ syscall, args, paths }: DescriptorCall): FdTarget {
    const target = openedTarget(syscall, args, paths);
    const named = namedDescriptor(target);
    return named < 0 ? target : (this.target(named) ?? UNKNOWN_TARGET);
  }

  /** `pipe2([3, 4], O_CLOEXEC)`, `socketpair(AF_UNIX, SOCK_STREAM, 0, [14, 15])`; decorated ones are told by every line. */
  #pair({ syscall, args, line }: DescriptorCall, closesOnExec: boolean): void {
    const pair = /\[(\d+)(<.*?>)?, (\d+)/.exec(args);
    if (pair === null) return;
    const [, first, decoration, second] = pair;
    const fds = [Number(first), Number(second)];
    const isPipe = syscall.text !== 'socketpair';
    for (const end of [0, 1] as const) {
      const target = isPipe ? objectTarget('pipe') : socketTarget(socketProtocol(args));
      if (!isPipe) target.pair = { line, end };
      this.receive(fds[end], decoration === undefined ? target : undefined, closesOnExec);
    }
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

  #address({ syscall, args, bytes, argsStart, argsEnd, fd, told }: DescriptorCall): void {
    // another socket has the number by now
    if (told?.local !== undefined && told.local.text !== this.target(fd)?.local?.text) {
      this.#open.delete(fd);
    }
    const known = this.target(fd);
    const setsLocal = syscall.text === 'bind' || syscall.text === 'getsockname';
    const setsRemote = syscall.text === 'connect' || syscall.text === 'getpeername';
    if (known === undefined || !(setsLocal || setsRemote)) return;
    const address = findSocketAddress(bytes, argsStart, argsEnd);
    const { closesOnExec } = this.#open.get(fd) as Descriptor;
    // a datagram socket forgets its peer
    const isDissolved = setsRemote && UNSPECIFIED.test(args);
    if (isDissolved) this.#put(fd, socketTarget(known.protocol?.text), closesOnExec);
    if (address === undefined) return;
    const local = setsLocal ? address : known.local?.text;
    const remote = setsRemote ? address : known.remote?.text;
    const target = socketTarget(known.protocol?.text, local, remote);
    this.#put(fd, target, closesOnExec);
  }
}
