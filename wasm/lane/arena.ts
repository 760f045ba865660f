const BLOCK: usize = 1 << 20;
const HEADER: usize = 16;

/** Memory that is given out piece by piece and taken back all at once. */
@unmanaged
export class Arena {
  /** The block that is given out now; each begins with the address of the one before. */
  block: usize;
  used: usize;
  room: usize;
  /** Bytes given out since the last reset. */
  total: usize;

  /** Memory for `size` bytes, aligned to 16, not zeroed. */
  take(size: usize): usize {
    const rounded = (size + 15) & ~15;
    if (this.used + rounded > this.room) this.addBlock(rounded);
    const at = this.block + this.used;
    this.used += rounded;
    this.total += rounded;
    return at;
  }

  /** Takes everything back. */
  reset(): void {
    if (this.block == 0) return;
    for (let before = load<usize>(this.block); before != 0; before = load<usize>(this.block)) {
      heap.free(this.block);
      this.block = before;
    }
    // the first block is the smallest
    this.room = BLOCK;
    this.used = HEADER;
    this.total = 0;
  }

  private addBlock(size: usize): void {
    const room = this.block == 0 ? BLOCK : max(BLOCK, size + HEADER);
    const block = heap.alloc(room);
    store<usize>(block, this.block);
    this.block = block;
    this.room = room;
    this.used = HEADER;
    if (this.used + size > room) this.addBlock(size);
  }
}
