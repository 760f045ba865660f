import { type FdTarget, fileTarget, PLAIN_FILE, parseDecoration } from '../../strace/fd-target.ts';
import type { LogParser } from '../../strace/log-parser.ts';
import { Name } from '../../strace/name.ts';
import type { ParserState } from '../../strace/parser-state.ts';
import { PATH, type Syscall } from '../../strace/syscalls.ts';
import type { WasmHeap } from '../wasm/wasm-heap.ts';
import { EFFECT, NAME, SYSCALL, TARGET } from './records.ts';

const decoder = new TextDecoder();
/** Files that were opened last, by place: a power of two. */
const RECENTLY_OPENED = 1024;
const CALL_KIND = new Name('call');

/** Takes memory of the lane, as long as its own names last or as the chunk does. */
type Take = (size: number) => number;

/** The records of names, system calls and targets that the lane was given, until they are forgotten. */
export class LaneNames {
  #heap: WasmHeap;
  #refs = new Map<Name, number>();
  /** Marks targets whose record this one made, and has not forgotten. */
  #mark = ++marks;
  /** Files that were opened, each where the address of its record puts it: most are opened again. */
  #opened = new Array<FdTarget | undefined>(RECENTLY_OPENED).fill(undefined);
  /** Bytes of a system call's name by the address of its record. */
  #syscalls = new Map<number, Uint8Array>();

  constructor(heap: WasmHeap) {
    this.#heap = heap;
    this.#fillFixed();
  }

  /** Forgets all; the memory was taken back. */
  clear(): void {
    this.#refs.clear();
    this.#syscalls.clear();
    this.#fillFixed();
  }

  /** Address of a name's record, 0 for none. */
  refOf(name: Name | undefined): number {
    if (name === undefined) return 0;
    const known = this.#refs.get(name);
    if (known !== undefined) return known;
    const at = this.#makeName(name, this.#heap.exports.takeLasting);
    this.#refs.set(name, at);
    return at;
  }

  /** Makes the record of a system call from the bytes of its name. */
  describeSyscall(at: number, length: number, state: ParserState): number {
    const bytes = this.#heap.bytes.slice(at, at + length);
    const syscall = state.syscalls.get(bytes, 0, length);
    const name = this.refOf(syscall);
    const record = this.#heap.exports.takeLasting(SYSCALL.size);
    const { bytes: memory, ints } = this.#heap;
    const field = record >> 2;
    ints[field + SYSCALL.name] = name;
    ints[field + SYSCALL.effect] = effectOf(syscall);
    ints[field + SYSCALL.fdArgument] = syscall.fdArgument;
    ints[field + SYSCALL.flagsArgument] = flagsArgumentOf(syscall);
    ints[field + SYSCALL.isWrite] = syscall.isWrite ? 1 : 0;
    ints.fill(0, field + SYSCALL.roles, field + SYSCALL.errors + 1);
    memory.set(syscall.arguments, record + SYSCALL.roles * 4);
    this.#syscalls.set(record, bytes);
    return record;
  }

  /** The system call of a record. */
  syscallAt(record: number, state: ParserState): Syscall {
    const bytes = this.#syscalls.get(record) as Uint8Array;
    return state.syscalls.get(bytes, 0, bytes.length);
  }

  /** Makes the record of a name that many rows have. */
  describeName(at: number, length: number): number {
    const bytes = this.#heap.bytes.slice(at, at + length);
    return this.refOf(new Name(decoder.decode(bytes), bytes));
  }

  /** Makes the record of what a decoration says. */
  describeTarget(at: number, length: number): number {
    const bytes = this.#heap.bytes.slice(at, at + length);
    const target = parseDecoration(decoder.decode(bytes), bytes);
    // the paths of a decorated call are those that the text names
    return this.#makeTarget(target, undefined, this.#heap.exports.takeLasting);
  }

  /** Forgets what descriptors refer to; the memory was taken back. */
  forgetTargets(): void {
    this.#mark = ++marks;
  }

