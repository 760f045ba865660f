import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { ingestSession } from '../../lib/lake/ingest-session.ts';
import { CALLS_PREFIX } from '../../lib/lake/keys.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { listManifests } from '../../lib/lake/manifests.ts';
import { S3ObjectStore } from '../../lib/lake/s3-object-store.ts';
import { sessionIdOf } from '../../lib/lake/session-id.ts';
import { sqlLiteral } from '../../lib/reports/athena-values.ts';
import { loadReports, loadViews } from '../../lib/reports/catalogue.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';
import { bindParameters, filtersOf } from '../../lib/reports/parameters.ts';
import type { ParameterType, Report, ReportParameter } from '../../lib/reports/report.ts';
import { DuckDbEngine } from '../../local/duckdb-engine.ts';
import { createS3, createStack, type Template } from '../cloud/deployment.ts';
import { type Emulator, startEmulator } from '../cloud/emulator.ts';
import { root } from '../cloud/tools.ts';
import { CASE_DATE, caseFolders, casesFolder, printRows, reportCases } from '../reports/cases.ts';
import { synthesize } from '../stack/synthesized.ts';
import { executeQuery, runStatement, type TrinoResult } from './statement.ts';
import { startTrino, type Trino } from './trino.ts';

const UPLOADS = 'uploads';
const DATABASE = 'stracelake';
const TIMEOUT_MS = 600_000;

/** Values of parameters; those of `file_access` let some of the log `gcc` pass. */
const values: Record<string, string> = {
  executable: 'cc1',
  pid: '4129,4130',
  syscall: 'openat,execve',
  path: '/lib',
  path_regex: '^/usr/.*\\.(so|h)',
  from: '09:23:46.120000',
  to: '09:23:46.200000001',
};

/** Values of other parameters, by type. */
const valuesOfType: Record<ParameterType, string> = {
  integer: '50',
  integers: '4130',
  names: 'read,write',
  regex: '[a-m]',
  session: 'torture_nsT',
  string: 'as',
  time: '09:23:46.150000',
};

const folder = mkdtempSync(join(tmpdir(), 'stracelake-trino-test-'));
let emulator: Emulator;
let trino: Trino;
let engine: DuckDbEngine;
let sessions: Map<string, SessionManifest>;
/** Session of each case by its folder's name. */
const caseSessions = new Map<string, string>();

beforeAll(async () => {
  writeFileSync(join(folder, 'bridge.sql'), '');
  emulator = await startEmulator(join(folder, 'bridge.sql'));
  const outputs = await createStack(emulator, 'Lake', onlyTheLake(synthesize().resources));
  const store = new S3ObjectStore(createS3(emulator));
  await ingestLogs(store, outputs.LakeBucket, ['gcc.log', 'torture_nsT.log']);
  engine = new DuckDbEngine({
    resultFolder: join(folder, 'results'),
    fileOf: (key) => join(folder, key),
    store,
    lakeBucket: outputs.LakeBucket,
  });
  trino = await startTrino(emulator.endpoint);
}, TIMEOUT_MS);

afterAll(async () => {
  await engine?.close();
  await trino?.stop();
  await emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
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
    const [, ...others] = literalsOf(report, 'gcc', {});
    const execute = (literals: string[]) => executeQuery(trino.url, DATABASE, report.sql, literals);
    await expect(execute(['1', ...others])).rejects.toThrow('TYPE_MISMATCH');
    await expect(execute(["'gcc'", ...others, '1'])).rejects.toThrow('INVALID_PARAMETER_USAGE');
  });
});

const fileAccess = loadReports().find(({ name }) => name === 'file_access')!;

test.each(filtersOf(fileAccess).map(({ name }) => name))(
  'lets the same file accesses pass through %s as DuckDB, some and not all',
  async (name) => {
    const all = (await askTrino(fileAccess, 'gcc', {})).rows.length;
    const { rows } = await expectSameRows(fileAccess, 'gcc', { [name]: values[name] });
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
  expect(rows).toEqual([...sessions.values()].map((manifest) => [manifest.session, manifest.rows]));
});

test.each(loadViews())(
  'shows the same rows in the view $name as DuckDB',
  async ({ name, columns }) => {
    for (const session of sessions.keys()) {
      const list = columns.map((column) => `"${column.name}"`).join(', ');
      const sql = `SELECT ${list} FROM ${name} WHERE session = '${session}'`;
      const { rows } = await ask(sql);
      expect(rows.length).toBeGreaterThan(0);
      expect(sorted(rows)).toEqual(sorted(await askDuckDb(sql, session)));
    }
  },
);

test('gives every column of calls its value, times to the nanosecond', async () => {
  const all = `SELECT * FROM calls WHERE session = 'torture_nsT' ORDER BY seq`;
  const { columns, rows } = await ask(all);
  const given = columns.map(({ name }) => `"${name}"`).join(', ');
  expect(rows).toEqual(await askDuckDb(all.replace('*', given), 'torture_nsT'));
  const time = columns.findIndex(({ name }) => name === 'time_ns');
  expect(rows.some((row) => BigInt(row[time] as bigint) % 1000n !== 0n)).toBe(true);
});

