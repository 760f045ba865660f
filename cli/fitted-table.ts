import stringWidth from 'string-width';
import type { SqlValue } from '../lib/reports/engine.ts';
import { cutMiddle, cutText, showControls } from './text-width.ts';

const GAP = 3;
/** A column cut to fewer columns than these tells too little. */
const LEAST_WIDTH = 12;

/** How parts of a table are coloured. */
export interface TablePaint {
  header(text: string): string;
  rule(text: string): string;
}

interface Layout {
  headers: readonly string[];
  cells: string[][];
  /** Columns whose values are all numbers. */
  isNumber: boolean[];
  widths: number[];
}

/**
 * Rows as a table no wider than `width`: the widest columns are cut with an ellipsis; when that is
 * not enough, each row is a block of lines `name  value`. The value NULL is empty.
 */
export function fitTable(
  headers: readonly string[],
  rows: readonly SqlValue[][],
  width: number,
  paint: TablePaint,
): string {
  const cells = rows.map((row) => row.map(printCell));
  const isNumber = headers.map((_, i) =>
    rows.every(
      (row) => row[i] === null || typeof row[i] === 'number' || typeof row[i] === 'bigint',
    ),
  );
  const natural = headers.map((header, i) =>
    Math.max(stringWidth(header), ...cells.map((row) => stringWidth(row[i]))),
  );
  const widths = shrink(natural, headers, width - GAP * (headers.length - 1));
  if (!widths) return renderBlocks(headers, cells, width, paint);
  return renderTable({ headers, cells, isNumber, widths }, paint);
}

/** Widths that fit into the room, the widest made equally narrow; undefined when that is too narrow. */
function shrink(
  natural: readonly number[],
  headers: readonly string[],
  room: number,
): number[] | undefined {
  const sumOf = (cap: number) =>
    natural.reduce((sum, width, i) => sum + capped(width, headers[i], cap), 0);
  let cap = Math.max(...natural, LEAST_WIDTH);
  if (sumOf(LEAST_WIDTH) > room) return undefined;
  while (sumOf(cap) > room) cap--;
  return natural.map((width, i) => capped(width, headers[i], cap));
}

function capped(width: number, header: string, cap: number): number {
  return Math.min(width, Math.max(cap, header.length));
}

function renderTable({ headers, cells, isNumber, widths }: Layout, paint: TablePaint): string {
  const line = (row: readonly string[]) =>
    row.map((cell, i) => pad(cutCell(cell, widths[i]), widths[i], isNumber[i])).join(' │ ');
  const lines = [
    paint.header(line(headers).trimEnd()),
    paint.rule(widths.map((width) => '─'.repeat(width)).join('─┼─')),
    ...cells.map((row) => line(row).trimEnd()),
  ];
  return `${lines.join('\n')}\n`;
}

function renderBlocks(
  headers: readonly string[],
  cells: string[][],
  width: number,
  paint: TablePaint,
): string {
  const nameWidth = Math.max(...headers.map((header) => header.length));
  const blocks = cells.map((row, number) => {
    const lines = row.flatMap((cell, i) =>
      cell === ''
        ? []
        : [
            `${paint.header(headers[i].padEnd(nameWidth))}  ${cutText(cell, width - nameWidth - 2)}`,
          ],
    );
    return [paint.rule(`── ${number + 1} ──`), ...lines].join('\n');
  });
  return `${blocks.join('\n')}\n`;
}

function printCell(value: SqlValue): string {
  if (value === null) return '';
  return showControls(Array.isArray(value) ? value.join(', ') : String(value));
}

function cutCell(cell: string, width: number): string {
  return cell.startsWith('/') ? cutMiddle(cell, width) : cutText(cell, width);
}

function pad(cell: string, width: number, isNumber: boolean): string {
  const padding = ' '.repeat(Math.max(0, width - stringWidth(cell)));
  return isNumber ? padding + cell : cell + padding;
}
