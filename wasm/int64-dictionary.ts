import { allocate } from './memory';

const FIRST_VALUES: i32 = 1 << 8;

/** Distinct 64-bit integers, numbered in order of first appearance. */
@unmanaged
export class Int64Dictionary {
  /** Number of distinct integers. */
  count: i32;
  /** Integers that `values` and half of `slots` have room for; a power of two. */
  room: i32;
  /** The integers, 8 bytes each. */
  values: usize;
  /** Number of an integer plus 1; 0 when free. */
  slots: usize;

  /** An empty dictionary. */
  static make(): Int64Dictionary {
    const made = changetype<Int64Dictionary>(allocate(offsetof<Int64Dictionary>()));
    made.room = FIRST_VALUES;
    made.values = allocate((<usize>FIRST_VALUES) << 3);
    made.slots = allocate((<usize>FIRST_VALUES) << 3);
    return made;
  }

  /** Number of the integer, giving it the next one when it is new. */
  intern(value: i64): i32 {
    const mask = (this.room << 1) - 1;
    let slot = hash(value) & mask;
    for (;;) {
      const id = load<i32>(this.slots + ((<usize>slot) << 2)) - 1;
      if (id < 0) break;
      if (this.valueOf(id) == value) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    store<i64>(this.values + ((<usize>id) << 3), value);
    store<i32>(this.slots + ((<usize>slot) << 2), id + 1);
    if (this.count == this.room) this.rehash();
    return id;
  }

  /** Integer `id`. */
  @inline
  valueOf(id: i32): i64 {
    return load<i64>(this.values + ((<usize>id) << 3));
  }

  /** Forgets every integer but keeps the memory. */
  clear(): void {
    if (this.count == 0) return;
    this.count = 0;
    memory.fill(this.slots, 0, (<usize>this.room) << 3);
  }

  private rehash(): void {
    const room = this.room << 1;
    this.values = heap.realloc(this.values, (<usize>room) << 3);
    heap.free(this.slots);
    const slots = allocate((<usize>room) << 3);
    const mask = (room << 1) - 1;
    for (let id: i32 = 0; id < this.count; id++) {
      let slot = hash(this.valueOf(id)) & mask;
      while (load<i32>(slots + ((<usize>slot) << 2)) != 0) slot = (slot + 1) & mask;
      store<i32>(slots + ((<usize>slot) << 2), id + 1);
    }
    this.slots = slots;
    this.room = room;
  }
}

// @ts-ignore: decorator
@inline
function hash(value: i64): i32 {
  return <i32>((<u64>value * 0x9e3779b97f4a7c15) >> 32);
}
