import { ascii } from './ascii.ts';
import { readCloneFlags } from './clone-flags.ts';
import { attachedPid, isOfThreads } from './event-text.ts';
import {
  describeTable,
  type ProcessesSnapshot,
  restoreTable,
  restoreThread,
  SharedParts,
} from './process-snapshot.ts';
import type { Syscall } from './syscalls.ts';
import { Thread } from './thread.ts';

/** The kernel's PID_MAX_LIMIT: a larger return is no pid, whatever the line says. */
const MAX_PID = 4_194_304;
const THREAD_FLAGS = ascii('flags=CLONE_THREAD');

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
  /** Lines begin with a pid, all of them: one without is no one's. */
  #hasPidColumn = false;
  /** What the thread of lines without a pid was told its own pid is, or -1. */
  #toldPid = -1;
  /** The thread of lines without a pid. */
  #unnamed = new Thread(-1);
  /** There were such lines while no other thread was known, and its end was not seen. */
  #isUnnamedAlive = false;
  /** No line told of an event so far. */
  #isFresh = true;
  /** The process to which strace attached before the first event, when it was one: its pid, or -1. */
  #attachedFirst = -1;
  /** The same, when it had threads already: who comes unannounced is one of them. */
  #attachedGroup = -1;
  #last: Thread = this.#unnamed;

  /** Thread of a line that names a pid; `isResumed`: the line is the rest of a call. */
  named(pid: number, isBracketed: boolean, isResumed: boolean): Thread {
    if (this.#last.pid === pid) return this.#last;
    let thread = this.#threads.get(pid);
    if (thread === undefined) thread = this.#appear(pid, isBracketed, isResumed);
    this.#last = thread;
    return thread;
  }

  /**
   * Thread of a line without a pid: strace leaves the pid out while it traces one thread only, unless
   * it prints pids in a column; else the first one of the log.
   */
  unnamed(): Thread {
    if (this.#isFresh) this.#beginUnnamed();
    const thread = this.#findUnnamed();
    if (thread === this.#unnamed && thread.pid < 0) this.#isUnnamedAlive = true;
    return thread;
  }

  /** Pid of the thread of lines without one, once the log told it; else -1. */
  get unnamedPid(): number {
    return this.#unnamed.pid;
  }

  /** Gives the thread of lines without a pid the one that is known from elsewhere; -1 gives none. */
  nameUnnamed(pid: number): void {
    if (pid < 0) return;
    this.#isFresh = false;
    this.#unnamed.pid = pid;
    this.#unnamed.process = pid;
    this.#threads.set(pid, this.#unnamed);
    for (const child of this.#threads.values()) child.learnAncestor(pid);
  }

  /** Thread of a line with this pid (-1: without), if one more such line changes nothing about it. */
  settled(pid: number): Thread | undefined {
    if (pid >= 0) return this.#threads.get(pid);
    if (this.#isFresh) return undefined;
    const thread = this.#findUnnamed();
    const isNew = thread === this.#unnamed && thread.pid < 0 && !this.#isUnnamedAlive;
    return isNew ? undefined : thread;
  }

  /** Takes note of what strace tells: "strace: Process N attached", perhaps "with M threads". */
  learnMessage(bytes: Uint8Array, start: number, end: number): void {
    const pid = attachedPid(bytes, start, end);
    if (pid <= 0) return;
    if (this.#isFresh) {
      const hasThreads = isOfThreads(bytes, start, end);
      const isOnly = this.#attached.size === 0;
      this.#attachedFirst = isOnly && !hasThreads ? pid : -1;
      this.#attachedGroup = isOnly && hasThreads ? pid : -1;
    }
    this.#attached.add(pid);
  }

  /** Notes what a call such as set_tid_address told the thread of lines without a pid of itself. */
  learnOwnPid(thread: Thread, pid: number): void {
    if (thread.pid < 0 && pid > 0 && pid <= MAX_PID) this.#toldPid = pid;
  }

  /** Notes that a thread entered a fork whose return is on a later line. */
  enterFork(thread: Thread): void {
    this.#forking.add(thread);
  }

  /** Notes that a fork returned: `child` is the new pid, or less than 1 on failure. */
  leaveFork(parent: Thread, child: number, args: Uint8Array): void {
    this.#forking.delete(parent);
    if (!(child > 0 && child <= MAX_PID)) return;
    if (this.#endedEarly.delete(child)) return;
    const known = this.#threads.get(child);
    if (known === undefined) {
      const thread = new Thread(child);
      thread.inherit(parent, args);
      this.#adopt(thread);
      this.#threads.set(child, thread);
      return;
    }
    if (known.executable === undefined) known.executable = parent.executable;
    const flags = readCloneFlags(args);
    const { isThread, isSibling } = flags;
    if (isThread && known.process === known.pid) known.process = parent.process;
    if (known.parent < 0) known.parent = isSibling ? parent.parent : parent.process;
    known.noteKinship(parent, isThread);
    this.#adopt(known);
    known.joinParent(parent, flags);
  }

  /** Forgets a thread that ended; its pid may come back as another one. */
  end(thread: Thread): void {
    if (this.#forking.size > 0 && !this.#forking.has(thread)) this.#endedEarly.add(thread.pid);
    else if (this.#forking.size === 0) this.#endedEarly.clear();
    this.#forking.delete(thread);
    this.#attached.delete(thread.pid);
    this.#threads.delete(thread.pid);
    if (thread === this.#unnamed) this.#isUnnamedAlive = false;
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

  /** The thread whose call was left unfinished on this line of the log. */
  interruptedAt(line: number): Thread | undefined {
    if (this.#unnamed.isInterruptedAt(line)) return this.#unnamed;
    for (const thread of this.#threads.values()) if (thread.isInterruptedAt(line)) return thread;
    return undefined;
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
      directories: shared.directories.map((directory) => ({ ...directory })),
      tables: shared.tables.map(describeTable),
      pids: [...this.#threads].map(([pid, thread]) => [pid, threads.indexOf(thread)]),
      forking: [...this.#forking].map((thread) => threads.indexOf(thread)),
      endedEarly: [...this.#endedEarly],
      attached: [...this.#attached],
      hasPidColumn: this.#hasPidColumn,
      toldPid: this.#toldPid,
      isUnnamedAlive: this.#isUnnamedAlive,
      isFresh: this.#isFresh,
      attachedFirst: this.#attachedFirst,
      attachedGroup: this.#attachedGroup,
    };
  }

  /** Goes on from a snapshot; `syscallOf` finds a system call by name. */
  restore(snapshot: ProcessesSnapshot, syscallOf: (text: string) => Syscall): void {
    const directories = snapshot.directories.map((directory) => ({ ...directory }));
    const tables = snapshot.tables.map(restoreTable);
    const threads = snapshot.threads.map((description) =>
      restoreThread(description, directories, tables, syscallOf),
    );
    this.#unnamed = threads[0];
    this.#last = this.#unnamed;
    this.#threads = new Map(snapshot.pids.map(([pid, index]) => [pid, threads[index]]));
    this.#forking = new Set(snapshot.forking.map((index) => threads[index]));
    this.#endedEarly = new Set(snapshot.endedEarly);
    this.#attached = new Set(snapshot.attached);
    this.#hasPidColumn = snapshot.hasPidColumn;
    this.#toldPid = snapshot.toldPid;
    this.#isUnnamedAlive = snapshot.isUnnamedAlive;
    this.#isFresh = snapshot.isFresh;
    this.#attachedFirst = snapshot.attachedFirst;
    this.#attachedGroup = snapshot.attachedGroup;
  }

  #findUnnamed(): Thread {
    // a child may be known by its number before strace has it, and names those that it traces
    if (this.#threads.size !== 1 || this.#hasPidColumn || this.#isUnnamedAlive)
      return this.#unnamed;
    const [only] = this.#threads.values();
    return only;
  }

  /** strace attached to one process: the lines without a pid are of it. */
  #beginUnnamed(): void {
    this.#isFresh = false;
    if (this.#attachedFirst > 0) this.nameUnnamed(this.#attachedFirst);
  }

  #appear(pid: number, isBracketed: boolean, isResumed: boolean): Thread {
    this.#isFresh = false;
    if (!isBracketed) this.#hasPidColumn = true;
    if (isBracketed && this.#isUnnamed(pid, isResumed)) {
      this.nameUnnamed(pid);
      return this.#unnamed;
    }
    const thread = new Thread(pid);
    const group = this.#attached.has(pid) ? -1 : this.#attachedGroup;
    if (group >= 0) thread.inherit(this.named(group, isBracketed, false), THREAD_FLAGS);
    else this.#guessParent(thread);
    this.#threads.set(pid, thread);
    return thread;
  }

  /** Whether a pid that no line told of is that of the thread whose lines had none. */
  #isUnnamed(pid: number, isResumed: boolean): boolean {
    if (this.#unnamed.pid >= 0 || this.#attached.has(pid) || this.#attachedGroup >= 0) return false;
    // who is within a call begins no other: with -q children come unannounced
    return this.#unnamed.unfinished.syscall === undefined || isResumed;
  }

  /** Names the process of a child of the thread of lines without a pid, once that is known. */
  #adopt(child: Thread): void {
    if (this.#toldPid > 0) child.learnAncestor(this.#toldPid);
  }

  /** A thread that nobody announced is the child of a fork that has not returned yet. */
  #guessParent(thread: Thread): void {
    const parents = [...this.#forking];
    if (parents.length === 0) return;
    if (parents.length === 1) {
      const call = parents[0].unfinished;
      thread.inherit(parents[0], call.bytes.subarray(0, call.length));
      this.#adopt(thread);
    } else if (parents.every((parent) => parent.executable === parents[0].executable)) {
      // whichever of them is the parent, the program is the same
      thread.executable = parents[0].executable;
    }
  }
}
