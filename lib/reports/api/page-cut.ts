import type { ResultColumn, SqlValue } from '../engine.ts';
import type { PageSource } from './column-choice.ts';

const ROWS_A_READ = 2000;

/** Which rows to read, and how much room they have. */
export interface PageRequest {
  execution: string;
  token?: string;
  /** Rows at most. */
  limit: number;
  /** Bytes at most of what `render` makes; one row is given even if it is larger. */
  maxBytes: number;
  render(columns: ResultColumn[], rows: SqlValue[][]): string;
}

/** Rows that fit, and where the next one is. */
export interface CutPage {
  columns: ResultColumn[];
  rows: SqlValue[][];
  next?: string;
}

/** Reads as many rows as the limit and the room for their text allow; `next` goes on right behind them. */
export async function readCutPage(engine: PageSource, request: PageRequest): Promise<CutPage> {
  const reads: { token?: string; rows: number }[] = [];
  const page: CutPage = { columns: [], rows: [], next: request.token };
  let leastBytes = 0;
  do {
    const token = page.next;
    const wanted = Math.min(ROWS_A_READ, request.limit - page.rows.length);
    const read = await engine.page(request.execution, wanted, token);
    reads.push({ token, rows: read.rows.length });
    page.columns = read.columns;
    page.rows.push(...read.rows);
    page.next = read.next;
    leastBytes += countLeastBytes(read.rows);
  } while (
    page.next !== undefined &&
    page.rows.length < request.limit &&
    leastBytes <= request.maxBytes
  );
  const fitting = countFitting(request, page);
  if (fitting === page.rows.length) return page;
  const next = await findToken(engine, request.execution, reads, fitting);
  return { columns: page.columns, rows: page.rows.slice(0, fitting), next };
}

/** Every format writes at least the characters of the values. */
function countLeastBytes(rows: SqlValue[][]): number {
  let bytes = 0;
  for (const row of rows) for (const value of row) bytes += String(value ?? '').length;
  return bytes;
}

function countFitting({ maxBytes, render }: PageRequest, { columns, rows }: CutPage): number {
  const fits = (count: number) =>
    Buffer.byteLength(render(columns, rows.slice(0, count))) <= maxBytes;
  if (rows.length <= 1 || fits(rows.length)) return rows.length;
  let low = 1;
  let high = rows.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

async function findToken(
  engine: PageSource,
  execution: string,
  reads: { token?: string; rows: number }[],
  skipped: number,
): Promise<string | undefined> {
  let left = skipped;
  for (const read of reads) {
    if (left === 0) return read.token;
    if (left < read.rows) return (await engine.page(execution, left, read.token)).next;
    left -= read.rows;
  }
  throw new Error(`row not read: ${skipped}`);
}
