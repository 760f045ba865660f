import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallStats } from '../../lib/lake/call-stats.ts';
import { statsKey } from '../../lib/lake/keys.ts';
import { encodeStats } from '../../lib/lake/stats-file.ts';
import { countRows } from '../lake/counted-rows.ts';
import { type Answer, nextOf, ReportService } from './report-service.ts';

let service: ReportService;
const now = () => new Date('2026-11-23T15:00:00Z');

beforeAll(async () => {
  service = await ReportService.start();
});

afterAll(async () => {
  await service.stop();
});

beforeEach(async () => {
  service.store.objects.clear();
  await addStats('ci.1', '2026-11-20', 4, { branch: 'main' });
  await addStats('ci.2', '2026-11-21', 6, { branch: 'topic', job: 'a&b' });
  await addStats('ci.3', '2026-11-21', 8, { branch: 'main' });
  await addStats('app', '2026-11-22', 1, {});
  await addStats('old', '2026-08-25', 100, { branch: 'main' });
});

/** Puts the statistics of a session with so many calls of read into the lake; their key. */
async function addStats(
  session: string,
  day: string,
  calls: number,
  labels: Record<string, string>,
): Promise<string> {
  const stats = new CallStats();
  const row = { executable: '/bin/cat', syscall: 'read' };
  const counts = countRows(Array.from({ length: calls }, () => row));
  stats.add({ calls: counts, processes: [100] });
  const recorded_ns = BigInt(Date.parse(`${day}T10:00:00Z`)) * 1_000_000n + BigInt(calls);
  const head = { session, labels, day, day_from: 'log' as const, recorded_ns, elapsed_ns: null };
  const key = statsKey({ day, session, generation: '0a1b2c3d' });
  const { bytes } = encodeStats(stats, head);
  await writeFile(service.fileOf(key), bytes);
  const lastModified = new Date();
  service.store.objects.set(`lake/${key}`, { bytes: Buffer.from(bytes), lastModified });
  return key;
}

const ask = (target: string, headers: Record<string, string> = {}) =>
  service.send(target, headers, { now });
const sessions = (answer: Answer) =>
  answer.json.rows.map((row: { session: string }) => row.session);

describe('a report across sessions', () => {
  it('is about the last ninety days, newest first', async () => {
    const answer = await ask('/reports/trend_sessions');
    expect(answer.status, answer.text).toBe(200);
    expect(sessions(answer)).toEqual(['app', 'ci.3', 'ci.2', 'ci.1']);
    expect(answer.json).not.toHaveProperty('session');
    expect(answer.json.rows[1]).toMatchObject({
      recorded: '2026-11-21 10:00:00',
      labels: 'branch=main',
      calls: 8,
      calls_before: 5,
      calls_change: 60,
    });
  });

  it.each<[string, string[]]>([
    ['label.branch=main', ['ci.3', 'ci.1']],
    ['label.branch=main&prefix=ci.3', ['ci.3']],
    ['label.branch=topic&label.job=a%26b', ['ci.2']],
    ['label.branch=main&label.job=a%26b', []],
    ['from=2026-11-21&to=2026-11-21', ['ci.3', 'ci.2']],
    ['from=-1', ['app']],
    ['from=2026-08-25&to=2026-11-20', ['ci.1', 'old']],
    ['prefix=ci_', []],
    ['prefix=ci.&sort=calls&where=[["calls","at_least","5"]]', ['ci.2', 'ci.3']],
  ])('takes %s', async (query, expected) => {
    const answer = await ask(`/reports/trend_sessions?${query}`);
    expect(answer.status, answer.text).toBe(200);
    expect(sessions(answer)).toEqual(expected);
  });

  it('comes as CSV and as text', async () => {
    const csv = await ask('/reports/first_seen?format=csv');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.text).toMatch(/^session,recorded,/);
    const text = await ask('/reports/trend_syscalls?by=session&format=text');
    expect(text.text).toContain('System calls over time');
  });

  it('is known by its ETag until a session of its days comes', async () => {
    const url = '/reports/trend_sessions?prefix=ci.';
    const { etag } = (await ask(url)).headers;
    await addStats('other', '2026-11-22', 3, {});
    await addStats('ci.0', '2026-08-01', 3, {});
    expect((await ask(url, { 'if-none-match': etag })).status).toBe(304);
    await addStats('ci.4', '2026-11-22', 3, {});
    const answer = await ask(url, { 'if-none-match': etag });
    expect(answer.status).toBe(200);
    expect(sessions(answer)[0]).toBe('ci.4');
  });

  it('goes on with its pages when a session comes, and on the next day', async () => {
    const first = await ask('/reports/trend_sessions?limit=3');
    await addStats('ci.4', '2026-11-22', 3, {});
    const tomorrow = () => new Date('2026-11-24T00:00:01Z');
    const second = await service.send(nextOf(first)!, {}, { now: tomorrow });
    expect(second.status, second.text).toBe(200);
    expect([...sessions(first), ...sessions(second)]).toEqual(['app', 'ci.3', 'ci.2', 'ci.1']);
  });

  it('says so when a session was replaced while it was read', async () => {
    const key = await addStats('ci.3', '2026-11-21', 9, {});
    await rm(service.fileOf(key));
    const { engine } = service;
    const answer = await service.send(
      '/reports/trend_sessions',
      {},
      {
        now,
        engine: {
          start: (query) => engine.start(query),
          page: (...asked) => engine.page(...asked),
          csvObject: (execution) => engine.csvObject(execution),
          async wait(execution, waitMs) {
            const state = await engine.wait(execution, waitMs);
            service.store.objects.delete(`lake/${key}`);
            return state;
          },
        },
      },
    );
    expect(answer.status, answer.text).toBe(409);
    expect(answer.headers['retry-after']).toBeDefined();
    expect(sessions(await ask('/reports/trend_sessions'))).not.toContain('ci.3');
  });

  it.each([
    ['/reports/summary', 404, '/sessions/{session}/reports/summary'],
    ['/reports/none', 404, 'trend_sessions'],
    ['/reports/trend_sessions?labels=a', 400, 'label.branch=main'],
    ['/reports/trend_sessions?label.a=b%0Ac', 400, 'line end'],
    ['/reports/trend_sessions?from=yesterday', 400, '2026-11-23'],
    ['/reports/trend_syscalls?by=week', 400, 'day or session'],
    ['/reports/trend_sessions?session=x', 400, 'prefix'],
  ])('%s is answered %i', async (target, status, hint) => {
    const answer = await ask(target);
    expect(answer.status).toBe(status);
    expect(answer.json.detail).toContain(hint);
  });

  it('is not to be had on one session', async () => {
    await service.addSession('one', []);
    const answer = await ask('/sessions/one/reports/trend_sessions');
    expect(answer.status).toBe(404);
    expect(answer.json.detail).toContain('/reports/trend_sessions');
  });

  it('is in the catalogue with its address', async () => {
    const { reports } = (await ask('/reports')).json;
    const trends = reports.filter(({ scope }: { scope: string }) => scope === 'sessions');
    expect(trends.map(({ url }: { url: string }) => url)).toEqual([
      '/reports/first_seen',
      '/reports/trend_errors',
      '/reports/trend_executables',
      '/reports/trend_sessions',
      '/reports/trend_syscalls',
    ]);
  });
});
