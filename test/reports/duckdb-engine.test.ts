import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { createCatalogue, loadReports } from '../../lib/reports/catalogue.ts';
import type { Query, SqlValue } from '../../lib/reports/engine.ts';
import { bindParameters, filtersOf } from '../../lib/reports/parameters.ts';
import { renderCsv } from '../../lib/reports/render/csv.ts';
import { DuckDbEngine } from '../../local/duckdb-engine.ts';
import { exportCsv, queryFiles } from '../../local/duckdb-files.ts';
import { type CallRow, manifestOf, sampleRows, writeParquet } from './fixtures.ts';
import { MemoryStore } from './memory-store.ts';

const catalogue = createCatalogue(loadReports());
const otherRows: CallRow[] = [
  { seq: 1, syscall: 'openat', path: '/other', paths: ['/other'], ret: 3 },
];
let folder: string;
let engine: DuckDbEngine;
let store: MemoryStore;
let sample: SessionManifest;
let other: SessionManifest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-'));
  store = new MemoryStore();
  engine = createEngine();
  sample = await session('sample', [sampleRows.slice(0, 6), sampleRows.slice(6)]);
  other = await session('other', [otherRows]);
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

describe('DuckDbEngine', () => {
  it('answers every report', async () => {
    for (const report of catalogue.values()) {
      const required = filtersOf(report).filter((parameter) => parameter.default === undefined);
      const given = required.map(({ name, type }) => [name, type === 'session' ? 'other' : '1']);
      const query = queryOf(report.name, sample, Object.fromEntries(given));
      const { columns } = await run({ ...query, sessions: [sample, other] });
      expect(columns.map((column) => column.name)).toEqual(report.columns.map((c) => c.name));
      expect(columns.map((column) => column.type)).toEqual(report.columns.map((c) => c.type));
    }
  });

  it('gives the rows of a report under the names and in the forms of the original', async () => {
    const rows = async (name: string) => (await run(queryOf(name, sample))).rows;
    expect(await rows('programs_executed')).toEqual([
      ['09:00:00.000001', '/usr/bin/make', 'execve', '/usr/bin/make', '0', ''],
      ['09:00:01.000000', '', 'execve', "/opt/it's/cc", '-1', 'ENOENT (No such file or directory)'],
      ['09:00:01.500000', '/usr/bin/cc', 'execve', '/usr/bin/cc', '0', ''],
    ]);
    expect(await rows('count_device_files')).toEqual([
      [2, '/usr/bin/cc', '/dev/null'],
      [1, '/usr/bin/cc', '/sys/class/gpio/export'],
    ]);
    expect((await rows('file_access')).map((row) => row[0])).toEqual([
      '09:00:00.000001',
      '09:00:00.001000',
      '09:00:00.002000',
      '09:00:00.001500',
      '09:00:01.000000',
      '09:00:01.500000',
      '09:00:02.000000',
      '09:00:02.100000',
      '09:00:02.200000',
      '09:00:02.300000',
      '',
    ]);
    expect((await rows('file_access_errors')).every((row) => row[4] === '-1')).toBe(true);
    expect((await rows('device_file_access')).map((row) => row[3])).toEqual([
      '/dev/null',
      '/dev/null',
      '/sys/class/gpio/export',
    ]);
    const calls = await rows('calls');
    expect(calls).toHaveLength(sampleRows.filter((row) => (row.kind ?? 'call') === 'call').length);
    expect(calls[1]).toEqual([
      '09:00:00.000900',
      '100',
      '/usr/bin/make',
      'brk',
      '',
      '[]',
      '398680064',
      '0x17c36000',
      '0.000008',
    ]);
    expect(calls.map((row) => row[5])).toEqual(
      expect.arrayContaining([
        "['/work', '/work/a.c']",
        `["/opt/it's/cc", "/tmp/a \\"b\\""]`,
        "['/work/back\\\\slash']",
      ]),
    );
    expect(calls[4]![8]).toBe('5.000000');
    expect(calls.at(-1)!.slice(6)).toEqual(['?', '', '']);
  });

  it('puts the same rows in summary as in its own reports', async () => {
    const { columns, rows } = await run(queryOf('summary', sample));
    for (const section of ['programs_executed', 'count_errors']) {
      const names = catalogue.get(section)!.columns.map((column) => column.name);
      const picked = rows
        .filter((row) => row[0] === section)
        .map((row) => names.map((name) => row[columns.findIndex((c) => c.name === name)]));
      expect(picked).toEqual((await run(queryOf(section, sample))).rows);
    }
  });

  it('gives the view strace the columns its file declares, over the same calls', async () => {
    const files = { session: 'sample', files: sample.files.map((file) => fileOf(file.key)) };
    const sql = 'SELECT * FROM strace ORDER BY seq';
    const view = await queryFiles(files, { sql, parameters: [] });
    const calls = await run(queryOf('calls', sample));
    expect(view.rows.map((row) => row[7])).toEqual(calls.rows.map((row) => row[5]));
    expect(view.columns.map((column) => `${column.name} ${column.type}`).slice(2)).toEqual([
      'timestamp varchar',
      'pid integer',
      'executable varchar',
      'syscall varchar',
      'filepath varchar',
      'all_filepaths varchar',
      'ret_int bigint',
      'ret_str varchar',
      'syscall_time double',
    ]);
    expect(view.rows[4]!.at(-1)).toBe(5);
  });

  it('pages through a result without losing or repeating a row', async () => {
    const execution = await engine.start(queryOf('calls', sample));
    await engine.wait(execution, 10_000);
    const rows: SqlValue[][] = [];
    for (let token: string | undefined = '0'; token !== undefined; ) {
      const page = await engine.page(execution, 4, token);
      expect(page.rows.length).toBeLessThanOrEqual(4);
      rows.push(...page.rows);
      token = page.next;
    }
    expect(rows).toEqual((await run(queryOf('calls', sample))).rows);
  });

  it('makes the head of a large result first, and the rest when it is read', async () => {
    const sql = 'SELECT range AS number FROM range(5000) ORDER BY number DESC';
    const query: Query = { sql, parameters: [], sessions: [sample] };
    const execution = await engine.start(query, 100);
    expect(await engine.wait(execution, 10_000)).toEqual({ status: 'succeeded' });
    const files = async () =>
      (await readdir(join(folder, 'results'))).filter((name) => name.startsWith(execution));
    const first = await engine.page(execution, 100);
    expect(first.rows[99]).toEqual([4900]);
    expect(await files()).toEqual([`${execution}.head.parquet`]);
    const rows = [...first.rows];
    for (let token = first.next; token !== undefined; ) {
      const page = await engine.page(execution, 700, token);
      rows.push(...page.rows);
      token = page.next;
    }
    expect(rows.flat()).toEqual(Array.from({ length: 5000 }, (_, i) => 4999 - i));
    expect(await files()).toContain(`${execution}.parquet`);
  });

  it('makes all of a result of which only the head is there for a CSV file, or a restart', async () => {
    const sql = 'SELECT range AS number FROM range(3000) ORDER BY number';
    const query: Query = { sql, parameters: [], sessions: [sample] };
    const execution = await engine.start(query, 1);
    await engine.wait(execution, 10_000);
    const second = createEngine();
    expect(await second.wait(execution, 0)).toEqual({ status: 'unknown' });
    await second.close();
    const { bucket, key } = await engine.csvObject(execution);
    const lines = (await store.readText(bucket, key))!.trimEnd().split('\n');
    expect(lines).toHaveLength(3001);
  });

  it('never shows a session the rows of another, also when asked at once', async () => {
    const queries = Array.from({ length: 12 }, (_, i) => (i % 2 ? sample : other));
    const pages = await Promise.all(queries.map((session) => run(queryOf('count_files', session))));
    for (const [i, page] of pages.entries())
      expect(page.rows.some((row) => row[2] === '/other')).toBe(i % 2 === 0);
    expect((await run({ ...queryOf('count_files', sample), sessions: [other] })).rows).toEqual([]);
  });

  it('reads several sessions, the rows of each under its name', async () => {
    const sql = `SELECT session, COUNT(*) AS calls FROM calls
      WHERE session = ? OR session = ? GROUP BY session ORDER BY session`;
    const parameters = ['other', 'sample'];
    const both = { sql, parameters, sessions: [sample, other] };
    expect((await run(both)).rows).toEqual([
      ['other', otherRows.length],
      ['sample', sampleRows.length],
    ]);
    for (const sessions of [[sample], [sample, sample]])
      expect((await run({ ...both, sessions })).rows).toEqual([['sample', sampleRows.length]]);
  });

  it('gives the same execution for the same query of the same ingest, and only then', async () => {
    const query = queryOf('calls', sample);
    const execution = await engine.start(query);
    expect(await engine.start({ ...query })).toBe(execution);
    const again = { ...sample, finished_at: '2026-11-23T10:00:00.000Z' };
    expect(await engine.start({ ...query, sessions: [again] })).not.toBe(execution);
    const filtered = queryOf('calls', sample, { pid: '101' });
    expect(await engine.start(filtered)).not.toBe(execution);
    await engine.wait(execution, 10_000);
  });

  it('finds a result again after a restart', async () => {
    const execution = await engine.start(queryOf('calls', sample));
    await engine.wait(execution, 10_000);
    const second = createEngine();
    expect(await second.wait(execution, 0)).toEqual({ status: 'succeeded' });
    expect((await second.page(execution, 1)).rows).toHaveLength(1);
    await second.close();
  });

  it('tells a query that fails from one that it does not know', async () => {
    const execution = await engine.start({ ...queryOf('calls', sample), sql: 'SELECT nonsense' });
    expect(await engine.wait(execution, 10_000)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('nonsense'),
    });
    expect(await engine.wait('0'.repeat(64), 0)).toEqual({ status: 'unknown' });
    expect(await engine.wait('../../etc/passwd', 0)).toEqual({ status: 'unknown' });
  });

  it('reads a session without rows', async () => {
    const empty = await session('empty', []);
    expect((await run(queryOf('calls', empty))).rows).toEqual([]);
    expect((await run(queryOf('calls', empty))).columns).toHaveLength(9);
  });

  it('keeps the digits of integers that a double cannot hold', async () => {
    const big = 2n ** 60n + 1n;
    const session_ = await session('big', [[{ seq: 1, syscall: 'mmap', ret: big }]]);
    const sql = 'SELECT ret, seq FROM calls WHERE session = ?';
    const page = await run({ sql, parameters: ['big'], sessions: [session_] });
    expect(page.rows).toEqual([[big, 1]]);
  });

  it('stores a whole result as the CSV that the original writes', async () => {
    const query = queryOf('calls', sample);
    const execution = await engine.start(query);
    await engine.wait(execution, 10_000);
    const [first, second] = await Promise.all([
      engine.csvObject(execution),
      engine.csvObject(execution),
    ]);
    expect(second).toEqual(first);
    const { columns, rows } = await run(query);
    const names = columns.map((column) => column.name);
    const text = await store.readText(first.bucket, first.key);
    expect(text).toBe(renderCsv(names, rows, 'all'));
    const out = join(folder, 'calls.csv');
    const files = sample.files.map((file) => fileOf(file.key));
    await exportCsv({ session: 'sample', files }, query, out);
    expect(await readFile(out, 'utf8')).toBe(text);
  });

  it('sweeps results that nobody used for a day', async () => {
    const results = join(folder, 'results');
    const [old, fresh] = ['a', 'b'].map((name) => join(results, `${name}.parquet`));
    await writeFile(old!, 'x');
    await writeFile(fresh!, 'x');
    const now = Date.now();
    await utimes(old!, new Date(0), new Date(now - 25 * 3600_000));
    await store.writeText('lake', 'results/old.csv', 'x');
    store.objects.get('lake/results/old.csv')!.lastModified = new Date(now - 25 * 3600_000);
    const second = createEngine();
    await run(queryOf('calls', sample), second);
    await second.close();
    expect([existsSync(old!), existsSync(fresh!)]).toEqual([false, true]);
    expect(await store.head('lake', 'results/old.csv')).toBeUndefined();
    expect((await readdir(results)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });
});

function createEngine() {
  return new DuckDbEngine({
    resultFolder: join(folder, 'results'),
    fileOf,
    store,
    lakeBucket: 'lake',
    memoryLimit: '256MB',
  });
}

function fileOf(key: string): string {
  return join(folder, key.replaceAll('/', '_'));
}

async function session(name: string, parts: (readonly CallRow[])[]): Promise<SessionManifest> {
  const files = parts.map((rows, index) => {
    const key = `calls/session=${name}/part-${index}.parquet`;
    return { key, path: fileOf(key), rows: rows.length, content: rows };
  });
  for (const file of files) await writeParquet(file.path, name, file.content);
  return await manifestOf(name, files);
}

function queryOf(
  name: string,
  manifest: SessionManifest,
  given: Record<string, string> = {},
): Query {
  const report = catalogue.get(name)!;
  const parameters = bindParameters(report, new Map(Object.entries(given)), manifest);
  return { sql: report.sql, parameters, sessions: [manifest] };
}

async function run(query: Query, by = engine) {
  const execution = await by.start(query);
  expect(await by.wait(execution, 10_000)).toEqual({ status: 'succeeded' });
  return await by.page(execution, 10_000);
}
