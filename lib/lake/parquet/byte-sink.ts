/** Bytes appended to a buffer that grows and is used again. */
export class ByteSink {
  bytes: Uint8Array;
  length = 0;

  constructor(room = 1 << 12) {
    this.bytes = new Uint8Array(room);
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  /** Forgets the bytes but keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  /** The bytes so far; a view, valid until the next append. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  putByte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  putBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** 32 bits, little-endian. */
  putInt32(value: number): void {
    this.reserve(4);
    this.setInt32(this.length, value);
    this.length += 4;
  }

  /** Overwrites 32 bits at `at`, little-endian. */
  setInt32(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  /** Unsigned LEB128 of a non-negative safe integer. */
  putVarint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }
}
