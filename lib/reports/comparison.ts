import { normalisingSteps, normalisingText } from './normalised-text.ts';
import type { Report, ReportColumn, ReportParameter } from './report.ts';

/** Rows that fell on one key: what is compared of a report that has nothing to add up. */
const ROWS = 'rows';
const BASE: ReportParameter = {
  name: 'base',
  type: 'session',
  description: 'Session to compare with, the earlier one.',
};

/**
 * The report that sets the rows of a report on one session against those on another; undefined when it
 * has no key by which they could be matched. It is asked as any report, with the parameter `base` more.
 */
export function comparisonOf(report: Report): Report | undefined {
  if (!report.key) return undefined;
  const { name, title, parameters } = report;
  const key = report.key.map((each) => columnOf(report, each));
  const measures = (report.measures ?? []).map((each) => columnOf(report, each));
  return {
    name,
    title: `${title}, compared with another session`,
    description: describe(report, measures),
    parameters: [
      ...parameters,
      ...parameters.map((each) => (each.name === 'session' ? BASE : each)),
    ],
    columns: columnsOf(key, measures),
    brief: [
      ...key.map((each) => each.name),
      ...['change', 'delta'],
      ...['base', 'head'].map((side) => `${side}_${withRows(measures)[0]!.name}`),
    ],
    sql: compareSql(report, key, measures),
  };
}

function describe({ title, key }: Report, measures: readonly ReportColumn[]): string {
  const parts = [
    `The report "${title}" on this session and on the base session, side by side: what only one of them has, and what they have in different numbers.`,
    `Rows are the same when they agree in ${key!.join(', ')}; what is counted in several rows that are the same is added up.`,
    measures.some(isTime) && !isOfTimes(measures)
      ? 'Times differ in every run, so they alone make no difference.'
      : '',
    normalisingText,
  ];
  return parts.filter(Boolean).join(' ');
}

function columnsOf(
  key: readonly ReportColumn[],
  measures: readonly ReportColumn[],
): ReportColumn[] {
  const [first, ...others] = withRows(measures);
  const pair = ({ name, type, description }: ReportColumn): ReportColumn[] => [
    { name: `base_${name}`, type, description: `In the base session: ${description}` },
    { name: `head_${name}`, type, description: `In this session: ${description}` },
  ];
  return [
    {
      name: 'change',
      type: 'varchar',
      description: 'new (not in the base), gone (only in the base), or changed (in number).',
    },
    ...key,
    ...pair(first!),
    {
      name: 'delta',
      type: first!.type,
      description: `How much more ${first!.name} in this session; less when negative.`,
    },
    {
      name: 'ratio',
      type: 'double',
      description: `${first!.name} in this session for each in the base; NULL when there were none.`,
    },
    ...others.flatMap(pair),
  ];
}

/** SQL over both sides: rows of each with NULL for the other, normalised, then added up by key. */
function compareSql(
  { sql }: Report,
  key: readonly ReportColumn[],
  measures: readonly ReportColumn[],
): string {
  const compared = withRows(measures);
  const names = key.map(({ name }) => quote(name));
  const pairs = compared.flatMap(({ name }) => [quote(`base_${name}`), quote(`head_${name}`)]);
  const others = [...key.filter((each) => !isText(each)).map(({ name }) => quote(name)), ...pairs];
  const steps = normalisingSteps(key.filter(isText).map(({ name }) => name));
  const side = (of: 'head' | 'base') =>
    select([...names, ...compared.map((each) => sideOf(each, of))], `${of}_side`);
  const tables = [
    `head_side AS (\n${sql}\n)`,
    `base_side AS (\n${sql}\n)`,
    `sides AS (\n${side('head')}\nUNION ALL\n${side('base')}\n)`,
    ...steps.map(
      (texts, i) =>
        `step_${i + 1} AS (\n${select([...texts, ...others], i === 0 ? 'sides' : `step_${i}`)}\n)`,
    ),
    `totals AS (\n${select([...names, ...compared.flatMap(totalsOf)], `step_${steps.length}`)}\nGROUP BY ${names.join(', ')}\n)`,
  ];
  const [base, head] = pairs;
  const columns = [
    `CASE WHEN base_rows = 0 THEN 'new' WHEN head_rows = 0 THEN 'gone' ELSE 'changed' END AS change`,
    ...names,
    ...pairs.slice(0, 2),
    `${rounded(compared[0]!, `${head} - ${base}`)} AS delta`,
    `ROUND(${head} * 1e0 / NULLIF(${base}, 0), 3) AS ratio`,
    ...pairs.slice(2),
  ];
  const differences = comparedOf(measures).map(
    ({ name }) => `${quote(`base_${name}`)} IS DISTINCT FROM ${quote(`head_${name}`)}`,
  );
  return [
    `WITH ${tables.join(',\n')}`,
    select(columns, 'totals'),
    `WHERE ${differences.join('\n  OR ')}`,
    `ORDER BY change DESC, delta DESC NULLS LAST, ${names.join(' NULLS LAST, ')} NULLS LAST\n`,
  ].join('\n');
}

function select(columns: readonly string[], table: string): string {
  return `SELECT\n  ${columns.join(',\n  ')}\nFROM ${table}`;
}

/** What a row counts on its own side and on the other. */
function sideOf({ name, type }: ReportColumn, of: 'head' | 'base'): string {
  const here = name === ROWS ? '1' : quote(name);
  const there = name === ROWS ? '0' : `CAST(NULL AS ${type})`;
  const [head, base] = of === 'head' ? [here, there] : [there, here];
  return `${head} AS ${quote(`head_${name}`)}, ${base} AS ${quote(`base_${name}`)}`;
}

/** A side without the row has none of what it counts; where the row is, NULL is unknown. */
function totalsOf(column: ReportColumn): string[] {
  return ['base', 'head'].map((of) => {
    const name = quote(`${of}_${column.name}`);
    const sum = rounded(column, `SUM(${name})`);
    const total =
      column.name === ROWS ? sum : `CASE WHEN SUM(${of}_${ROWS}) > 0 THEN ${sum} ELSE 0 END`;
    return `${total} AS ${name}`;
  });
}

/** Whole numbers stay such; others lose what adding them up in another order may change. */
function rounded({ type }: ReportColumn, expression: string): string {
  return type === 'double' ? `ROUND(${expression}, 3)` : `CAST(${expression} AS BIGINT)`;
}

/** Times differ always, so they make a difference only where nothing else is measured. */
function comparedOf(measures: readonly ReportColumn[]): ReportColumn[] {
  return withRows(isOfTimes(measures) ? measures : measures.filter((each) => !isTime(each)));
}

function isOfTimes(measures: readonly ReportColumn[]): boolean {
  return measures.length > 0 && measures.every(isTime);
}

function withRows(measures: readonly ReportColumn[]): ReportColumn[] {
  const rows: ReportColumn = { name: ROWS, type: 'bigint', description: 'rows of the report.' };
  return [...measures, rows];
}

function columnOf({ columns }: Report, name: string): ReportColumn {
  return columns.find((column) => column.name === name)!;
}

function isText({ type }: ReportColumn): boolean {
  return type === 'varchar';
}

function isTime({ name }: ReportColumn): boolean {
  return /_(us|ms)$/.test(name);
}

function quote(name: string): string {
  return `"${name}"`;
}