  /** Completes the record of a file that was opened by its path: of those in /dev the kind must be told. */
  describeOpened(record: number): void {
    const { kind } = fileTarget(this.#pathOf(record));
    const ref = this.refOf(kind);
    this.#heap.ints[(record >> 2) + TARGET.kind] = ref;
  }

  /** The file of a record that the lane made. */
  openedAt(record: number): FdTarget {
    const place = (record >> 4) & (RECENTLY_OPENED - 1);
    const known = this.#opened[place];
    if (known?.id === record && known.mark === this.#mark) return known;
    const target = fileTarget(this.#pathOf(record));
    target.mark = this.#mark;
    target.id = record;
    this.#opened[place] = target;
    return target;
  }

  /** Address of the record of what a descriptor refers to, until it is forgotten. */
  targetRecord(target: FdTarget): number {
    if (target.mark === this.#mark) return target.id;
    target.id = this.#makeTarget(target, target.path, this.#heap.exports.takePassing);
    target.mark = this.#mark;
    return target.id;
  }

  /** Gives the parser the calls that the lane counted, and begins again. */
  takeCounts(parser: LogParser): void {
    const { ints } = this.#heap;
    for (const record of this.#syscalls.keys()) {
      const at = record >> 2;
      const calls = ints[at + SYSCALL.calls];
      if (calls === 0) continue;
      parser.counts.add(this.syscallAt(record, parser.state), calls, ints[at + SYSCALL.errors]);
      ints[at + SYSCALL.calls] = 0;
      ints[at + SYSCALL.errors] = 0;
    }
  }

  #fillFixed(): void {
    const { exports } = this.#heap;
    this.#fillName(exports.laneCallKind(), CALL_KIND.bytes, exports.takeLasting);
    const kind = this.refOf(PLAIN_FILE.kind);
    this.#heap.ints[(exports.lanePlainFile() >> 2) + TARGET.kind] = kind;
  }

  #makeName(name: Name, take: Take): number {
    const at = take(NAME.size);
    this.#fillName(at, name.bytes, take);
    return at;
  }

  #fillName(record: number, bytes: Uint8Array, take: Take): void {
    const at = take(bytes.length + 16);
    const { bytes: memory, ints } = this.#heap;
    memory.set(bytes, at);
    ints[(record >> 2) + NAME.at] = at;
    ints[(record >> 2) + NAME.length] = bytes.length;
    ints[(record >> 2) + NAME.mark] = 0;
  }

  #pathOf(record: number): Uint8Array {
    const { ints, bytes } = this.#heap;
    const at = ints[(record >> 2) + TARGET.pathAt];
    return bytes.slice(at, at + ints[(record >> 2) + TARGET.pathLength]);
  }

  #makeTarget(target: FdTarget, path: Uint8Array | undefined, take: Take): number {
    const kinds = [target.kind, target.protocol].map((name) => this.refOf(name));
    // of addresses there are as many as connections
    const addresses = [target.local, target.remote].map((name) =>
      name === undefined ? 0 : this.#makeName(name, take),
    );
    const pathAt = path === undefined ? 0 : take(path.length + 16);
    const record = take(TARGET.size);
    const { bytes, ints } = this.#heap;
    if (path !== undefined) bytes.set(path, pathAt);
    const at = record >> 2;
    ints.set([...kinds, ...addresses], at + TARGET.kind);
    ints[at + TARGET.pathAt] = pathAt;
    ints[at + TARGET.pathLength] = path?.length ?? 0;
    ints[at + TARGET.hasInode] = target.inode === undefined ? 0 : 1;
    return record;
  }
}

let marks = 0;

/** The calls that open a file by its path. */
const OPENING = new Set(['open', 'openat', 'creat']);

/** Argument that holds the flags of a call that opens a file, or -1: behind the path. */
function flagsArgumentOf({ text, arguments: roles }: Syscall): number {
  return text === 'open' || text === 'openat' ? roles.indexOf(PATH) + 1 : -1;
}

/** What a call does to the state that rows depend on. */
function effectOf({ role, text }: Syscall): number {
  switch (role) {
    case undefined:
      return EFFECT.none;
    case 'open':
      return OPENING.has(text) ? EFFECT.opensFile : EFFECT.opens;
    case 'close':
      return text === 'close' ? EFFECT.closes : EFFECT.descriptors;
    case 'duplicate':
      return text === 'dup3' ? EFFECT.descriptors : EFFECT.duplicates;
    case 'fcntl':
      return EFFECT.controls;
    case 'self':
      return EFFECT.self;
    case 'peer':
    case 'message':
      return EFFECT.peer;
    case 'fork':
      return EFFECT.alwaysChanges;
    case 'address':
      // one under way has its address already
      return text === 'connect' ? EFFECT.alwaysChanges : EFFECT.changes;
    default: // exec, directory, root, unshare, socket, pair
      return EFFECT.changes;
  }
}
