import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlJob, SqlOutcome } from '../../local/sql-job.ts';
import { SqlRunner } from '../../local/sql-runner.ts';
import { openSandbox, readRows, runSql } from '../../local/sql-sandbox.ts';
import { manifestOf, sampleRows, writeParquet } from '../reports/fixtures.ts';
import { bombs, escapeAttempts } from './sql-attempts.ts';

const SECRET = 'the secret of this machine';
const TIMEOUT_MS = 120_000;

const root = mkdtempSync(join(tmpdir(), 'stracelake-sql-test-'));
const machine = {
  secretFile: join(root, 'secret.csv'),
  folder: join(root, 'outside'),
  callsFile: join(root, 'sample.parquet'),
};
const attempts = escapeAttempts(machine);
const otherFile = join(root, 'other.parquet');
const manifestFile = join(root, 'sample.json');
const runner = new SqlRunner({ seconds: 60, megabytes: 256 });
const tight = new SqlRunner({ seconds: 3, megabytes: 128 });
let callsBytes: Buffer;

beforeAll(async () => {
  mkdirSync(machine.folder);
  writeFileSync(machine.secretFile, `a,b\n1,${SECRET}\n`);
  await writeParquet(machine.callsFile, 'sample', sampleRows);
  await writeParquet(otherFile, 'other', sampleRows.slice(0, 3));
  const file = { key: 'k', path: machine.callsFile, rows: sampleRows.length };
  writeFileSync(manifestFile, `${JSON.stringify(await manifestOf('sample', [file]))}\n`);
  callsBytes = readFileSync(machine.callsFile);
});

afterAll(() => {
  runner.close();
  tight.close();
  rmSync(root, { recursive: true });
});

describe('ad hoc SQL', () => {
  it.each<[string, unknown[][]]>([
    ['SELECT COUNT(*) FROM calls', [[18]]],
    [
      'SELECT session, COUNT(*) FROM calls_all GROUP BY 1 ORDER BY 1',
      [
        ['other', 3],
        ['sample', 15],
      ],
    ],
    ["WITH c AS (SELECT * FROM calls WHERE session = 'other') SELECT COUNT(*) FROM c", [[3]]],
    ['SELECT session, status, files[1].rows FROM sessions', [['sample', 'ready', 15]]],
    ["SELECT COUNT(*) FROM strace WHERE session = 'sample'", [[13]]],
    ['SELECT a FROM range(3) t(a) ORDER BY a DESC', [[2], [1], [0]]],
    [
      "SELECT p FROM calls CROSS JOIN UNNEST(paths) AS t(p) WHERE session = 'sample' AND seq = 8 ORDER BY p",
      [["/opt/it's/cc"], ['/tmp/a "b"']],
    ],
    [
      "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'calls%' ORDER BY 1",
      [['calls'], ['calls_all']],
    ],
    ['VALUES (1, NULL)', [[1, null]]],
    ['SELECT 5 / 2 AS whole', [[2]]],
    ['-- a comment\nSELECT 1 -- ; and another', [[1]]],
    ['SELECT 1;', [[1]]],
  ])(
    'answers %s',
    async (sql, rows) => {
      expect(await ask(sql)).toMatchObject({ result: { rows, isCut: false } });
    },
    TIMEOUT_MS,
  );

  it('describes its tables', { timeout: TIMEOUT_MS }, async () => {
    const outcome = await ask('DESCRIBE calls');
    expect('result' in outcome && outcome.result.rows[0]!.slice(0, 2)).toEqual([
      'session',
      'VARCHAR',
    ]);
    expect(await ask('SHOW TABLES')).toHaveProperty('result');
  });

  it('gives values of every kind as plain data', { timeout: TIMEOUT_MS }, async () => {
    const sql = `SELECT 9007199254740993 AS big, [1, 2] AS list, {'a': 9007199254740993} AS struct,
      MAP {'k': 'v'} AS map, DATE '2026-11-23' AS day, 1.50::DECIMAL(4, 2) AS exact, 'inf'::DOUBLE AS inf,
      INTERVAL 1 DAY AS span, '\\x00'::BLOB AS blob, 1 AS twice, 2 AS twice`;
    const outcome = await ask(sql);
    expect(outcome).toMatchObject({
      result: {
        rows: [
          [
            9007199254740993n,
            [1, 2],
            { a: 9007199254740993n },
            { k: 'v' },
            '2026-11-23',
            '1.50',
            'Infinity',
            '1 day',
            '\\x00',
            1,
            2,
          ],
        ],
      },
    });
    const names = 'result' in outcome && outcome.result.columns.map((column) => column.name);
    expect(new Set(names || []).size).toBe(11);
  });

  it('stops at so many rows, or so many bytes', { timeout: TIMEOUT_MS }, async () => {
    const rows = await ask('SELECT * FROM range(1000000000)', { maxRows: 3 });
    expect(rows).toMatchObject({ result: { rows: [[0], [1], [2]], isCut: true } });
    const exact = await ask('SELECT * FROM range(3)', { maxRows: 3 });
    expect(exact).toMatchObject({ result: { isCut: false } });
    const bytes = await ask("SELECT repeat('x', 400) FROM range(1000)", { maxBytes: 1000 });
    expect(bytes).toMatchObject({ result: { rows: { length: 2 }, isCut: true } });
    const one = await ask("SELECT repeat('x', 4000)", { maxBytes: 1000 });
    expect(one).toMatchObject({ failure: { kind: 'refused' } });
  });

  it.each([
    ['SELECT bogus FROM calls', 'invalid', 'bogus'],
    ['SELEC 1', 'refused', 'syntax error'],
    ['SELECT * FROM nowhere', 'refused', 'calls, calls_all, call_stats, sessions'],
    ["SELECT CAST('x' AS INTEGER)", 'invalid', 'Could not convert'],
    [`SELECT ${'1 + '.repeat(40_000)}1`, 'refused', 'longer than'],
  ])('says what is wrong with %s', { timeout: TIMEOUT_MS }, async (sql, kind, hint) => {
    const outcome = await ask(sql);
    expect(outcome).toMatchObject({ failure: { kind } });
    expect('failure' in outcome && outcome.failure.message).toContain(hint);
  });

  it('survives a query of any depth', { timeout: TIMEOUT_MS }, async () => {
    const outcome = await ask(`SELECT ${'('.repeat(30_000)}1${')'.repeat(30_000)}`);
    expect(outcome).toSatisfy(
      (each: SqlOutcome) => 'failure' in each || each.result.rows.length === 1,
    );
    expect(await ask('SELECT 1')).toHaveProperty('result');
  });

  it('has its tables before there is a session', { timeout: TIMEOUT_MS }, async () => {
    const none = { sessions: [], manifests: [] };
    const sql =
      'SELECT (SELECT COUNT(*) FROM calls) AS calls, (SELECT COUNT(*) FROM sessions) AS s';
    expect(await ask(sql, none)).toMatchObject({ result: { rows: [[0, 0]] } });
  });

  it('says when a file of a session is gone', { timeout: TIMEOUT_MS }, async () => {
    const sessions = [{ session: 'gone', files: [join(root, 'gone.parquet')] }];
    expect(await ask('SELECT * FROM calls', { sessions })).toMatchObject({
      failure: { kind: 'gone' },
    });
  });
});

