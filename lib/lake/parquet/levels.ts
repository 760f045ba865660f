import { grown } from '../../strace/byte-dictionary.ts';

/** Rows of one data page, at most. */
export const PAGE_ROWS = 1 << 15;

/** Definition levels of a nullable column: 1 a value, 0 a null. A run of nulls costs one addition. */
export class Levels {
  bytes: Uint8Array = new Uint8Array(1 << 11);
  values = 0;
  #written = 0;
  #pendingNulls = 0;

  get rows(): number {
    return this.#written + this.#pendingNulls;
  }

  get nulls(): number {
    return this.rows - this.values;
  }

  addValue(): void {
    if (this.#pendingNulls > 0) this.writeNulls();
    if (this.#written === this.bytes.length) this.bytes = grown(this.bytes, this.#written + 1);
    this.bytes[this.#written++] = 1;
    this.values++;
  }

  addNull(): void {
    this.#pendingNulls++;
  }

  /** Makes `bytes` complete. */
  writeNulls(): void {
    const end = this.rows;
    if (end > this.bytes.length) this.bytes = grown(this.bytes, end);
    this.bytes.fill(0, this.#written, end);
    this.#written = end;
    this.#pendingNulls = 0;
  }

  clear(): void {
    this.values = 0;
    this.#written = 0;
    this.#pendingNulls = 0;
  }

  /** Rows of each page with the values before and behind it. */
  *pages(): Generator<{ row: number; end: number; value: number; next: number }> {
    this.writeNulls();
    let value = 0;
    for (let row = 0; row < this.#written; row += PAGE_ROWS) {
      const end = Math.min(row + PAGE_ROWS, this.#written);
      let next = value;
      for (let i = row; i < end; i++) next += this.bytes[i];
      yield { row, end, value, next };
      value = next;
    }
  }
}