test('reads the manifests as rows, nested fields included', async () => {
  const { rows } = await ask(`
    SELECT session, status, rows, sources[1].key, files[1].rows, options.durations,
      lines_by_kind['complete'], cardinality(unparsed), failure.title
    FROM sessions ORDER BY session`);
  expect(rows).toEqual(
    [...sessions.values()].map((manifest) => [
      manifest.session,
      'ready',
      manifest.rows,
      manifest.sources[0].key,
      manifest.files[0].rows,
      manifest.options!.durations,
      manifest.lines_by_kind!.complete,
      manifest.unparsed!.length,
      null,
    ]),
  );
});

function sorted(rows: SqlValue[][]): string[] {
  return rows.map((row) => row.map(String).join('\u0000')).sort();
}

async function ask(sql: string) {
  return runStatement(trino.url, DATABASE, sql);
}

async function askTrino(report: Report, session: string, given: Record<string, string>) {
  return executeQuery(trino.url, DATABASE, report.sql, literalsOf(report, session, given));
}

async function askDuckDb(
  sql: string,
  session: string,
  parameters: (string | bigint)[] = [],
): Promise<SqlValue[][]> {
  const read = [...sessions.values()].filter(
    (manifest) => manifest.session === session || parameters.includes(manifest.session),
  );
  const execution = await engine.start({ sql, parameters, sessions: read });
  expect(await engine.wait(execution, 60_000)).toEqual({ status: 'succeeded' });
  return (await engine.page(execution, 1_000_000)).rows;
}

function givenFor({ name, type }: ReportParameter): string {
  return values[name] ?? valuesOfType[type];
}

async function expectSameRows(
  report: Report,
  session: string,
  given: Record<string, string>,
): Promise<TrinoResult> {
  const expected = await askDuckDb(report.sql, session, bind(report, session, given));
  const result = await askTrino(report, session, given);
  expect(result.rows).toEqual(expected);
  return result;
}

function literalsOf(report: Report, session: string, given: Record<string, string>): string[] {
  return bind(report, session, given).map(sqlLiteral);
}

/** Values for the placeholders: those given, and one for whatever has no default. */
function bind(report: Report, session: string, given: Record<string, string>): (string | bigint)[] {
  const required = filtersOf(report).filter((parameter) => parameter.default === undefined);
  const all = new Map([
    ...required.map((parameter) => [parameter.name, givenFor(parameter)] as const),
    ...Object.entries(given),
  ]);
  return bindParameters(report, all, sessions.get(session)!);
}

async function ingestLogs(store: S3ObjectStore, lakeBucket: string, logs: string[]): Promise<void> {
  await createS3(emulator).send(new CreateBucketCommand({ Bucket: UPLOADS }));
  const ports = { store, lakeBucket, convert: convertLog, now: () => new Date() };
  for (const log of logs) {
    const text = readFileSync(`${root}test/logs/${log}`, 'utf8');
    await store.writeText(UPLOADS, `logs/${log}`, text, 'text/plain');
    expect((await ingestSession(ports, UPLOADS, `logs/${log}`)).status).toBe('ready');
  }
  for (const name of caseFolders) {
    for (const file of readdirSync(join(casesFolder, name))) {
      if (!file.startsWith('log.strace')) continue;
      const Key = `logs/cases/${name}/${file}`;
      const Body = readFileSync(join(casesFolder, name, file));
      const object = { Bucket: UPLOADS, Key, Body, Metadata: { date: CASE_DATE } };
      await createS3(emulator).send(new PutObjectCommand(object));
      expect((await ingestSession(ports, UPLOADS, Key)).status).toBe('ready');
      caseSessions.set(name, sessionIdOf(Key));
    }
  }
  const manifests = await listManifests(store, lakeBucket);
  sessions = new Map(manifests.map((manifest) => [manifest.session, manifest]));
  for (const { key } of await store.list(lakeBucket, CALLS_PREFIX)) {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), await buffer(await store.read(lakeBucket, key)));
  }
}

/** Of the whole stack only what a query needs: the lake's bucket and the tables over it. */
function onlyTheLake(resources: Template['Resources']): Template {
  const kept = Object.entries(resources).filter(
    ([id, { Type }]) =>
      Type.startsWith('AWS::Glue::') || (Type === 'AWS::S3::Bucket' && id.startsWith('Lake')),
  );
  const [bucket] = kept.find(([, { Type }]) => Type === 'AWS::S3::Bucket')!;
  delete resources[bucket].Properties.LoggingConfiguration;
  return {
    Resources: Object.fromEntries(kept),
    Outputs: { LakeBucket: { Value: { Ref: bucket } } },
  };
}