describe('ad hoc SQL gets at nothing but its tables', () => {
  let sandbox: DuckDBConnection;

  beforeAll(async () => {
    sandbox = await openSandbox(jobOf(''));
  });

  afterAll(() => {
    sandbox.closeSync();
  });

  it.each(attempts)('by %s', async (sql) => {
    const outcome = await runSql(sandbox, jobOf(sql)).catch(String);
    expect(outcome).toBeTypeOf('string');
    expect(outcome).not.toContain(SECRET);
    expectUntouched();
  });

  it('in its own process either', { timeout: TIMEOUT_MS }, async () => {
    const failures = await Promise.all([
      ask(`SELECT * FROM read_text('${machine.secretFile}')`),
      ask(`COPY (SELECT 1 AS x) TO '${machine.callsFile}' (FORMAT parquet)`),
      ask('SET enable_external_access = true'),
    ]);
    for (const each of failures) expect(each).toMatchObject({ failure: { kind: 'refused' } });
    expectUntouched();
  });

  it.each(bombs)('and takes no more than it may by %s', { timeout: TIMEOUT_MS }, async (sql) => {
    expect(await ask(sql, {}, tight)).toMatchObject({ failure: { kind: 'limit' } });
    expect(await ask('SELECT COUNT(*) FROM calls')).toHaveProperty('result');
  });

  it('not even with more queries than there is room for', { timeout: TIMEOUT_MS }, async () => {
    const asked = Array.from({ length: 20 }, (_, i) => ask(`SELECT ${i}`).catch(String));
    const outcomes = await Promise.all(asked);
    expect(outcomes.filter((outcome) => typeof outcome === 'string')).toHaveLength(10);
    expect(await ask('SELECT 1')).toHaveProperty('result');
  });
});

describe('the engine itself, were the check not there,', () => {
  let sandbox: DuckDBConnection;

  beforeAll(async () => {
    sandbox = await openSandbox(jobOf(''));
  });

  afterAll(() => {
    sandbox.closeSync();
  });

  const harmless = [
    /callsFile|sample\.parquet/,
    /^SELECT \* FROM (query_table\(\['calls|duckdb_|checkpoint|force_checkpoint|sqlite_|pg_)/,
    /current_setting|write_log|database_list|^SELECT [?$]/,
    // Ends the use of the whole instance, which is why each query has its own
    /enable_logging/,
    /^SELECT 1|^SELECT ';|^SELECT \/\*|^$|^ ; $|^--/,
  ];
  const harmful = attempts.filter((sql) => !harmless.some((pattern) => pattern.test(sql)));

  it.each(harmful)('refuses %s', async (sql) => {
    await expect(readRows(sandbox, jobOf(sql))).rejects.toThrow();
    expectUntouched();
  });

  it('still reads its tables after all that', async () => {
    expect(harmful.length).toBeGreaterThan(60);
    const result = await readRows(sandbox, jobOf('SELECT COUNT(*) FROM calls'));
    expect(result.rows).toEqual([[18]]);
  });
});

function expectUntouched() {
  expect(readdirSync(machine.folder)).toEqual([]);
  expect(readFileSync(machine.callsFile).equals(callsBytes)).toBe(true);
}

function jobOf(sql: string, change: Partial<SqlJob> = {}): SqlJob {
  return {
    sql,
    sessions: [
      { session: 'sample', files: [machine.callsFile] },
      { session: 'other', files: [otherFile] },
    ],
    manifests: [manifestFile],
    // What the engine may spill into, it may also read.
    folder: join(root, 'spill'),
    maxRows: 100,
    maxBytes: 1_000_000,
    engineMb: 256,
    ...change,
  };
}

async function ask(sql: string, change: Partial<SqlJob> = {}, by = runner): Promise<SqlOutcome> {
  return await by.run(jobOf(sql, change));
}
