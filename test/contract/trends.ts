import { beforeAll, describe, expect, test } from 'vitest';
import { sessionIdOf } from '../../lib/lake/session-id.ts';
import { loadTrends } from '../../lib/reports/catalogue.ts';
import type { Client, Target } from './target.ts';

const TIMEOUT_MS = 180_000;

/** The promises about many sessions; `write` puts a file where the AWS CLI finds it. */
export function describeTrends<T extends Target>(
  client: () => Client<T>,
  write: (file: string, content: string) => string,
): void {
  describe('a report across sessions', () => {
    const sessions: string[] = [];

    beforeAll(async () => {
      for (const [i, name] of ['one', 'two', 'three'].entries()) {
        const key = client().key(`trend/${name}.log`);
        const log = `100 10:00:00.00000${i} close(3) = 0 <0.000010>\n`.repeat(10 + i);
        const branch = i === 2 ? 'topic' : 'main';
        const metadata = `date=2026-11-0${i + 1},label-branch=${branch},label-run=${client().run}`;
        await client().upload(write(`${name}.log`, log), key, '--metadata', metadata);
        sessions.push(sessionIdOf(key));
      }
      for (const id of sessions) await client().waitForSession(id);
    }, TIMEOUT_MS);

    const days = 'from=2026-11-01&to=2026-11-03';
    const trend = (query: string) =>
      client().fetchReport(`/reports/trend_sessions?label.run=${client().run}&${query}`);
    const rowsOf = async (query: string) => (await trend(query)).json().rows;

    test('counts the calls of those with its labels and days', async () => {
      const [one, two, three] = sessions;
      expect(await rowsOf(days)).toMatchObject([
        {
          session: three,
          calls: 12,
          calls_before: 10.5,
          labels: `branch=topic, run=${client().run}`,
        },
        { session: two, calls: 11, calls_before: 10 },
        { session: one, calls: 10, calls_before: null },
      ]);
      expect(await rowsOf(`${days}&label.branch=main`)).toMatchObject([
        { session: two },
        { session: one },
      ]);
      expect(await rowsOf('from=2026-11-02&to=2026-11-02')).toMatchObject([{ session: two }]);
    });

    test.each(loadTrends())('$name is there as JSON, CSV and text', async (report) => {
      const path = `/reports/${report.name}?${days}&label.run=${client().run}`;
      const json = await client().fetchReport(path);
      expect(json.status, json.text).toBe(200);
      const { columns, rows } = json.json();
      const names = report.columns.map((column) => column.name);
      expect(columns.map((column: { name: string }) => column.name)).toEqual(names);
      const csv = await client().fetchReport(path, { accept: 'text/csv' });
      expect(csv.text.trimEnd().split('\n')).toHaveLength(rows.length + 1);
      const text = await client().fetchReport(`${path}&format=text`);
      if (rows.length > 0) expect(text.text).toContain(report.title);
    });

    test('is another when a session is replaced, on whatever day', async () => {
      const [one, two] = sessions;
      const etag = (await trend(days)).headers.get('etag');
      const before = await client().waitForSession(two!);
      const log = '100 10:00:00.000000 close(3) = 0 <0.000010>\n'.repeat(3);
      const metadata = `date=2026-11-01,label-branch=main,label-run=${client().run}`;
      const key = client().key('trend/two.log');
      await client().upload(write('two.log', log), key, '--metadata', metadata);
      await client().waitForSession(
        two!,
        ({ status, generation }) => status === 'ready' && generation !== before.generation,
      );
      const answer = await trend(`${days}&label.branch=main`);
      expect(answer.json().rows).toMatchObject([
        { session: one, calls: 10 },
        { session: two, calls: 3 },
      ]);
      expect((await trend(days)).headers.get('etag')).not.toBe(etag);
      const { rows } = (await trend('from=2026-11-02&to=2026-11-02')).json();
      expect(rows).toEqual([]);
    });
  });

  test('lists sessions by label, prefix and time', async () => {
    const sessions = async (query: string) => {
      const answer = await client().get(`/sessions?label.run=${client().run}&${query}`);
      return answer.json().sessions.map(({ session: id }: { session: string }) => id);
    };
    const [one, two, three] = ['one', 'two', 'three'].map((name) =>
      sessionIdOf(client().key(`trend/${name}.log`)),
    );
    expect((await sessions('')).sort()).toEqual([one, two, three].sort());
    expect(await sessions('label.branch=topic')).toEqual([three]);
    expect(await sessions('from=2026-11-03&to=2026-11-04')).toEqual([three]);
    expect(await sessions(`prefix=${one}`)).toEqual([one]);
  });
}
