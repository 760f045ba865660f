/** Tells which frames and dumps are of a row: those on the lines right behind it. */
export class RowTail {
  /** Line of the row added last, then of what follows it. */
  end = 0;

  /** Whether line `line` continues the row; behind a line without a row it is no one's. */
  take(line: number): boolean {
    if (this.end === 0 || line !== this.end + 1) return false;
    this.end = line;
    return true;
  }
}
