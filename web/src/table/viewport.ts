/** Height of a row, pixels. */
export const ROW_PX = 26;
const OVERSCAN_ROWS = 12;
/** Browsers draw nothing higher than about 33 million pixels. */
const MOST_PX = 30_000_000;

/** Which rows are in the document, and the room that stands for the others, pixels. */
export interface Viewport {
  first: number;
  count: number;
  above: number;
  below: number;
}

/** Rows in sight of a box that is scrolled down; of very many rows a pixel of scrolling passes several. */
export function findRows(scrollTop: number, height: number, rows: number): Viewport {
  const total = Math.min(rows * ROW_PX, MOST_PX);
  const top = rowAt(scrollTop, height, rows);
  const first = Math.max(0, Math.floor(top) - OVERSCAN_ROWS);
  const count = Math.min(rows - first, Math.ceil(height / ROW_PX) + 2 * OVERSCAN_ROWS);
  const above = Math.max(0, scrollTop - (top - first) * ROW_PX);
  return { first, count, above, below: Math.max(0, total - above - count * ROW_PX) };
}

/** How far a box is to be scrolled for a row to be its first. */
export function scrollOf(row: number, height: number, rows: number): number {
  if (rows * ROW_PX <= MOST_PX) return row * ROW_PX;
  return (row / (rows - height / ROW_PX)) * (MOST_PX - height);
}

function rowAt(scrollTop: number, height: number, rows: number): number {
  if (rows * ROW_PX <= MOST_PX) return scrollTop / ROW_PX;
  const share = Math.min(1, scrollTop / (MOST_PX - height));
  return share * (rows - height / ROW_PX);
}
