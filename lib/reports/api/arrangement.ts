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

const LAST_ORDER = /\nORDER BY ((?:(?!\nORDER BY).)*)$/s;

type Parameters = Query['parameters'];

/**
 * The report's query, or one around it that leaves out rows and sorts them. The report's own order breaks
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
  const asked = sort === undefined ? [] : readSort(report, sort);
  const { keys, isWhole } = ownOrder(report);
  const rest = keys.filter(({ name }) => !asked.some((key) => key.name === name));
  const before = `SELECT ${columns} FROM (\n`;
  const after = `\n) AS report_rows${filter ? `\nWHERE ${filter.sql}` : ''}\nORDER BY ${orderSql(report, [...asked, ...rest], isWhole)}`;
  const own = filter?.parameters ?? [];
  return {
    sql: `${before}${withoutOrder(report.sql)}${after}`,
    parameters: [...parameters, ...own],
    around: { base: { sql: report.sql, parameters }, before, after, parameters: own },
  };
}

/** A report's SQL without its last ORDER BY: an engine that keeps it sorts every row for nothing. */
function withoutOrder(sql: string): string {
  return sql.replace(LAST_ORDER, '');
}

/**
 * The report's own order as far as its columns tell: an engine may drop that of an inner query. Every
 * report's order is total; one that is told whole needs no other column to break ties.
 */
function ownOrder({ sql, columns }: Report): { keys: SortKey[]; isWhole: boolean } {
  const [, order = ''] = LAST_ORDER.exec(sql) ?? [];
  const terms = order.split(',');
  const keys = terms.flatMap((term) => {
    const [, name, direction] = /^\s*(\w+)( DESC)?(?: NULLS LAST)?\s*$/.exec(term) ?? [];
    if (!columns.some((column) => column.name === name)) return [];
    return [{ name: name!, direction: direction ? ('DESC' as const) : ('ASC' as const) }];
  });
  return { keys, isWhole: keys.length === terms.length };
}
