import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRows, ROW_PX, scrollOf } from '../../web/src/table/viewport.ts';

const HEIGHT = 600;

describe('the rows in sight', () => {
  it('are those at the place to which the box is scrolled', () => {
    const { first, count, above, below } = findRows(2600, HEIGHT, 1000);
    expect([first, above]).toEqual([88, 88 * ROW_PX]);
    expect(above + count * ROW_PX + below).toBe(1000 * ROW_PX);
  });

  it('reach the last of millions in a box that browsers can draw', () => {
    const rows = 20_000_000;
    const top = findRows(0, HEIGHT, rows);
    expect(top.first).toBe(0);
    const total = top.above + top.count * ROW_PX + top.below;
    expect(total).toBeLessThan(33_000_000);
    const end = findRows(total - HEIGHT, HEIGHT, rows);
    expect(end.first + end.count).toBe(rows);
  });

  it('hold the row that was scrolled to, however many there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000_000 }),
        fc.double({ min: 0, max: 1 }),
        (rows, at) => {
          fc.pre(!Number.isNaN(at));
          const row = Math.floor(at * (rows - 1));
          const { first, count, above, below } = findRows(
            scrollOf(row, HEIGHT, rows),
            HEIGHT,
            rows,
          );
          expect(first).toBeLessThanOrEqual(row);
          expect(first + count).toBeGreaterThan(row);
          expect(above).toBeGreaterThanOrEqual(0);
          expect(below).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
