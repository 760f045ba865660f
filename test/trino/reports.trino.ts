import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { loadReports, loadViews } from '../../lib/reports/catalogue.ts';
import { comparisonOf } from '../../lib/reports/comparison.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';
import { filtersOf } from '../../lib/reports/parameters.ts';
import type { Report } from '../../lib/reports/report.ts';
import { root } from '../cloud/tools.ts';
import { askOf, readRecipes } from '../docs/sql-recipes.ts';
import { CASE_DATE, caseFolders, casesFolder, printRows, reportCases } from '../reports/cases.ts';
import { QueriedLake } from './lake.ts';
import { bindGiven, givenFor, literalsOf } from './report-values.ts';
import type { TrinoResult } from './statement.ts';

const LOGS = ['gcc', 'torture_nsT'];
/** Cases of the views that have no rows of those logs. */
const VIEW_CASES: Record<string, string[]> = {
  dns_messages: ['dns_messages', 'connections.names'],
};
const TIMEOUT_MS = 600_000;

let lake: QueriedLake;
/** Session of each case by its folder's name. */
const caseSessions = new Map<string, string>();

beforeAll(async () => {
  lake = await QueriedLake.start();
  for (const log of LOGS)
    await lake.ingest(`logs/${log}.log`, readFileSync(`${root}test/logs/${log}.log`));
  for (const name of caseFolders) await ingestCase(name);
}, TIMEOUT_MS);

afterAll(async () => {
  await lake?.stop();
});

describe.each(loadReports())('$name', (report) => {
  test('answers as DuckDB does, with the columns its header declares', async () => {
    const { columns } = await expectSameRows(report, 'gcc', {});
    expect(columns.map(({ name, type }) => ({ name, type: type.replace(/\(\d+\)/, '') }))).toEqual(
      report.columns.map(({ name, type }) => ({ name, type })),
    );
    await expectSameRows(report, 'torture_nsT', {});
  });

  test('takes a value for every parameter', async () => {
    const given = filtersOf(report).map((parameter) => [parameter.name, givenFor(parameter)]);
    await expectSameRows(report, 'gcc', Object.fromEntries(given));
  });

  test('refuses a number in place of the session, and a value too many', async () => {
    const [, ...others] = literalsOf(report, sessionNamed('gcc'), {});
    const execute = (literals: string[]) => lake.askTrino(report.sql, literals);
    await expect(execute(['1', ...others])).rejects.toThrow('TYPE_MISMATCH');
    await expect(execute(["'gcc'", ...others, '1'])).rejects.toThrow('INVALID_PARAMETER_USAGE');
  });
});

describe.each(loadReports().flatMap((report) => comparisonOf(report) ?? []))(
  'the difference that $name finds',
  (report) => {
    test('is that which DuckDB finds', async () => {
      await expectSameRows(report, 'gcc', {});
    });
  },
);

const fileAccess = loadReports().find(({ name }) => name === 'file_access')!;

test.each(filtersOf(fileAccess))(
  'lets the same file accesses pass through $name as DuckDB, some and not all',
  async (parameter) => {
    const all = (await askTrino(fileAccess, 'gcc', {})).rows.length;
    const given = { [parameter.name]: givenFor(parameter) };
    const { rows } = await expectSameRows(fileAccess, 'gcc', given);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(all);
  },
);

describe.each(caseFolders)('case %s', (name) => {
  const cases = reportCases.filter((each) => each.folder === name);

  test.each(cases)('$name', async ({ report, parameters, expectedFile }) => {
    const given = [...parameters].map(([parameter, value]) => {
      const { type } = report.parameters.find((each) => each.name === parameter)!;
      return [parameter, type === 'session' ? caseSessions.get(value)! : value];
    });
    const { columns, rows } = await askTrino(
      report,
      caseSessions.get(name)!,
      Object.fromEntries(given),
    );
    const names = columns.map((column) => column.name);
    expect(printRows(names, rows)).toBe(readFileSync(expectedFile, 'utf8'));
  });
});

test('refuses calls without a session', async () => {
  await expect(ask('SELECT COUNT(*) FROM calls')).rejects.toThrow('session');
  await expect(ask("SELECT COUNT(*) FROM calls WHERE syscall = 'read'")).rejects.toThrow('session');
});

