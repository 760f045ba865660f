import type { ResultColumn, SqlValue } from '../engine.ts';

/** What a JSON answer says beside its rows. */
export interface JsonAnswer {
  /** Undefined for a report across sessions. */
  session?: string;
  report: string;
  columns: ResultColumn[];
  /** Address of the next page, on all but the last. */
  next?: string;
}

/** A page of a report as JSON, each row an object; integers beyond 2^53 keep all their digits. */
export function renderJson(answer: JsonAnswer, rows: readonly SqlValue[][]): string {
  const names = answer.columns.map((column) => JSON.stringify(column.name));
  const objects = rows.map(
    (row) => `{${row.map((value, i) => `${names[i]}:${printValue(value)}`).join(',')}}`,
  );
  const { next, ...head } = answer;
  const tail = next === undefined ? '' : `,"next":${JSON.stringify(next)}`;
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${objects.join(',')}]${tail}}\n`;
}

function printValue(value: SqlValue): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
