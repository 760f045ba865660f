import { writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestKey } from '../../lib/lake/keys.ts';
import { describeApi } from '../../lib/reports/api/openapi/document.ts';
import { answerSql, isSql, type SqlDeps } from '../../local/sql-answer.ts';
import { SqlRunner } from '../../local/sql-runner.ts';
import { eventOf, ReportService } from '../lambdas/report-service.ts';
import { AnswerChecker } from '../openapi/answer-checker.ts';
import { sampleRows } from '../reports/fixtures.ts';

const TIMEOUT_MS = 60_000;
const checker = new AnswerChecker(describeApi(new Map(), { access: 'open', sql: true }, ''));
const operation = checker.operations().find(({ path }) => path === '/sql')!;
let service: ReportService;
let deps: SqlDeps;

beforeAll(async () => {
  service = await ReportService.start();
  for (const name of ['sample', 'other']) {
    const manifest = await service.addSession(name, sampleRows);
    writeFileSync(service.fileOf(manifestKey(name)), JSON.stringify(manifest));
  }
  const coming = await service.addSession('coming', [], { status: 'ingesting' });
  writeFileSync(service.fileOf(manifestKey('coming')), JSON.stringify(coming));
  deps = {
    reports: service.deps,
    runner: new SqlRunner({ seconds: 20 }),
    fileOf: (key) => service.fileOf(key),
  };
});

afterAll(async () => {
  deps.runner.close();
  await service.stop();
});

