import { ParameterError } from '../errors.ts';
import { MAX_PARAMETER_LENGTH } from '../parameters.ts';
import type { Report, ReportColumn } from '../report.ts';

/** How a condition compares a column with its value. */
const conditionKinds = ['is', 'is_not', 'contains', 'contains_not', 'at_least', 'at_most'] as const;

type ConditionKind = (typeof conditionKinds)[number];

/** One condition on the rows of a report: `["error", "is", "ENOENT"]`. */
export interface Condition {
  /** A column, or `*` for the text of all of them. */
  column: string;
  kind: ConditionKind;
  /** null with `is` and `is_not`: nothing is there. */
  value: string | null;
}

/** SQL of conditions, and the values of its placeholders in order. */
export interface RowFilter {
  sql: string;
  parameters: string[];
}

const MAX_CONDITIONS = 20;

/** Reads the parameter `where`; throws ParameterError when it is not a list of conditions on this report. */
export function readConditions(report: Report, text: string): Condition[] {
  const list = parse(text);
  if (list === undefined || list.length > MAX_CONDITIONS)
    throw new ParameterError(
      'where',
      `Give a JSON list of at most ${MAX_CONDITIONS} conditions, such as [["error","is","ENOENT"]].`,
    );
  return list.map((entry) => readCondition(report, entry));
}

/** Conditions as SQL, all of which must hold. */
export function filterSql(report: Report, conditions: readonly Condition[]): RowFilter {
  const parts = conditions.map((condition) => conditionSql(report, condition));
  return {
    sql: parts.map(({ sql }) => sql).join('\n  AND '),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

function parse(text: string): unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.length > 0 ? list : undefined;
  } catch {
    return undefined;
  }
}

function readCondition(report: Report, entry: unknown): Condition {
  const [column, kind, value, ...rest] = Array.isArray(entry) ? entry : [];
  const isValue = typeof value === 'string' || value === null;
  if (typeof column !== 'string' || !isValue || rest.length > 0)
    throw new ParameterError(
      'where',
      'A condition is a column, a comparison and a text (or null).',
    );
  if (!conditionKinds.includes(kind))
    throw new ParameterError('where', `The comparisons are ${conditionKinds.join(', ')}.`);
  const names = report.columns.map(({ name }) => name);
  if (column !== '*' && !names.includes(column))
    throw new ParameterError('where', `The columns of ${report.name} are ${names.join(', ')}.`);
  checkValue(report, { column, kind, value });
  return { column, kind, value };
}

function checkValue(report: Report, { column, kind, value }: Condition): void {
  if (value === null && kind !== 'is' && kind !== 'is_not')
    throw new ParameterError('where', 'null goes with is and is_not.');
  if (column === '*' && !kind.startsWith('contains'))
    throw new ParameterError('where', 'All columns (*) go with contains and contains_not.');
  if (value !== null && (value.length > MAX_PARAMETER_LENGTH || value.includes('\0')))
    throw new ParameterError(
      'where',
      `A value has at most ${MAX_PARAMETER_LENGTH} characters, none of them NUL.`,
    );
  const needsNumber = isNumeric(report, column) && !kind.startsWith('contains');
  if (value !== null && needsNumber && !/^-?\d{1,18}(\.\d{1,9})?$/.test(value))
    throw new ParameterError('where', `The column ${column} holds numbers: ${value} is none.`);
}

function conditionSql(report: Report, { column, kind, value }: Condition): RowFilter {
  if (column === '*') return anywhereSql(report, kind, value!);
  const text = columnText(findColumn(report, column));
  const name = `"${column}"`;
  if (value === null)
    return { sql: `${name} IS ${kind === 'is' ? '' : 'NOT '}NULL`, parameters: [] };
  if (kind === 'contains' || kind === 'contains_not') {
    const sign = kind === 'contains' ? '> 0' : '= 0';
    const sql = `strpos(lower(COALESCE(${text}, '')), lower(?)) ${sign}`;
    return { sql, parameters: [value] };
  }
  const [left, right] = isNumeric(report, column)
    ? [`CAST(${name} AS DOUBLE)`, 'CAST(? AS DOUBLE)']
    : [text, '?'];
  const operator = { is: '=', is_not: '<>', at_least: '>=', at_most: '<=' }[kind];
  const comparison = `${left} ${operator} ${right}`;
  const sql = kind === 'is_not' ? `(${name} IS NULL OR ${comparison})` : comparison;
  return { sql, parameters: [value] };
}

/** Whether a text is in any column; the more it tells, the fewer of them need to be looked through. */
function anywhereSql({ columns }: Report, kind: ConditionKind, value: string): RowFilter {
  const terms = columns
    .filter((column) => canHold(column, value))
    .map((column) => holdsSql(column, value));
  // NULL holds nothing, which one COALESCE around all of them says faster than one around each.
  const any = terms.length === 0 ? 'false' : `(${terms.join('\n    OR ')})`;
  return {
    sql: kind === 'contains' ? any : `NOT COALESCE(${any}, false)`,
    parameters: terms.map(() => value),
  };
}

/** Numbers and times of day are written in few characters, and an engine writes them out to compare. */
function canHold(column: ReportColumn, value: string): boolean {
  if (isInteger(column)) return /^-?\d*$/.test(value);
  if (column.type === 'double') return /^[\d.eE+-]*$/.test(value);
  const isTimeOfDay = column.description.includes('(HH:MM:SS.ffffff)');
  return !isTimeOfDay || '00:00:00.000000'.includes(value.replace(/\d/g, '0'));
}

/** Whether a column holds the text; what an engine need not lower or write out is left as it is. */
function holdsSql(column: ReportColumn, value: string): string {
  const text = columnText(column);
  // No letter becomes one of these when it is lowered.
  const hasNoCase = /^[ -@[-`{-~]*$/.test(value);
  const holds = hasNoCase ? `strpos(${text}, ?) > 0` : `strpos(lower(${text}), lower(?)) > 0`;
  const digits = value.replace('-', '').length;
  if (!isInteger(column) || digits < 2) return holds;
  const most = '9'.repeat(Math.min(digits, 10) - 1);
  return `("${column.name}" NOT BETWEEN -${most} AND ${most} AND ${holds})`;
}

function isInteger({ type }: ReportColumn): boolean {
  return type === 'bigint' || type === 'integer';
}

function columnText({ name, type }: ReportColumn): string {
  if (type === 'array(varchar)') return `array_join("${name}", ', ')`;
  return type === 'varchar' ? `"${name}"` : `CAST("${name}" AS VARCHAR)`;
}

function findColumn(report: Report, name: string): ReportColumn {
  return report.columns.find((column) => column.name === name)!;
}

function isNumeric(report: Report, name: string): boolean {
  const type = report.columns.find((column) => column.name === name)?.type;
  return type === 'bigint' || type === 'integer' || type === 'double';
}
