import type { Query } from '../engine.ts';
import type { Report } from '../report.ts';
import { orderSql, readSort, type SortKey } from './column-choice.ts';
import { filterSql, readConditions } from './row-filter.ts';

/** What a caller may say of the rows of any report. */
export interface RowChoice {
  /** Columns to sort by, such as `-count,executable`. */
  sort: string | undefined;
  /** Conditions on the rows, a JSON list. */
  where: string | undefined;
}

type Parameters = Query['parameters'];

/**
 * The report's query, or one around it that leaves out rows and sorts them. All other columns break
 * ties, so that the order is the same on every engine. Throws ParameterError.
 */
export function arrangeReport(
  report: Report,
  parameters: Parameters,
  { sort, where }: RowChoice,
): Pick<Query, 'sql' | 'parameters' | 'around'> {
  if (sort === undefined && where === undefined) return { sql: report.sql, parameters };
  const filter = where === undefined ? undefined : filterSql(report, readConditions(report, where));
  const columns = report.columns.map(({ name }) => `"${name}"`).join(', ');
  const keys = sort === undefined ? ownOrder(report) : readSort(report, sort);
  const before = `SELECT ${columns} FROM (\n`;
  const after = `\n) AS report_rows${filter ? `\nWHERE ${filter.sql}` : ''}\nORDER BY ${orderSql(report, keys)}`;
  const own = filter?.parameters ?? [];
  return {
    sql: `${before}${report.sql}${after}`,
    parameters: [...parameters, ...own],
    around: { base: { sql: report.sql, parameters }, before, after, parameters: own },
  };
}

/** The report's own order as far as its columns tell: an engine may drop that of an inner query. */
function ownOrder({ sql, columns }: Report): SortKey[] {
  const [, order = ''] = /\nORDER BY ((?:(?!\nORDER BY).)*)$/s.exec(sql) ?? [];
  return order.split(',').flatMap((term) => {
    const [, name, direction] = /^\s*(\w+)( DESC)?(?: NULLS LAST)?\s*$/.exec(term) ?? [];
    if (!columns.some((column) => column.name === name)) return [];
    return [{ name: name!, direction: direction ? ('DESC' as const) : ('ASC' as const) }];
  });
}
