import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallStats } from '../../lib/lake/call-stats.ts';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { readUtcOffset } from '../../lib/lake/log-metadata.ts';
import { encodeStats } from '../../lib/lake/stats-file.ts';
import { statsTimeOf } from '../../lib/lake/stats-time.ts';
import { loadTrends } from '../../lib/reports/catalogue.ts';
import { ParameterError } from '../../lib/reports/errors.ts';
import { bindParameters } from '../../lib/reports/parameters.ts';
import { queryStats } from '../../local/duckdb-files.ts';
import { printRows } from './cases.ts';
import { type TrendSession, trendCases, trendSessions } from './trend-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'stracelake-'));
const files: string[] = [];
const context = { session: '', today: '2026-11-23' };

beforeAll(async () => {
  for (const session of trendSessions) files.push(await writeStats(session));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function writeStats({
  session,
  log,
  date,
  utcOffset = 'Z',
  labels,
}: TrendSession): Promise<string> {
  const stats = new CallStats();
  const body = async function* () {
    yield log;
  };
  const utcOffsetMinutes = readUtcOffset(utcOffset);
  const parts = convertLog(body(), { session, date, utcOffsetMinutes, stats });
  let step = await parts.next();
  for (; !step.done; step = await parts.next()) for await (const _ of step.value.body);
  expect(step.value.unparsed).toEqual([]);
  const time = statsTimeOf(step.value, new Date('2026-11-23T12:00:00Z'), true);
  const file = join(folder, `${session}.parquet`);
  writeFileSync(file, encodeStats(stats, { ...time, session, labels }).bytes);
  return file;
}

it('every report across sessions has a case', () => {
  const names = trendCases.map(({ report }) => report.name);
  expect([...new Set(names)].sort()).toEqual(loadTrends().map(({ name }) => name));
});

describe('a report across sessions', () => {
  it.each(trendCases)('$name', async ({ report, parameters, expectedFile }) => {
    const values = bindParameters(report, parameters, context);
    const { columns, rows } = await queryStats(files, { sql: report.sql, parameters: values });
    expect(columns).toEqual(report.columns.map(({ name, type }) => ({ name, type })));
    const names = columns.map(({ name }) => name);
    const printed = printRows(names, rows);
    if (process.env.UPDATE) writeFileSync(expectedFile, printed);
    expect(printed).toBe(readFileSync(expectedFile, 'utf8'));
  });

  it.each(loadTrends())('$name of no session has no row', async (report) => {
    const values = bindParameters(report, new Map(), context);
    expect(values.slice(0, 2)).toEqual(['2026-08-26', '2026-11-24']);
    expect((await queryStats([], { sql: report.sql, parameters: values })).rows).toEqual([]);
    expect((await queryStats(files, { sql: report.sql, parameters: values })).rows).not.toEqual([]);
  });

  it.each([
    ['from', '2026-02-30'],
    ['to', 'yesterday'],
    ['by', 'week'],
    ['top', 'ten'],
  ])('takes no %s that is %s', (name, value) => {
    const report = loadTrends().find((each) => each.name === 'trend_syscalls')!;
    const bind = () => bindParameters(report, new Map([[name, value]]), context);
    expect(bind).toThrow(ParameterError);
  });

  it('takes days counted from today', () => {
    const [report] = loadTrends();
    const given = new Map([
      ['from', '-7'],
      ['to', '0'],
    ]);
    const [from, to] = bindParameters(report, given, context);
    expect([from, to]).toEqual(['2026-11-16', '2026-11-23']);
  });
});