test('counts every call of every session in calls_all', async () => {
  const { rows } = await ask('SELECT session, COUNT(*) FROM calls_all GROUP BY session ORDER BY 1');
  // one of a -c table alone has none
  const filled = manifests().filter((manifest) => manifest.rows! > 0);
  expect(filled.length).toBeGreaterThan(50);
  expect(rows).toEqual(filled.map((manifest) => [manifest.session, manifest.rows]));
});

describe.each(loadViews())('the view $name', ({ name, columns }) => {
  const list = columns.map((column) => `"${column.name}"`).join(', ');

  test.each(VIEW_CASES[name] ?? LOGS)('shows the same rows as DuckDB of %s', async (log) => {
    await expectSameView([caseSessions.get(log) ?? log]);
  });

  test('shows the same rows as DuckDB of many sessions at once', async () => {
    await expectSameView([...lake.sessions.keys()]);
  });

  async function expectSameView(sessions: string[]): Promise<void> {
    const quoted = sessions.map((session) => `'${session}'`).join(', ');
    const sql = `SELECT ${list} FROM ${name} WHERE session IN (${quoted})`;
    const { rows } = await ask(sql);
    expect(rows.length).toBeGreaterThan(0);
    expect(sorted(rows)).toEqual(sorted(await lake.askDuckDb(sql, [], sessions)));
  }
});

describe('the recipe of docs/sql.md', () => {
  test.each(readRecipes())('$title gives the same rows as DuckDB', async (recipe) => {
    for (const [app, base] of [LOGS, LOGS.toReversed()]) {
      const sql = askOf(recipe, app!, base!);
      const { rows } = await ask(sql);
      expect(rows).toEqual(await lake.askSandbox(sql));
    }
  });
});

test('gives every column of calls its value, times to the nanosecond', async () => {
  const all = `SELECT * FROM calls WHERE session = 'torture_nsT' ORDER BY seq`;
  const { columns, rows } = await ask(all);
  const given = columns.map(({ name }) => `"${name}"`).join(', ');
  expect(rows).toEqual(await lake.askDuckDb(all.replace('*', given), [], ['torture_nsT']));
  const time = columns.findIndex(({ name }) => name === 'time_ns');
  expect(rows.some((row) => BigInt(row[time] as bigint) % 1000n !== 0n)).toBe(true);
});

test('reads the manifests as rows, nested fields included', async () => {
  const { rows } = await ask(`
    SELECT session, status, rows, sources[1].key, element_at(files, 1).rows, options.durations,
      element_at(lines_by_kind, 'complete'), cardinality(unparsed), failure.title
    FROM sessions ORDER BY session`);
  expect(rows).toEqual(
    manifests().map((manifest) => [
      manifest.session,
      'ready',
      manifest.rows,
      manifest.sources[0].key,
      manifest.files[0]?.rows ?? null,
      manifest.options?.durations ?? null,
      manifest.lines_by_kind!.complete ?? null,
      manifest.unparsed!.length,
      null,
    ]),
  );
});

function sorted(rows: SqlValue[][]): string[] {
  return rows.map((row) => row.map(String).join('\u0000')).sort();
}

function manifests(): SessionManifest[] {
  return [...lake.sessions.values()].sort((a, b) => (a.session < b.session ? -1 : 1));
}

function sessionNamed(name: string): SessionManifest {
  return lake.sessions.get(name)!;
}

async function ask(sql: string): Promise<TrinoResult> {
  return lake.askTrino(sql);
}

async function askTrino(report: Report, session: string, given: Record<string, string>) {
  return lake.askTrino(report.sql, literalsOf(report, sessionNamed(session), given));
}

async function expectSameRows(
  report: Report,
  session: string,
  given: Record<string, string>,
): Promise<TrinoResult> {
  const parameters = bindGiven(report, sessionNamed(session), given);
  const expected = await lake.askDuckDb(report.sql, parameters, [session]);
  const result = await askTrino(report, session, given);
  expect(result.rows).toEqual(expected);
  return result;
}

async function ingestCase(name: string): Promise<void> {
  const logs = readdirSync(join(casesFolder, name)).filter((file) => file.startsWith('log.strace'));
  for (const log of logs) {
    const bytes = readFileSync(join(casesFolder, name, log));
    const { session } = await lake.ingest(`logs/cases/${name}/${log}`, bytes, { date: CASE_DATE });
    caseSessions.set(name, session);
  }
}
