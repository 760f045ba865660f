import { DescriptorTable } from './descriptors.ts';
import { FdTarget } from './fd-target.ts';
import { Name } from './name.ts';
import type { PairEnd, PassedDescriptors } from './passed-descriptors.ts';
import type { Syscall } from './syscalls.ts';
import { Thread, type WorkingDirectory } from './thread.ts';

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
  hasPidColumn: boolean;
  toldPid: number;
  isUnnamedAlive: boolean;
  isFresh: boolean;
  attachedFirst: number;
  attachedGroup: number;
}

interface ThreadSnapshot {
  pid: number;
  process: number;
  parent: number;
  kinship: Thread['kinship'];
  executable: string | undefined;
  comm: string | undefined;
  directory: number;
  table: number;
  unfinished:
    | { syscall: string; bytes: Uint8Array; seconds: number; nanos: number; seq: number }
    | undefined;
}

interface TargetSnapshot {
  kind: string | undefined;
  path: Uint8Array | undefined;
  protocol: string | undefined;
  local: string | undefined;
  remote: string | undefined;
  pair: PairEnd | undefined;
}

interface DescriptorSnapshot extends TargetSnapshot {
  fd: number;
  closesOnExec: boolean;
}

/** Directories and descriptor tables in order of first use. */
export class SharedParts {
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
      kinship: thread.kinship,
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

/** Open descriptors of a table. */
export function describeTable(table: DescriptorTable): DescriptorSnapshot[] {
  return [...table.entries()].map(([fd, { target, closesOnExec }]) => ({
    fd,
    closesOnExec,
    ...describeTarget(target),
  }));
}

/** The table a description was made of. */
export function restoreTable(snapshot: DescriptorSnapshot[]): DescriptorTable {
  const table = new DescriptorTable();
  for (const { fd, closesOnExec, ...target } of snapshot) {
    table.restore(fd, { target: restoreTarget(target), closesOnExec });
  }
  return table;
}

/** Messages with descriptors under way; null for a descriptor of which nothing is known. */
export type PassageSnapshot = [string, { messages: (TargetSnapshot | null)[][]; ahead: number }];

/** Messages with descriptors under way. */
export function describePassages(passed: PassedDescriptors): PassageSnapshot[] {
  return passed.entries().map(([key, { messages, ahead }]) => {
    const described = messages.map((targets) =>
      targets.map((target) => (target === undefined ? null : describeTarget(target))),
    );
    return [key, { messages: described, ahead }];
  });
}

/** Restores messages under way. */
export function restorePassages(passed: PassedDescriptors, snapshot: PassageSnapshot[]): void {
  passed.restore(
    snapshot.map(([key, { messages, ahead }]) => {
      const restored = messages.map((targets) =>
        targets.map((target) => (target === null ? undefined : restoreTarget(target))),
      );
      return [key, { messages: restored, ahead }];
    }),
  );
}

function describeTarget(target: FdTarget): TargetSnapshot {
  return {
    kind: target.kind?.text,
    path: target.path,
    protocol: target.protocol?.text,
    local: target.local?.text,
    remote: target.remote?.text,
    pair: target.pair,
  };
}

function restoreTarget({ kind, path, protocol, local, remote, pair }: TargetSnapshot): FdTarget {
  const target = new FdTarget('', path ?? new Uint8Array(0));
  target.kind = nameOrNothing(kind);
  target.path = path;
  target.protocol = nameOrNothing(protocol);
  target.local = nameOrNothing(local);
  target.remote = nameOrNothing(remote);
  target.pair = pair;
  return target;
}

function nameOrNothing(text: string | undefined): Name | undefined {
  return text === undefined ? undefined : new Name(text);
}

/** The thread a description was made of; `syscallOf` finds a system call by name. */
export function restoreThread(
  description: ThreadSnapshot,
  directories: WorkingDirectory[],
  tables: DescriptorTable[],
  syscallOf: (text: string) => Syscall,
): Thread {
  const thread = new Thread(description.pid);
  thread.process = description.process;
  thread.parent = description.parent;
  thread.kinship = description.kinship;
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
}
