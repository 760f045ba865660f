import { ascii, indexOfLiteral, LF } from './ascii.ts';
import { grown } from './byte-dictionary.ts';
import { DescriptorTable } from './descriptors.ts';
import { FdTarget } from './fd-target.ts';
import type { Directory } from './file-paths.ts';
import { Name } from './name.ts';
import type { Syscall } from './syscalls.ts';

/** What threads that share their file system information (CLONE_FS) have in common. */
interface WorkingDirectory {
  path: Directory;
  /** Told by the kernel (AT_FDCWD</cwd>), not by the path that chdir was given. */
  isExact: boolean;
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
  executable: Name | undefined;
  comm: Name | undefined;
  directory: WorkingDirectory = { path: undefined, isExact: false };
  descriptors = new DescriptorTable();
  readonly unfinished = new UnfinishedCall();

  constructor(pid: number) {
    this.pid = pid;
    this.process = pid;
  }

  /** Takes over what a child has from its parent; `flags` are the arguments of the clone. */
  inherit(parent: Thread, flags: Uint8Array): void {
    this.executable = parent.executable;
    const isThread = hasWord(flags, CLONE_THREAD);
    if (isThread) this.process = parent.process;
    this.parent = isThread ? parent.parent : parent.process;
    const sharesDirectory = isThread || hasWord(flags, CLONE_FS);
    this.directory = sharesDirectory ? parent.directory : { ...parent.directory };
    const sharesFiles = isThread || hasWord(flags, CLONE_FILES);
    this.descriptors = sharesFiles ? parent.descriptors : parent.descriptors.copy();
  }
}

/** The kernel's PID_MAX_LIMIT: a larger return is no pid, whatever the line says. */
const MAX_PID = 4_194_304;

const CLONE_THREAD = ascii('CLONE_THREAD');
const CLONE_FS = ascii('CLONE_FS');
const CLONE_FILES = ascii('CLONE_FILES');

function hasWord(bytes: Uint8Array, word: Uint8Array): boolean {
  return indexOfLiteral(bytes, 0, bytes.length, word) >= 0;
}

/**
 * The threads of a log by pid. Nothing in a log can break it: unknown parents, children that
 * appear before their parent's clone returned, and reused pids are all ordinary.
 */
export class Processes {
  #threads = new Map<number, Thread>();
  /** Threads inside fork, vfork or clone, whose child may appear before the call returns. */
  #forking = new Set<Thread>();
  /** Children that ended before their parent's fork returned. */
  #endedEarly = new Set<number>();
  /** Children announced by "strace: Process N attached". */
  #attached = new Set<number>();
  /** The thread of lines without a pid. */
  #unnamed = new Thread(-1);
  #last: Thread = this.#unnamed;

