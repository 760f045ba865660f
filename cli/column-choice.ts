import stringWidth from 'string-width';
import type { SqlValue } from '../lib/reports/engine.ts';
import { GAP, isNumberColumn, leastHeaderWidth, printCell } from './fitted-table.ts';

/** Width that a text needs to be worth its place, and the most telling one. */
const TEXT_WIDTH = 16;
const MOST_TELLING_WIDTH = 30;
/** A table of fewer columns tells too little: then rows are blocks, with all there is. */
const LEAST_COLUMNS = 3;

/** Some of the columns of a table, each by its place. */
export interface ColumnChoice {
  shown: number[];
  /** Widths that the columns shown are worth; undefined when there is no room for as much. */
  widths?: number[];
  leftOut: number[];
}

/**
 * The columns of a table that fit into `width` without being cut to nothing. Those that are empty go
 * first, then the others from the end; those in `telling` go last.
 */
export function chooseColumns(
  headers: readonly string[],
  rows: readonly SqlValue[][],
  width: number,
  telling: readonly string[] = [],
): ColumnChoice {
  const all = headers.map((_, i) => i);
  const isEmpty = (i: number) => rows.every((row) => row[i] === null);
  const rank = (i: number) => {
    const place = telling.indexOf(headers[i]);
    return place >= 0 ? place - headers.length : isEmpty(i) ? headers.length + i : i;
  };
  const wanted = all.map((i) =>
    wantedWidth(headers, rows, i, headers[i] === telling[0] ? MOST_TELLING_WIDTH : TEXT_WIDTH),
  );
  const shown = all.toSorted((a, b) => rank(a) - rank(b));
  const needed = () => shown.reduce((sum, i) => sum + wanted[i] + GAP, -GAP);
  while (needed() > width && shown.length > 0) shown.pop();
  if (shown.length < Math.min(LEAST_COLUMNS, headers.length)) return { shown: all, leftOut: [] };
  return {
    shown: shown.sort((a, b) => a - b),
    widths: shown.map((i) => wanted[i]),
    leftOut: all.filter((i) => !shown.includes(i)),
  };
}

function wantedWidth(
  headers: readonly string[],
  rows: readonly SqlValue[][],
  i: number,
  enough: number,
): number {
  const widest = Math.max(0, ...rows.map((row) => stringWidth(printCell(row[i]))));
  const own = isNumberColumn(rows, i) ? widest : Math.min(widest, enough);
  return Math.max(own, leastHeaderWidth(headers[i]));
}
