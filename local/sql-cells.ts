import {
  DuckDBArrayValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Cell } from './sql-job.ts';

/** A value of the engine as plain data: lists as arrays, structs and maps as objects, the rest as text. */
export function readCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return value.items.map(readCell);
  if (value instanceof DuckDBStructValue)
    return objectOf(Object.entries(value.entries).map(([name, field]) => [name, readCell(field)]));
  if (value instanceof DuckDBMapValue)
    return objectOf(value.entries.map(({ key, value }) => [String(key), readCell(value)]));
  return String(value);
}

/** A cell as text of a table or a CSV file: what is made of parts as JSON. */
export function flattenCell(cell: Cell): string | number | bigint | boolean | null {
  return typeof cell === 'object' && cell !== null ? printCell(cell) : cell;
}

/** A cell as JSON, integers with all their digits. */
export function printCell(cell: Cell): string {
  return JSON.stringify(cell, (_, value) =>
    typeof value === 'bigint' ? rawJson(String(value)) : value,
  );
}

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

function objectOf(entries: [string, Cell][]): Cell {
  return Object.fromEntries(entries);
}
