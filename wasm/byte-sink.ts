import { allocate } from './memory';

/** Bytes appended to memory that grows and is used again. */
@unmanaged
export class ByteSink {
  at: usize;
  length: i32;
  room: i32;

  /** An empty sink. */
  static make(room: i32): ByteSink {
    const made = changetype<ByteSink>(allocate(offsetof<ByteSink>()));
    made.at = heap.alloc(room);
    made.room = room;
    return made;
  }

  /** Where the next byte goes. */
  @inline
  get end(): usize {
    return this.at + this.length;
  }

  /** Makes room for `size` more bytes. */
  @inline
  reserve(size: i32): void {
    if (this.length + size > this.room) this.enlarge(size);
  }

  @inline
  putByte(value: u32): void {
    this.reserve(1);
    store<u8>(this.end, value);
    this.length++;
  }

  /** Copies `length` bytes. */
  putBytes(at: usize, length: i32): void {
    this.reserve(length);
    memory.copy(this.end, at, length);
    this.length += length;
  }

  /** 32 bits, little-endian. */
  putInt32(value: i32): void {
    this.reserve(4);
    store<i32>(this.end, value);
    this.length += 4;
  }

  /** Unsigned LEB128. */
  putVarint(value: u64): void {
    this.reserve(10);
    let end = this.end;
    for (; value >= 0x80; value >>= 7) store<u8>(end++, <u8>value | 0x80);
    store<u8>(end++, <u8>value);
    this.length = <i32>(end - this.at);
  }

  private enlarge(size: i32): void {
    this.room = max(this.length + size, this.room << 1);
    this.at = heap.realloc(this.at, this.room);
  }
}
