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

/**
 * SQL that gives the report in another order, by the parameter `sort` such as `-count,executable`.
 * All other columns break ties, so that the order is the same on every engine. Throws ParameterError.
 */
export function sortSql(report: Report, text: string | undefined): string {
  if (text === undefined) return report.sql;
  const keys = text.split(',').map((key) => ({
    name: key.replace(/^-/, ''),
    direction: key.startsWith('-') ? 'DESC' : 'ASC',
  }));
  for (const { name } of keys) checkColumn('sort', report, name);
  const names = report.columns.map((column) => column.name);
  const others = names.filter((name) => !keys.some((key) => key.name === name));
  const order = [...keys, ...others.map((name) => ({ name, direction: 'ASC' }))];
  const terms = order.map(({ name, direction }) => `"${name}" ${direction} NULLS LAST`);
  const columns = names.map((name) => `"${name}"`).join(', ');
  return `SELECT ${columns} FROM (\n${report.sql}\n)\nORDER BY ${terms.join(', ')}`;
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