  /** Thread of a line that names a pid. */
  named(pid: number, isBracketed: boolean): Thread {
    if (this.#last.pid === pid) return this.#last;
    let thread = this.#threads.get(pid);
    if (thread === undefined) thread = this.#appear(pid, isBracketed);
    this.#last = thread;
    return thread;
  }

  /** Thread of a line without a pid: the only one left, else the first one of the log. */
  unnamed(): Thread {
    if (this.#threads.size !== 1) return this.#unnamed;
    const [only] = this.#threads.values();
    return only;
  }

  /** Thread of a pid, if it is known; changes nothing. */
  peek(pid: number): Thread | undefined {
    return pid < 0 ? this.unnamed() : this.#last.pid === pid ? this.#last : this.#threads.get(pid);
  }

  /** Notes "strace: Process N attached". */
  attach(pid: number): void {
    this.#attached.add(pid);
  }

  /** Notes that a thread entered a fork whose return is on a later line. */
  enterFork(thread: Thread): void {
    this.#forking.add(thread);
  }

  /** Notes that a fork returned: `child` is the new pid, or less than 1 on failure. */
  leaveFork(parent: Thread, child: number, flags: Uint8Array): void {
    this.#forking.delete(parent);
    if (!(child > 0 && child <= MAX_PID)) return;
    if (this.#endedEarly.delete(child)) return;
    const known = this.#threads.get(child);
    if (known === undefined) {
      const thread = new Thread(child);
      thread.inherit(parent, flags);
      this.#threads.set(child, thread);
      return;
    }
    if (known.executable === undefined) known.executable = parent.executable;
    const isThread = hasWord(flags, CLONE_THREAD);
    if (isThread && known.process === known.pid) known.process = parent.process;
    if (known.parent < 0) known.parent = isThread ? parent.parent : parent.process;
    known.directory.path ??= parent.directory.path;
  }

  /** Forgets a thread that ended; its pid may come back as another one. */
  end(thread: Thread): void {
    if (this.#forking.size > 0 && !this.#forking.has(thread)) this.#endedEarly.add(thread.pid);
    else if (this.#forking.size === 0) this.#endedEarly.clear();
    this.#forking.delete(thread);
    this.#attached.delete(thread.pid);
    this.#threads.delete(thread.pid);
    if (this.#last === thread) this.#last = this.#unnamed;
  }

  /**
   * "superseded by execve in pid N": the leader's life goes on with what thread N was doing, so
   * the call N had begun is resumed under the leader's pid.
   */
  supersede(leader: Thread, pid: number): void {
    const thread = this.#threads.get(pid);
    if (thread === undefined || thread === leader) return;
    this.end(thread);
    const call = thread.unfinished;
    if (call.syscall === undefined) return;
    leader.unfinished.keep(call.syscall, call, call.bytes, 0, call.length);
  }

  /** Threads with a call that never returned, in order of pid. */
  interrupted(): Thread[] {
    return [this.#unnamed, ...this.#threads.values()]
      .filter((thread, index, all) => all.indexOf(thread) === index)
      .filter((thread) => thread.unfinished.syscall !== undefined)
      .sort((a, b) => a.unfinished.seq - b.unfinished.seq);
  }

  /** A copy made of plain values. */
  snapshot(): ProcessesSnapshot {
    const threads = [...new Set([this.#unnamed, ...this.#threads.values()])];
    const shared = new SharedParts();
    return {
      threads: threads.map((thread) => shared.describe(thread)),
      directories: shared.directories.map(({ path, isExact }) => ({ path, isExact })),
      tables: shared.tables.map(describeTable),
      pids: [...this.#threads].map(([pid, thread]) => [pid, threads.indexOf(thread)]),
      forking: [...this.#forking].map((thread) => threads.indexOf(thread)),
      endedEarly: [...this.#endedEarly],
      attached: [...this.#attached],
    };
  }

  /** Goes on from a snapshot; `syscallOf` finds a system call by name. */
  restore(snapshot: ProcessesSnapshot, syscallOf: (text: string) => Syscall): void {
    const directories = snapshot.directories.map((directory) => ({ ...directory }));
    const tables = snapshot.tables.map(restoreTable);
    const threads = snapshot.threads.map((description) => {
      const thread = new Thread(description.pid);
      thread.process = description.process;
      thread.parent = description.parent;
      thread.executable = nameOrNothing(description.executable);
      thread.comm = nameOrNothing(description.comm);
      thread.directory = directories[description.directory];
      thread.descriptors = tables[description.table];
      const { unfinished } = description;
      if (unfinished !== undefined) {
        const { bytes } = unfinished;
        thread.unfinished.keep(syscallOf(unfinished.syscall), unfinished, bytes, 0, bytes.length);
      }
      return thread;
    });
    this.#unnamed = threads[0];
    this.#last = this.#unnamed;
    this.#threads = new Map(snapshot.pids.map(([pid, index]) => [pid, threads[index]]));
    this.#forking = new Set(snapshot.forking.map((index) => threads[index]));
    this.#endedEarly = new Set(snapshot.endedEarly);
    this.#attached = new Set(snapshot.attached);
  }

  #appear(pid: number, isBracketed: boolean): Thread {
    const isRoot = isBracketed && this.#unnamed.pid < 0 && !this.#attached.has(pid);
    const thread = isRoot ? this.#unnamed : new Thread(pid);
    if (isRoot) {
      thread.pid = pid;
      thread.process = pid;
    } else {
      this.#guessParent(thread);
    }
    this.#threads.set(pid, thread);
    return thread;
  }

  /** A thread that nobody announced is the child of a fork that has not returned yet. */
  #guessParent(thread: Thread): void {
    const parents = [...this.#forking];
    if (parents.length === 0) return;
    if (parents.length === 1) {
      const call = parents[0].unfinished;
      thread.inherit(parents[0], call.bytes.subarray(0, call.length));
    } else if (parents.every((parent) => parent.executable === parents[0].executable)) {
      // whichever of them is the parent, the program is the same
      thread.executable = parents[0].executable;
    }
  }
}

/** The threads of a log as plain values; what threads share is named by its place in a list. */
export interface ProcessesSnapshot {
  /** The thread of lines without a pid first. */
  threads: ThreadSnapshot[];
  directories: WorkingDirectory[];
  tables: DescriptorSnapshot[][];
  pids: [number, number][];
  forking: number[];
  endedEarly: number[];
  attached: number[];
}

interface ThreadSnapshot {
  pid: number;
  process: number;
  parent: number;
  executable: string | undefined;
  comm: string | undefined;
  directory: number;
  table: number;
  unfinished:
    | { syscall: string; bytes: Uint8Array; seconds: number; nanos: number; seq: number }
    | undefined;
}

interface DescriptorSnapshot {
  fd: number;
  closesOnExec: boolean;
  kind: string | undefined;
  path: Uint8Array | undefined;
  protocol: string | undefined;
  local: string | undefined;
  remote: string | undefined;
}

/** Directories and descriptor tables in order of first use. */
class SharedParts {
  directories: WorkingDirectory[] = [];
  tables: DescriptorTable[] = [];

  describe(thread: Thread): ThreadSnapshot {
    const { unfinished } = thread;
    const { syscall, seconds, nanos, seq } = unfinished;
    const bytes = unfinished.bytes.slice(0, unfinished.length);
    return {
      pid: thread.pid,
      process: thread.process,
      parent: thread.parent,
      executable: thread.executable?.text,
      comm: thread.comm?.text,
      directory: place(this.directories, thread.directory),
      table: place(this.tables, thread.descriptors),
      unfinished:
        syscall === undefined ? undefined : { syscall: syscall.text, bytes, seconds, nanos, seq },
    };
  }
}

function place<T>(list: T[], item: T): number {
  const known = list.indexOf(item);
  return known >= 0 ? known : list.push(item) - 1;
}

function describeTable(table: DescriptorTable): DescriptorSnapshot[] {
  return [...table.entries()].map(([fd, { target, closesOnExec }]) => ({
    fd,
    closesOnExec,
    kind: target.kind?.text,
    path: target.path,
    protocol: target.protocol?.text,
    local: target.local?.text,
    remote: target.remote?.text,
  }));
}

function restoreTable(snapshot: DescriptorSnapshot[]): DescriptorTable {
  const table = new DescriptorTable();
  for (const { fd, closesOnExec, kind, path, protocol, local, remote } of snapshot) {
    const target = new FdTarget('', path ?? new Uint8Array(0));
    target.kind = nameOrNothing(kind);
    target.path = path;
    target.protocol = nameOrNothing(protocol);
    target.local = nameOrNothing(local);
    target.remote = nameOrNothing(remote);
    table.restore(fd, { target, closesOnExec });
  }
  return table;
}

function nameOrNothing(text: string | undefined): Name | undefined {
  return text === undefined ? undefined : new Name(text);
}