describe('POST /sql', { timeout: TIMEOUT_MS }, () => {
  const count = 'SELECT session, COUNT(*) AS calls FROM calls GROUP BY session ORDER BY session';

  it('answers over all sessions that are ready, as JSON', async () => {
    const answer = await post('/sql', count);
    expect(answer.json).toEqual({
      columns: [
        { name: 'session', type: 'varchar' },
        { name: 'calls', type: 'bigint' },
      ],
      is_cut: false,
      rows: [
        { session: 'other', calls: 15 },
        { session: 'sample', calls: 15 },
      ],
    });
  });

  it('answers over one session, as CSV', async () => {
    const answer = await post('/sql?session=sample&format=csv', count);
    expect(answer.text).toBe('session,calls\r\nsample,15\r\n');
    const json = await post('/sql', JSON.stringify({ sql: count, session: 'other' }), {
      'content-type': 'application/json; charset=utf-8',
      accept: 'text/csv',
    });
    expect(json.text).toBe('session,calls\r\nother,15\r\n');
  });

  it('prints a table that says when it is cut', async () => {
    const answer = await post('/sql?format=text&limit=1', "SELECT 'a' AS x, [1] AS y FROM calls");
    expect(answer.text).toBe(` x   | y\n-----+-----\n a   | [1]\n(there are more rows)\n`);
  });

  it('has every session as a row of sessions', async () => {
    const answer = await post('/sql', 'SELECT session, status FROM sessions ORDER BY session');
    expect(answer.json.rows).toEqual([
      { session: 'coming', status: 'ingesting' },
      { session: 'other', status: 'ready' },
      { session: 'sample', status: 'ready' },
    ]);
  });

  it('keeps all digits, also inside of values', async () => {
    const answer = await post('/sql', "SELECT {'a': 9007199254740993} AS s, 9007199254740993 AS b");
    expect(answer.text).toContain('"rows":[{"s":{"a":9007199254740993},"b":9007199254740993}]');
  });

  it('is compressed for who accepts that', async () => {
    const answer = await post('/sql', 'SELECT * FROM calls', { 'accept-encoding': 'gzip' });
    const text = gunzipSync(Buffer.from(answer.text, 'base64')).toString();
    expect(JSON.parse(text).rows).toHaveLength(30);
  });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['/sql', 'SELECT', {}, 400, 'not understood'],
    ['/sql', 'DROP VIEW calls', {}, 400, 'one SELECT'],
    ['/sql', "SELECT * FROM read_text('/etc/passwd')", {}, 400, 'read_text'],
    ['/sql?session=none', 'SELECT 1', {}, 404, 'none'],
    ['/sql?session=', 'SELECT 1', {}, 404, 'no session'],
    ['/sql?session=coming', 'SELECT 1', {}, 202, 'ingested'],
    ['/sql?colour=red', 'SELECT 1', {}, 400, 'session, format, limit'],
    ['/sql?limit=0', 'SELECT 1', {}, 400, '1 to 10000'],
    ['/sql?format=xml', 'SELECT 1', {}, 400, 'json, csv or text'],
    ['/sql', 'SELECT 1', { accept: 'image/png' }, 406, 'text/csv'],
    ['/sql', 'SELECT 1', { 'content-type': 'image/png' }, 415, 'application/sql'],
    ['/sql', '{"sql": 1}', { 'content-type': 'application/json' }, 400, 'sql'],
    ['/sql', '[]', { 'content-type': 'application/json' }, 400, 'JSON'],
    ['/sql', '{"sql": "", "x": 1}', { 'content-type': 'application/json' }, 400, 'sql and session'],
    ['/sql', 'SELECT 1', { origin: 'https://evil.example', host: 'localhost:8080' }, 403, 'evil'],
    ['/sql', 'SELECT 1', { origin: 'null', host: 'localhost:8080' }, 403, 'null'],
  ])('answers %s %s %j with %i', async (target, sql, headers, status, hint) => {
    const answer = await post(target, sql, headers);
    expect(answer.status).toBe(status);
    expect(answer.json.detail).toContain(hint);
    expect(service.failures).toEqual([]);
  });

  it('takes what a page of its own sends, and curl', async () => {
    const own = { origin: 'http://localhost:8080', host: 'localhost:8080' };
    expect((await post('/sql', 'SELECT 1', own)).status).toBe(200);
    const curl = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await post('/sql', 'SELECT 1 AS a', curl)).json.rows).toEqual([{ a: 1 }]);
  });

  it('says which limits a query came to', async () => {
    const runner = new SqlRunner({ seconds: 1 });
    const sql = 'SELECT COUNT(*) FROM range(10000000000) a, range(1000) b';
    const answer = await post('/sql', sql, {}, { ...deps, runner });
    runner.close();
    expect(answer.status).toBe(422);
    expect(answer.json.detail).toContain('1 seconds');
  });

  it('says when a session was replaced while it was read', async () => {
    await service.addSession('gone', sampleRows);
    const fileOf = (key: string) => service.fileOf(key.replace('part-', 'deleted-'));
    const run = deps.runner.run.bind(deps.runner);
    const runner = Object.assign(Object.create(deps.runner), {
      run: async (task: Parameters<typeof run>[0]) => {
        await service.addSession('gone', sampleRows, { generation: 'second' });
        return await run({ ...task, manifests: [] });
      },
    });
    const answer = await post('/sql?session=gone', count, {}, { ...deps, runner, fileOf });
    expect(answer.status).toBe(409);
    expect(answer.json.type).toBe('urn:stracelake:problem:session-replaced');
  });
});

it('takes no other request', () => {
  expect(isSql(eventOf('POST', '/sql', '', {}))).toBe(true);
  expect(isSql(eventOf('GET', '/sql', '', {}))).toBe(false);
  expect(isSql(eventOf('POST', '/uploads', '', {}))).toBe(false);
});

async function post(
  target: string,
  sql: string,
  headers: Record<string, string> = {},
  by: SqlDeps = deps,
) {
  const [path, query = ''] = target.split('?');
  const event = { ...eventOf('POST', path!, query, headers), body: sql };
  const response = await answerSql(event, by);
  const answer = {
    status: response.statusCode!,
    headers: response.headers as Record<string, string>,
    text: response.body!,
    get json() {
      return JSON.parse(this.text);
    },
  };
  if (!response.isBase64Encoded) checker.check(operation, target, answer);
  return answer;
}
