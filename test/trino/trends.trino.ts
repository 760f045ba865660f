import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statsColumns } from '../../lib/lake/stats-columns.ts';
import { sqlLiteral } from '../../lib/reports/athena-values.ts';
import { loadTrends } from '../../lib/reports/catalogue.ts';
import { bindParameters } from '../../lib/reports/parameters.ts';
import type { Report } from '../../lib/reports/report.ts';
import { printRows } from '../reports/cases.ts';
import { trendCases, trendSessions } from '../reports/trend-cases.ts';
import { QueriedLake } from './lake.ts';
import type { TrinoResult } from './statement.ts';

const TIMEOUT_MS = 600_000;

let lake: QueriedLake;

beforeAll(async () => {
  lake = await QueriedLake.start();
  for (const { session, log, date, utcOffset = 'Z', labels } of trendSessions) {
    const named = Object.entries(labels).map(([name, value]) => [`label-${name}`, value]);
    const metadata = { session, date, 'utc-offset': utcOffset, ...Object.fromEntries(named) };
    await lake.ingest(`logs/trends/${session}.log`, log, metadata);
  }
}, TIMEOUT_MS);

afterAll(async () => {
  await lake?.stop();
});

async function ask(report: Report, given: Map<string, string>): Promise<TrinoResult> {
  const values = bindParameters(report, given, { session: '', today: '2026-11-23' });
  return lake.askTrino(report.sql, values.map(sqlLiteral));
}

describe('a report across sessions', () => {
  test.each(trendCases)('$name', async ({ report, parameters, expectedFile }) => {
    const { columns, rows } = await ask(report, parameters);
    const names = columns.map(({ name }) => name);
    expect(printRows(names, rows)).toBe(readFileSync(expectedFile, 'utf8'));
  });

  test.each(loadTrends())('$name has the columns its header declares', async (report) => {
    const { columns, rows } = await ask(report, new Map());
    expect(columns.map(({ name, type }) => ({ name, type: type.replace(/\(\d+\)/, '') }))).toEqual(
      report.columns.map(({ name, type }) => ({ name, type })),
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  test('reads the files of its days and no others', async () => {
    const report = loadTrends().find(({ name }) => name === 'trend_sessions')!;
    const bytesOf = async (from: string, to: string) =>
      (await ask(report, new Map(Object.entries({ from, to })))).inputBytes;
    const all = await bytesOf('2026-08-01', '2026-11-03');
    const one = await bytesOf('2026-08-01', '2026-08-01');
    expect(await bytesOf('2026-08-02', '2026-10-31')).toBe(0);
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThan(all / 4);
    const sizes = [...lake.sessions.values()].map(({ stats }) => stats!.size_bytes);
    // Files as small as these are read whole, and their ends twice.
    expect(all).toBeLessThan(2 * sizes.reduce((sum, size) => sum + size, 0));
  });
});

test('gives every column of call_stats its value, as DuckDB does', async () => {
  const names = statsColumns.map(({ name }) => name).join(', ');
  const sql = `SELECT ${names} FROM call_stats WHERE day >= '2026-08-01' AND day <= '2026-11-03'
    ORDER BY session, executable, syscall, error`;
  const { rows } = await lake.askTrino(sql);
  expect(rows.length).toBeGreaterThan(20);
  expect(rows).toEqual(await lake.askSandbox(sql));
});

test('finds labels of sessions by name in both engines, those that are not there as NULL', async () => {
  const sql = `SELECT session, element_at(labels, 'branch') AS branch FROM sessions ORDER BY session`;
  const { rows } = await lake.askTrino(sql);
  expect(rows).toContainEqual(['ci.5', null]);
  expect(rows).toContainEqual(['ci.3', 'topic']);
  expect(rows).toEqual(await lake.askSandbox(sql));
});
