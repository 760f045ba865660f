import stringWidth from 'string-width';
import type { SqlValue } from '../lib/reports/engine.ts';
import { cutMiddle, cutText, showControls, wrapText } from './text-width.ts';

/** Columns between two columns of a table. */
export const GAP = 3;
/** A column cut to fewer columns than these tells too little. */
const LEAST_WIDTH = 8;
/** Lines that prose in a cell may take. */
const CELL_LINES = 4;

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
 * Rows as a table no wider than `width`: the widest columns are wrapped or cut with an ellipsis, but for
 * numbers and for widths that they are worth; when that is not enough, each row is a block of lines
 * `name  value`. NULL is empty.
 */
export function fitTable(
  headers: readonly string[],
  rows: readonly SqlValue[][],
  width: number,
  paint: TablePaint,
  worth?: readonly number[],
): string {
  const cells = rows.map((row) => row.map(printCell));
  const isNumber = headers.map((_, i) => isNumberColumn(rows, i));
  const cellWidths = headers.map((_, i) => Math.max(0, ...cells.map((row) => stringWidth(row[i]))));
  const natural = cellWidths.map((each, i) => Math.max(each, headers[i].length));
  const least = cellWidths.map((each, i) =>
    Math.max(
      isNumber[i] ? each : Math.min(each, LEAST_WIDTH),
      leastHeaderWidth(headers[i]),
      worth?.[i] ?? 0,
    ),
  );
  const widths = shrink(natural, least, width - GAP * (headers.length - 1));
  if (!widths) return renderBlocks(headers, cells, width, paint);
  return renderTable({ headers, cells, isNumber, widths }, paint);
}

/** Whether all values of a column are numbers, which are never cut. */
export function isNumberColumn(rows: readonly SqlValue[][], i: number): boolean {
  return rows.every(
    (row) => row[i] === null || typeof row[i] === 'number' || typeof row[i] === 'bigint',
  );
}

/** Widest part of a header, which is wrapped after underscores. */
export function leastHeaderWidth(header: string): number {
  return Math.max(...partsOf(header).map((part) => part.length));
}

/** Widths that fit into the room, the widest made equally narrow; undefined when that is too narrow. */
function shrink(
  natural: readonly number[],
  least: readonly number[],
  room: number,
): number[] | undefined {
  const cappedAt = (cap: number) =>
    natural.map((width, i) => Math.max(least[i], Math.min(width, cap)));
  const sum = (widths: readonly number[]) => widths.reduce((total, width) => total + width, 0);
  if (sum(least) > room) return undefined;
  let cap = Math.max(...natural);
  while (sum(cappedAt(cap)) > room) cap--;
  return cappedAt(cap);
}

function renderTable({ headers, cells, isNumber, widths }: Layout, paint: TablePaint): string {
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => pad(cell, widths[i], isNumber[i]))
      .join(' │ ')
      .trimEnd();
  const lines = [
    ...lineUp(headers.map((header, i) => wrapHeader(header, widths[i]))).map((row) =>
      paint.header(line(row)),
    ),
    paint.rule(widths.map((width) => '─'.repeat(width)).join('─┼─')),
    ...cells.flatMap((row) => lineUp(row.map((cell, i) => layOutCell(cell, widths[i]))).map(line)),
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

/** A value as a cell of a table shows it. */
export function printCell(value: SqlValue): string {
  if (value === null) return '';
  return showControls(Array.isArray(value) ? value.join(', ') : String(value));
}

/** Lines of a row from the lines of its cells. */
function lineUp(cells: readonly (readonly string[])[]): string[][] {
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => cells.map((lines) => lines[at] ?? ''));
}

/** A name goes on in a further line after an underscore. */
function wrapHeader(header: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of partsOf(header)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length <= width) lines[lines.length - 1] += part;
    else lines.push(part);
  }
  return lines;
}

function partsOf(header: string): string[] {
  return header.match(/[^_]*_+|[^_]+/g) ?? [header];
}

/** Lines of a cell: prose goes on in further ones, of a path both ends are kept. */
function layOutCell(cell: string, width: number): string[] {
  if (stringWidth(cell) <= width) return [cell];
  if (cell.startsWith('/')) return [cutMiddle(cell, width)];
  const lines = wrapText(cell, width).split('\n');
  const shown = lines.slice(0, CELL_LINES);
  if (lines.length > CELL_LINES) shown[CELL_LINES - 1] = lines.slice(CELL_LINES - 1).join(' ');
  return shown.map((line) => cutText(line, width));
}

function pad(cell: string, width: number, isNumber: boolean): string {
  const padding = ' '.repeat(Math.max(0, width - stringWidth(cell)));
  return isNumber ? padding + cell : cell + padding;
}
