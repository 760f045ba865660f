import { allocate, enlarge, isSame } from './memory';

const PLACE_BITS: i32 = 9;
const RECENT_BYTES: usize = <usize>4 << PLACE_BITS;
const FIRST_STRINGS: i32 = 1 << 8;
const FIRST_BYTES: i32 = 1 << 12;
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/** Distinct byte strings, numbered in order of first appearance. */
@unmanaged
export class Dictionary {
  /** Number of distinct strings. */
  count: i32;
  /** Bytes used of the arena: each string behind its length in 4 bytes, as a PLAIN page has them. */
  size: i32;
  arena: usize;
  room: i32;
  /** Strings that `starts` and half of `slots` have room for; a power of two. */
  stringRoom: i32;
  /** Where each string's length lies in the arena. */
  starts: usize;
  /** Number of a string plus 1 (0: free), and its hash. */
  slots: usize;
  /** Number plus 1 of the string that was last seen at each place: most come back soon. */
  recent: usize;

  /** An empty dictionary. */
  static make(): Dictionary {
    const made = changetype<Dictionary>(allocate(offsetof<Dictionary>()));
    made.room = FIRST_BYTES;
    made.arena = allocate(FIRST_BYTES);
    made.stringRoom = FIRST_STRINGS;
    made.starts = allocate(<usize>FIRST_STRINGS << 2);
    made.slots = allocate(<usize>FIRST_STRINGS << 4);
    made.recent = allocate(RECENT_BYTES);
    return made;
  }

  /** Number of the string of `length` bytes at `at`, giving it the next one when it is new. */
  intern(at: usize, length: i32): i32 {
    const place = this.recent + ((<usize>placeOf(at, length)) << 2);
    const recent = load<i32>(place) - 1;
    if (recent >= 0 && this.holds(recent, at, length)) return recent;
    const id = this.find(at, length);
    store<i32>(place, id + 1);
    return id;
  }

  /** Forgets every string but keeps the memory. */
  clear(): void {
    if (this.count == 0) return;
    this.count = 0;
    this.size = 0;
    memory.fill(this.slots, 0, <usize>this.stringRoom << 4);
    memory.fill(this.recent, 0, RECENT_BYTES);
  }

  /** Where string `id` lies; void after the next `intern`. */
  @inline
  addressOf(id: i32): usize {
    return this.prefixOf(id) + 4;
  }

  /** Bytes of string `id`. */
  @inline
  lengthOf(id: i32): i32 {
    return load<i32>(this.prefixOf(id));
  }

  @inline
  private prefixOf(id: i32): usize {
    return this.arena + load<u32>(this.starts + ((<usize>id) << 2));
  }

  @inline
  private holds(id: i32, at: usize, length: i32): bool {
    const prefix = this.prefixOf(id);
    return load<i32>(prefix) == length && isSame(prefix + 4, at, length);
  }

  private find(at: usize, length: i32): i32 {
    const hash = hashBytes(at, length);
    const mask = (this.stringRoom << 1) - 1;
    let slot = hash & mask;
    for (;;) {
      const where = this.slots + ((<usize>slot) << 3);
      const id = load<i32>(where) - 1;
      if (id < 0) break;
      if (load<u32>(where, 4) == hash && this.holds(id, at, length)) return id;
      slot = (slot + 1) & mask;
    }
    return this.add(hash, slot, at, length);
  }

  private add(hash: u32, slot: i32, at: usize, length: i32): i32 {
    const id = this.count++;
    const start = this.size;
    const size = start + 4 + length;
    if (size > this.room) {
      this.room = max(size, this.room << 1);
      this.arena = heap.realloc(this.arena, this.room);
    }
    store<i32>(this.arena + start, length);
    memory.copy(this.arena + start + 4, at, length);
    this.size = size;
    store<i32>(this.starts + ((<usize>id) << 2), start);
    const where = this.slots + ((<usize>slot) << 3);
    store<i32>(where, id + 1);
    store<u32>(where, hash, 4);
    if (this.count == this.stringRoom) this.rehash();
    return id;
  }

  private rehash(): void {
    const old = this.slots;
    const oldEnd = old + (<usize>this.stringRoom << 4);
    const room = this.stringRoom << 1;
    const slots = allocate(<usize>room << 4);
    const mask = (room << 1) - 1;
    for (let from = old; from < oldEnd; from += 8) {
      const entry = load<u64>(from);
      if (<i32>entry == 0) continue;
      let slot = <i32>(entry >> 32) & mask;
      while (load<i32>(slots + ((<usize>slot) << 3)) != 0) slot = (slot + 1) & mask;
      store<u64>(slots + ((<usize>slot) << 3), entry);
    }
    heap.free(old);
    this.slots = slots;
    this.starts = enlarge(this.starts, <usize>this.stringRoom << 2, <usize>room << 2);
    this.stringRoom = room;
  }

  /** Number of the least string by its bytes, of the greatest when `sign` is -1; there must be one. */
  extreme(sign: i32): i32 {
    let found: i32 = 0;
    for (let id: i32 = 1; id < this.count; id++) {
      if (this.compare(id, found) * sign < 0) found = id;
    }
    return found;
  }

  private compare(a: i32, b: i32): i32 {
    const lengthA = this.lengthOf(a);
    const lengthB = this.lengthOf(b);
    const difference = memory.compare(this.addressOf(a), this.addressOf(b), min(lengthA, lengthB));
    return difference != 0 ? difference : lengthA - lengthB;
  }
}

/** Where a string is looked for first, by its length and its last bytes, in which paths differ. */
// @ts-ignore: decorator
@inline
function placeOf(at: usize, length: i32): u32 {
  let key: u32 = length;
  if (length >= 4) {
    key ^= load<u32>(at + length - 4);
    key ^= <u32>load<u8>(at + (length >> 1)) << 12;
  } else if (length > 0) {
    key ^= <u32>load<u8>(at) << 8;
  }
  return (key * 0x9e3779b1) >> (32 - PLACE_BITS);
}

function hashBytes(at: usize, length: i32): u32 {
  let hash: u64 = length;
  if (length >= 8) {
    const last = at + length - 8;
    for (let from = at; from < last; from += 8) hash = mix(hash ^ load<u64>(from));
    hash = mix(hash ^ load<u64>(last));
  } else if (length >= 4) {
    hash = mix(hash ^ (<u64>load<u32>(at) | (<u64>load<u32>(at + length - 4) << 32)));
  } else {
    for (let i: i32 = 0; i < length; i++) hash = mix(hash ^ load<u8>(at + i));
  }
  return <u32>(hash >> 32);
}

// @ts-ignore: decorator
@inline
function mix(value: u64): u64 {
  const product = value * MULTIPLIER;
  return product ^ (product >> 32);
}
