import type { Report } from '../api/catalogue.ts';
import { hrefWith, navigate, route } from '../route.ts';

/** How a filter compares. */
export type FilterKind = 'is' | 'is_not' | 'contains' | 'contains_not' | 'at_least' | 'at_most';

/** A condition that goes along from report to report. */
export interface Filter {
  column: string;
  kind: FilterKind;
  /** null: nothing is there. */
  value: string | null;
}

const kinds: readonly FilterKind[] = [
  'is',
  'is_not',
  'contains',
  'contains_not',
  'at_least',
  'at_most',
];
/** Parameters of a report that say the same as a condition on the column of this name. */
const sameNamed = new Set(['pid', 'process', 'executable', 'syscall', 'error']);

/** The filters of the present place, in the order in which they were added. */
export function readFilters(query: URLSearchParams): Filter[] {
  return query.getAll('f').flatMap((text) => {
    const [, column, kind, isNull, value] = /^(\w+)\.(\w+?)(?:(\.null)|=(.*))$/s.exec(text) ?? [];
    const known = kinds.find((each) => each === kind);
    if (column === undefined || known === undefined) return [];
    return [{ column, kind: known, value: isNull ? null : (value ?? '') }];
  });
}

/** A filter as it stands in the address: `error.is=ENOENT`. */
export function writeFilter({ column, kind, value }: Filter): string {
  return value === null ? `${column}.${kind}.null` : `${column}.${kind}=${value}`;
}

/** Filters in words: `error is ENOENT`. */
export function printFilter({ column, kind, value }: Filter): string {
  const words = {
    is: 'is',
    is_not: 'is not',
    contains: 'contains',
    contains_not: 'does not contain',
    at_least: '≥',
    at_most: '≤',
  };
  return `${column} ${words[kind]} ${value ?? 'nothing'}`;
}

/** Adds a filter to the present place; one that says the opposite goes. */
export function addFilter(filter: Filter): void {
  const others = readFilters(route.value.query).filter(
    (each) => each.column !== filter.column || each.value !== filter.value,
  );
  setFilters([...others, filter]);
}

/** Takes a filter away from the present place. */
export function removeFilter(filter: Filter): void {
  const text = writeFilter(filter);
  setFilters(readFilters(route.value.query).filter((each) => writeFilter(each) !== text));
}

/** Takes all filters away. */
export function clearFilters(): void {
  navigate(hrefWith({ f: null, from: null, to: null, q: null }));
}

function setFilters(filters: readonly Filter[]): void {
  navigate(hrefWith({ f: filters.map(writeFilter), row: null }));
}

/** How a report takes the filters: as conditions on its columns, as parameters, or not at all. */
export interface Applied {
  where: [string, FilterKind, string | null][];
  parameters: Record<string, string>;
  ignored: Filter[];
}

/** Fits the filters to a report. */
export function applyFilters(report: Report, filters: readonly Filter[]): Applied {
  const applied: Applied = { where: [], parameters: {}, ignored: [] };
  for (const filter of filters) {
    const { column, kind, value } = filter;
    const hasParameter = report.parameters.some(({ name }) => name === column);
    const isPlain = value !== null && kind === 'is' && !value.includes(',');
    const asParameter = hasParameter && sameNamed.has(column) && isPlain;
    // A parameter narrows what is counted, a condition only what is shown.
    if (asParameter && applied.parameters[column] === undefined) applied.parameters[column] = value;
    else if (report.columns.some(({ name }) => name === column))
      applied.where.push([column, kind, value]);
    else applied.ignored.push(filter);
  }
  return applied;
}

/** Path of a report, on a session if it is about one, as the present place asks for it. */
export function reportPath(
  session: string | undefined,
  report: Report,
  query: URLSearchParams,
  filters = readFilters(query),
): string {
  const { where, parameters } = applyFilters(report, filters);
  const asked = new URLSearchParams(parameters);
  for (const { name } of report.parameters) {
    const given = query.get(`p.${name}`) ?? sharedParameter(name, query);
    if (given !== null) asked.set(name, given);
  }
  const search = query.get('q');
  if (search) where.push(['*', 'contains', search]);
  if (where.length > 0) asked.set('where', JSON.stringify(where));
  const sort = query.get('sort');
  const isSortable = sort
    ?.split(',')
    .every((key) => report.columns.some(({ name }) => name === key.replace(/^-/, '')));
  if (sort && isSortable) asked.set('sort', sort);
  const text = asked.size === 0 ? '' : `?${asked}`;
  return `${report.url.replace('{session}', encodeURIComponent(session ?? ''))}${text}`;
}

/** Whether a report keeps to the span of time of the address. */
export function isTimed({ parameters }: Report): boolean {
  return parameters.some(({ name }) => name === 'from');
}

/** Span of time and baseline go along from report to report, as filters do. */
function sharedParameter(name: string, query: URLSearchParams): string | null {
  if (name === 'from' || name === 'to' || name === 'base') return query.get(name);
  return null;
}

const LINES_BEFORE = 20;

/** Query that shows a line of the log among those around it. */
export function aroundLine(seq: number): { f: string; row: string } {
  const first = Math.max(1, seq - LINES_BEFORE);
  return {
    f: writeFilter({ column: 'seq', kind: 'at_least', value: String(first) }),
    row: String(seq),
  };
}
