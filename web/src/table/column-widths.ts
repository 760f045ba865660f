import type { Report, Row } from '../api/catalogue.ts';
import { isAmount, printCell } from './cell-text.ts';

const CHARACTER_PX = 7.3;
const PADDING_PX = 22;
const LEAST_PX = 56;
const MOST_PX = 340;
const SAMPLE_ROWS = 60;
/** Room for the arrow that tells the order. */
const HEAD_PX = 16;

/** Widths, pixels, that suit the first rows. */
export function startWidths(report: Pick<Report, 'columns'>, rows: readonly Row[]): number[] {
  return report.columns.map(({ name, type }) => {
    const isNumber = isAmount(name, type);
    const lengths = rows.slice(0, SAMPLE_ROWS).map((row) => printCell(row[name], isNumber).length);
    const longest = Math.max(0, ...lengths) * CHARACTER_PX + PADDING_PX;
    const head = name.length * CHARACTER_PX + PADDING_PX + HEAD_PX;
    return Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, longest, head)));
  });
}
