import type { SqlValue } from '../engine.ts';

/** Width a header adds to its own in tabulate's layouts. */
const HEADER_PADDING = 2;

interface TableColumn {
  header: string;
  cells: string[];
  width: number;
  isNumber: boolean;
}

/**
 * Rows (at least one) as Python's tabulate prints them in its `presto` layout with left-aligned text:
 * whole numbers to the right, also when they are text; no line end after the last row.
 */
export function renderTable(headers: readonly string[], rows: readonly SqlValue[][]): string {
  const columns = headers.map((header, index) =>
    layOutColumn(
      header,
      rows.map((row) => printCell(row[index])),
    ),
  );
  const lines = [
    joinRow(columns.map((column) => padCell(column, column.header))),
    columns.map((column) => '-'.repeat(column.width + 2)).join('+'),
  ];
  for (const index of rows.keys())
    lines.push(joinRow(columns.map((column) => padCell(column, column.cells[index]))));
  return lines.join('\n');
}

/** A value as text on one line: NULL is empty, control characters are escaped (`\033`). */
function printCell(value: SqlValue): string {
  if (value === null) return '';
  const text = Array.isArray(value) ? JSON.stringify(value) : String(value);
  return text.replace(/[\x00-\x1f\x7f]/g, escapeControl);
}

const namedEscapes = new Map([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
]);

function escapeControl(character: string): string {
  return namedEscapes.get(character) ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

function layOutColumn(header: string, printed: string[]): TableColumn {
  const isNumber = printed.every((cell) => /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(cell));
  const cells = isNumber ? printed : printed.map((cell) => cell.trim());
  let width = lengthOf(header) + HEADER_PADDING;
  for (const cell of cells) width = Math.max(width, lengthOf(cell));
  return { header, cells, width, isNumber };
}

function padCell({ width, isNumber }: TableColumn, cell: string): string {
  const padding = ' '.repeat(width - lengthOf(cell));
  return isNumber ? padding + cell : cell + padding;
}

function joinRow(cells: string[]): string {
  return ` ${cells.join(' | ')}`.trimEnd();
}

/** Code points, as Python counts them. */
function lengthOf(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) length--;
  }
  return length;
}
