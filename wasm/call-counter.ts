import { ByteSink } from './byte-sink';
import { DictionaryColumn } from './dictionary-column';
import { Int64Column } from './int64-column';
import { allocate } from './memory';

const FIRST_GROUPS: i32 = 1 << 8;

/** Calls of one program, system call and error, counted. Their numbers plus 1; 0 for NULL. */
@unmanaged
class Group {
  executable: i32;
  syscall: i32;
  error: i32;
  calls: i32;
  /** Those of them that have a duration, and those that moved bytes or could have. */
  timed: i32;
  transfers: i32;
  /** Nanoseconds that they and the longest of them took. */
  duration: u64;
  longest: u64;
  bytes: u64;
  /** How often the sums passed 2^64. */
  durationCarries: i32;
  byteCarries: i32;
}

const groups = ByteSink.make(FIRST_GROUPS * <i32>offsetof<Group>());
/** Slots for twice the groups that there is room for, a power of two: number plus 1, 0 when free. */
let slots: usize = 0;
let slotCount: i32 = 0;

/** Counts the calls of the first `rows` rows; rows that are no calls are left out. Returns how many groups. */
export function countCalls(
  executable: DictionaryColumn,
  syscall: DictionaryColumn,
  error: DictionaryColumn,
  duration: Int64Column,
  bytes: Int64Column,
  rows: i32,
): i32 {
  groups.length = 0;
  makeSlots(FIRST_GROUPS << 1);
  for (let row: i32 = 0; row < rows; row++) {
    const at = (<usize>row) << 2;
    const call = load<i32>(syscall.numbers + at);
    if (call == 0) continue;
    const group = find(load<i32>(executable.numbers + at), call, load<i32>(error.numbers + at));
    group.calls++;
    const taken = load<i64>(duration.values + (at << 1));
    if (load<u8>(duration.marks + row) != 0 && taken >= 0) {
      group.timed++;
      group.duration += taken;
      if (group.duration < <u64>taken) group.durationCarries++;
      group.longest = max(group.longest, <u64>taken);
    }
    const moved = load<i64>(bytes.values + (at << 1));
    if (load<u8>(bytes.marks + row) != 0 && moved >= 0) {
      group.transfers++;
      group.bytes += moved;
      if (group.bytes < <u64>moved) group.byteCarries++;
    }
  }
  return groupCount();
}

/** Where the counted groups lie, one behind another in the order of their first row. */
export function countedGroups(): usize {
  return groups.at;
}

// @ts-ignore: decorator
@inline
function groupCount(): i32 {
  return groups.length / <i32>offsetof<Group>();
}

// @ts-ignore: decorator
@inline
function groupAt(number: i32): Group {
  return changetype<Group>(groups.at + <usize>number * offsetof<Group>());
}

function find(executable: i32, syscall: i32, error: i32): Group {
  const mask = slotCount - 1;
  let slot = hash(executable, syscall, error) & mask;
  for (;;) {
    const number = load<i32>(slots + ((<usize>slot) << 2)) - 1;
    if (number < 0) break;
    const group = groupAt(number);
    const isSame =
      group.syscall == syscall && group.executable == executable && group.error == error;
    if (isSame) return group;
    slot = (slot + 1) & mask;
  }
  return add(slot, executable, syscall, error);
}

function add(slot: i32, executable: i32, syscall: i32, error: i32): Group {
  const number = groupCount();
  groups.reserve(<i32>offsetof<Group>());
  groups.length += <i32>offsetof<Group>();
  const group = groupAt(number);
  memory.fill(changetype<usize>(group), 0, offsetof<Group>());
  group.executable = executable;
  group.syscall = syscall;
  group.error = error;
  store<i32>(slots + ((<usize>slot) << 2), number + 1);
  if ((number + 1) << 1 >= slotCount) rehash();
  return group;
}

function rehash(): void {
  makeSlots(slotCount << 1);
  const mask = slotCount - 1;
  const count = groupCount();
  for (let number: i32 = 0; number < count; number++) {
    const group = groupAt(number);
    let slot = hash(group.executable, group.syscall, group.error) & mask;
    while (load<i32>(slots + ((<usize>slot) << 2)) != 0) slot = (slot + 1) & mask;
    store<i32>(slots + ((<usize>slot) << 2), number + 1);
  }
}

function makeSlots(count: i32): void {
  if (slots != 0) heap.free(slots);
  slots = allocate((<usize>count) << 2);
  slotCount = count;
}

// @ts-ignore: decorator
@inline
function hash(executable: i32, syscall: i32, error: i32): i32 {
  const key = (<u64>executable << 40) ^ (<u64>syscall << 20) ^ <u64>error;
  return <i32>((key * 0x9e3779b97f4a7c15) >> 32);
}
