import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNormaliser, normalisePath, rootsOfRun } from '../../lib/gate/normalise.ts';
import { loadReports } from '../../lib/reports/catalogue.ts';
import { dialect, textLiteral } from '../../local/duckdb-dialect.ts';

const paths = [
  '/proc/1234/stat',
  '/proc/1234/task/77/comm',
  '/tmp/tmpa1b2c3d4/x',
  '/tmp/tmpa1b2c3d4',
  '/tmp/ccQw12Er.o',
  '/tmp/build.aB3xY9/main.o',
  '/var/tmp/x-Zz9Zz9',
  '/dev/shm/sem.AbCdEf',
  '/tmp/123/4567',
  '/run/user/1000/bus',
  '/var/run/1234.pid',
  '/home/u/123e4567-e89b-12d3-a456-426614174000.json',
  '/nix/store/0c3fdk7xrdl5nqq4rfzcmyfrn8klnzwq-bash/bin/bash',
  '/usr/lib/x86_64-linux-gnu/libc.so.6',
  '/home/u/.cache/deadbeefcafe/f',
  '/srv/20261123/12345/1234',
  '',
  'relative/12345',
];

/** Words that the rules look for, put together at random. */
const anyPath = fc
  .array(
    fc.constantFrom(
      ...'/ tmp var run dev shm proc task nix store 12 1234 123456 deadbeef cafe0123 tmpa1b2c3d4 ccQw12 . _ - aB3xY9 lib'.split(
        ' ',
      ),
    ),
    { maxLength: 8 },
  )
  .map((words) => `/${words.join('')}`);

describe('normalising', () => {
  it('is that of the report diff_files, for paths', async () => {
    const texts = [...paths, ...fc.sample(anyPath, { numRuns: 500, seed: 8 })];
    const sql = steps('diff_files', 'temporary', 'totals')
      .replace('FROM sides', `FROM (SELECT unnest([${texts.map(textLiteral).join(',')}]) AS path)`)
      .replaceAll(/, +detail,\s+head_count,\s+base_count/g, '')
      .replaceAll(/,\s+detail,\s+head_count,\s+base_count/g, '');
    expect(await column(`WITH ${sql} SELECT path FROM numbered`)).toEqual(texts.map(normalisePath));
  });

  it('is that of the report diff_endpoints, for endpoints', async () => {
    const texts = [
      'TCP 10.0.0.1:443',
      'TCP 10.0.0.1:32767',
      'TCP 10.0.0.1:32768',
      'UDPv6 [::1]:65535',
      'UNIX-STREAM /run/user/1000/bus',
      'UNIX-STREAM /tmp/x-deadbeef99/s.12',
    ];
    const rows = texts.map((text) => {
      const [protocol, address] = text.split(' ');
      return `(${textLiteral(protocol!)}, ${textLiteral(address!)})`;
    });
    const sql = steps('diff_endpoints', 'plain', 'totals')
      .replace('FROM sides', `FROM (VALUES ${rows.join(',')}) AS sides (protocol, address)`)
      .replaceAll(/,\s+role,\s+head_count,\s+base_count/g, '');
    const found = await column(`WITH ${sql} SELECT protocol || ' ' || address FROM plain`);
    const { endpoint } = createNormaliser();
    expect(found).toEqual(texts.map(endpoint));
  });

  it('tells paths from the innermost folder that has a name', () => {
    const { path, endpoint } = createNormaliser({
      $WORK: '/home/u/project/',
      $HOME: '/home/u',
      $NONE: '/',
    });
    expect(path('/home/u/project/src/a.c')).toBe('$WORK/src/a.c');
    expect(path('/home/u/project')).toBe('$WORK');
    expect(path('/home/u/projects')).toBe('$HOME/projects');
    expect(path('/etc/hosts')).toBe('/etc/hosts');
    expect(endpoint('UNIX-STREAM /home/u/.agent/s')).toBe('UNIX-STREAM $HOME/.agent/s');
  });

  it('takes no detour out of a folder for a path in it', () => {
    const { path } = createNormaliser({ $WORK: '/work' });
    expect(path('/work/../etc/shadow')).toBe('/etc/shadow');
    expect(path('/srv/.././work//a/./b')).toBe('$WORK/a/b');
    expect(path('/work/a/..')).toBe('$WORK');
    expect(path('/work/..data/.x')).toBe('$WORK/..data/.x');
    expect(path('pipe:[../7]')).toBe('pipe:[../7]');
  });

  it('has temporary files in /tmp, wherever a run had them', () => {
    const roots = rootsOfRun({ work: '/ci/job', home: '/ci', tmp: '/ci/job.tmp' });
    const { path } = createNormaliser(roots);
    expect(path('/ci/job.tmp/tmpa1b2c3d4/x')).toBe('/tmp/tmp*/x');
    expect(path('/ci/job/src')).toBe('$WORK/src');
    expect(rootsOfRun({ work: '/w' })).toEqual({ $WORK: '/w' });
  });

  it('ends with the rules of the budget, in order', () => {
    const rules = [
      { pattern: 'v([0-9]+)\\.[0-9]+', replace: 'v$1' },
      { pattern: 'v1$', replace: 'first' },
    ];
    expect(createNormaliser({}, rules).path('/opt/v1.2/v1.3')).toBe('/opt/v1/first');
  });
});

/** The steps of a report from one of its CTEs up to another. */
function steps(report: string, from: string, to: string): string {
  const sql = loadReports().find(({ name }) => name === report)!.sql;
  const text = sql.slice(sql.indexOf(`${from} AS (`), sql.indexOf(`${to} AS (`));
  expect(text).not.toBe('');
  return text.trimEnd().replace(/,$/, '');
}

async function column(sql: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(dialect);
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowsJS().map(([value]) => value);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
