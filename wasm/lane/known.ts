import { Dictionary } from '../dictionary';
import { allocate, enlarge } from '../memory';
import { Arena } from './arena';
import { connectionOf, forgetProtocols } from './connections';
import { forgetLeader } from './leader';
import { describeOpened, describeSyscall, describeTarget, describeThread } from './javascript';
import { Syscall, Target, Thread } from './records';
import { plainFile } from './row';

/** Memory of what lasts for many chunks: names, system calls, targets. */
export const lasting: Arena = changetype<Arena>(allocate(offsetof<Arena>()));
/** Memory of what is void with the chunk: threads, and the bytes that they know. */
export const passing: Arena = changetype<Arena>(allocate(offsetof<Arena>()));

/** Records that JavaScript made, each behind the bytes that it was asked about. */
@unmanaged
class Records {
  keys: Dictionary;
  addresses: usize;
  room: i32;

  static make(): Records {
    const made = changetype<Records>(allocate(offsetof<Records>()));
    made.keys = Dictionary.make();
    made.room = 256;
    made.addresses = allocate(256 << 2);
    return made;
  }

  /** Where the record of number `id` is to be found; it is 0 at first. */
  place(id: i32): usize {
    if (id >= this.room) {
      this.addresses = enlarge(this.addresses, this.room << 2, this.room << 3);
      this.room <<= 1;
    }
    return this.addresses + (id << 2);
  }

  clear(): void {
    this.keys.clear();
    memory.fill(this.addresses, 0, this.room << 2);
  }
}

const syscalls: Records = Records.make();
const targets: Records = Records.make();
/** Of the chunk only: a log may open a file and no other one twice. */
const openedFiles: Records = Records.make();

/** System calls that were met last, 24 bytes each: the name as two words, and the record. */
const RECENT_BITS: u64 = 6;
const RECENT_BYTES: usize = 24 << 6;
const recent: usize = memory.data(24 << 6, 8);

/** The system call of a name. */
// @ts-ignore: decorator
@inline
export function syscallOf(at: usize, length: i32): Syscall {
  if (length > 16) return findSyscall(at, length);
  const first = length < 8 ? load<u64>(at) & lowBytes(length) : load<u64>(at);
  const second = length <= 8 ? 0 : length < 16 ? load<u64>(at, 8) & lowBytes(length - 8) : load<u64>(at, 8);
  const hash = (first * 0x9e3779b97f4a7c15) ^ (second * 0xc2b2ae3d27d4eb4f);
  const place = recent + <usize>(hash >> (64 - RECENT_BITS)) * 24;
  if (load<u64>(place) == first && load<u64>(place, 8) == second) return load<Syscall>(place, 16);
  const found = findSyscall(at, length);
  store<u64>(place, first);
  store<u64>(place, second, 8);
  store<Syscall>(place, found, 16);
  return found;
}

// @ts-ignore: decorator
@inline
function lowBytes(count: i32): u64 {
  return (<u64>1 << (count << 3)) - 1;
}

function findSyscall(at: usize, length: i32): Syscall {
  const place = syscalls.place(syscalls.keys.intern(at, length));
  if (load<usize>(place) == 0) store<usize>(place, describeSyscall(at, length));
  return load<Syscall>(place);
}

/** What a decoration says, the text between the angle brackets. */
// @ts-ignore: decorator
@inline
export function targetOf(at: usize, length: i32): Target {
  const place = targets.place(targets.keys.intern(at, length));
  if (load<usize>(place) == 0) {
    const connection = connectionOf(at, length);
    store<usize>(place, connection != 0 ? connection : describeTarget(at, length));
  }
  return load<Target>(place);
}

/** `/dev/` as a word. */
const DEV: u64 = 0x2f7665642f;
const FIVE_BYTES: u64 = 0xffffffffff;
const PADDING: usize = 16;

/** What was opened by a path, until `forgetThreads`. */
export function openedAs(at: usize, length: i32): Target {
  const place = openedFiles.place(openedFiles.keys.intern(at, length));
  if (load<usize>(place) == 0) store<usize>(place, makeOpened(at, length));
  return load<Target>(place);
}

function makeOpened(at: usize, length: i32): usize {
  const record = passing.take(offsetof<Target>());
  memory.fill(record, 0, offsetof<Target>());
  const made = changetype<Target>(record);
  made.pathAt = passing.take(<usize>length + PADDING);
  made.pathLength = length;
  memory.copy(made.pathAt, at, length);
  made.kind = plainFile.kind;
  if (isInDev(made.pathAt, length)) describeOpened(record);
  return record;
}

/** Whether a path begins with `/dev/`. */
export function isInDev(path: usize, length: i32): bool {
  return length >= 5 && (load<u64>(path) & FIVE_BYTES) == DEV;
}

const FIRST_THREADS: i32 = 1 << 10;
let threadRoom: i32 = FIRST_THREADS;
let threadCount: i32 = 0;
let threads: usize = allocate(FIRST_THREADS << 2);
let lastKey: i32 = 0;
let last: usize = 0;

/** The thread of a pid (-1: of lines without) as JavaScript knows it now; null when it must appear first. */
// @ts-ignore: decorator
@inline
export function threadOf(pid: i32, epoch: i32): Thread | null {
  if (last != 0 && lastKey == pid) {
    const thread = changetype<Thread>(last);
    if (thread.epoch == epoch) return thread;
  }
  return findThread(pid, epoch);
}

function findThread(pid: i32, epoch: i32): Thread | null {
  const mask = threadRoom - 1;
  let slot = (pid * 0x9e3779b1) >>> 8 & mask;
  let address = load<usize>(threads + (slot << 2));
  while (address != 0 && changetype<Thread>(address).key != pid) {
    slot = (slot + 1) & mask;
    address = load<usize>(threads + (slot << 2));
  }
  if (address == 0) {
    address = passing.take(offsetof<Thread>());
    memory.fill(address, 0, offsetof<Thread>());
    const thread = changetype<Thread>(address);
    thread.key = pid;
    thread.epoch = -1;
    store<usize>(threads + (slot << 2), address);
    threadCount++;
    if (threadCount * 2 > threadRoom) growThreads();
  }
  const thread = changetype<Thread>(address);
  if (thread.epoch != epoch) {
    if (!describeThread(address)) return null;
    thread.epoch = epoch;
  }
  // the thread of lines without a pid, once its pid is known, has one record for all its lines
  if (pid < 0 && thread.pid >= 0) return findThread(thread.pid, epoch);
  last = address;
  lastKey = pid;
  return thread;
}

function growThreads(): void {
  const old = threads;
  const oldRoom = threadRoom;
  threadRoom = oldRoom << 1;
  threads = allocate(threadRoom << 2);
  const mask = threadRoom - 1;
  for (let i = 0; i < oldRoom; i++) {
    const address = load<usize>(old + (i << 2));
    if (address == 0) continue;
    let slot = (changetype<Thread>(address).key * 0x9e3779b1) >>> 8 & mask;
    while (load<usize>(threads + (slot << 2)) != 0) slot = (slot + 1) & mask;
    store<usize>(threads + (slot << 2), address);
  }
  heap.free(old);
}

/** Forgets the threads of the chunk before, and its bytes. */
export function forgetThreads(): void {
  forgetLeader();
  last = 0;
  threadCount = 0;
  memory.fill(threads, 0, threadRoom << 2);
  openedFiles.clear();
  passing.reset();
}

/** Forgets every name, system call and target. */
export function forgetNames(): void {
  syscalls.clear();
  memory.fill(recent, 0, RECENT_BYTES);
  targets.clear();
  forgetProtocols();
  lasting.reset();
}
