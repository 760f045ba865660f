import type { QueryEngine, ResultPage } from '../engine.ts';
import { ParameterError } from '../errors.ts';
import type { Report } from '../report.ts';

/** Where pages of a result come from. */
export type PageSource = Pick<QueryEngine, 'page'>;

/** Names in the parameter `columns`; undefined when all are wanted. Throws ParameterError. */
export function readColumns(report: Report, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',');
  for (const name of names) checkColumn('columns', report, name);
  return [...new Set(names)];
}

/** A column to sort by. */
export interface SortKey {
  name: string;
  direction: 'ASC' | 'DESC';
}

/** Reads the parameter `sort`, such as `-count,executable`; throws ParameterError. */
export function readSort(report: Report, text: string): SortKey[] {
  const keys = text.split(',').map((key) => ({
    name: key.replace(/^-/, ''),
    direction: key.startsWith('-') ? ('DESC' as const) : ('ASC' as const),
  }));
  for (const { name } of keys) checkColumn('sort', report, name);
  return keys;
}

/** Terms of an ORDER BY; unless it is total, all other columns break ties, so that every engine gives the same order. */
export function orderSql({ columns }: Report, keys: readonly SortKey[], isTotal: boolean): string {
  const others = (isTotal ? [] : columns)
    .map(({ name }) => name)
    .filter((name) => !keys.some((key) => key.name === name));
  const order = [...keys, ...others.map((name) => ({ name, direction: 'ASC' }))];
  return order.map(({ name, direction }) => `"${name}" ${direction} NULLS LAST`).join(', ');
}

/** The same pages with only these columns, in this order; all columns when undefined. */
export function pickColumns(source: PageSource, names: string[] | undefined): PageSource {
  if (names === undefined) return source;
  return {
    page: async (...asked) => pick(await source.page(...asked), names),
  };
}

function pick({ columns, rows, next }: ResultPage, names: string[]): ResultPage {
  const indexes = names.map((name) => columns.findIndex((column) => column.name === name));
  return {
    columns: indexes.map((index) => columns[index]!),
    rows: rows.map((row) => indexes.map((index) => row[index]!)),
    next,
  };
}

function checkColumn(parameter: string, report: Report, name: string) {
  const names = report.columns.map((column) => column.name);
  if (names.includes(name)) return;
  throw new ParameterError(parameter, `The columns of ${report.name} are ${names.join(', ')}.`);
}
