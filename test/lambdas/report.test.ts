import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handler } from '../../lambdas/report.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { writeManifest } from '../../lib/lake/manifests.ts';
import { loadReports, loadTrends } from '../../lib/reports/catalogue.ts';
import type { QueryEngine } from '../../lib/reports/engine.ts';
import { EngineBusyError } from '../../lib/reports/errors.ts';
import { filtersOf } from '../../lib/reports/parameters.ts';
import { type CallRow, sampleRows } from '../reports/fixtures.ts';
import { MemoryStore } from '../reports/memory-store.ts';
import { type Answer, eventOf, nextOf, ReportService } from './report-service.ts';

const reports = loadReports().map((report) => report.name);
/** Values of required parameters that are right for the session `sample`, by type. */
const required: Record<string, string> = { integer: '100', integers: '100', session: 'many' };
const target = (name: string) => {
  const report = loadReports().find((each) => each.name === name)!;
  const needed = filtersOf(report).filter((parameter) => parameter.default === undefined);
  const query = needed.map(({ name, type }) => `${name}=${required[type]}`).join('&');
  return `/sessions/sample/reports/${name}?${query}`;
};
const manyRows: CallRow[] = Array.from({ length: 2500 }, (_, i) => ({
  seq: i + 1,
  time_ns: 1_000_000_000n * BigInt(i),
  pid: 1 + (i % 3),
  executable: '/bin/sh',
  syscall: 'openat',
  path: `/data/${i}/${'x'.repeat(i % 50)}`,
  paths: [`/data/${i}`],
  ret: i % 2 ? -1 : 3,
  ret_text: i % 2 ? 'ENOENT (No such file or directory)' : null,
}));
let service: ReportService;

beforeAll(async () => {
  service = await ReportService.start();
  await service.addSession('sample', sampleRows);
  await service.addSession('many', manyRows);
});

beforeEach(() => {
  service.failures.length = 0;
});

afterAll(async () => {
  await service.stop();
});

describe('a report', () => {
  it.each(reports)('%s comes as JSON, CSV and text with the same rows', async (name) => {
    const url = target(name);
    const json = await service.send(url);
    expect(json.status).toBe(200);
    expect(json.headers['content-type']).toBe('application/json');
    expect(json.json).toMatchObject({ session: 'sample', report: name });
    const columns = json.json.columns.map((column: { name: string }) => column.name);
    for (const row of json.json.rows) expect(Object.keys(row)).toEqual(columns);

    const csv = await service.send(`${url}&format=csv`);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const end = name === 'calls' ? '\n' : '\r\n';
    expect(csv.text.trimEnd().split(end)).toHaveLength(json.json.rows.length + 1);
    expect(csv.text.split(end)[0]!.replaceAll('"', '')).toBe(columns.join(','));

    const text = await service.send(url, { accept: 'text/plain' });
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.text.startsWith('\n\n')).toBe(json.json.rows.length > 0);
    expect(nextOf(json) ?? nextOf(csv) ?? nextOf(text)).toBeUndefined();
  });

  it('is printed as the original prints it', async () => {
    const { text } = await service.send('/sessions/sample/reports/count_device_files?format=text');
    expect(text).toBe(`

Count of device file accesses:

   count | executable   | filepath
---------+--------------+------------------------
       2 | /usr/bin/cc  | /dev/null
       1 | /usr/bin/cc  | /sys/class/gpio/export

`);
  });

  it.each<[string, number]>([
    ['executable=cc', 5],
    ['executable=/usr/bin/cc', 5],
    ['executable=c', 0],
    ['pid=101', 6],
    ['pid=100,101', 10],
    ['syscall=openat', 4],
    ['syscall=openat,execve', 7],
    ['path=work', 3],
    ['path=it%27s', 1],
    ['path=%25', 0],
    ['path_regex=%5E%2F(work%7Cdev)%2F', 5],
    ['path_regex=(%3Fi)NULL', 2],
    ['from=2026-11-23T09:00:02Z', 4],
    ['to=2026-11-23T09:00:02Z', 6],
    ['from=09:00:02&to=09:00:02.2', 2],
    ['from=2026-11-23T11:00:02%2B02:00', 4],
    ['pid=101&syscall=openat&path=work', 1],
  ])('keeps the rows that pass %s', async (filter, count) => {
    const answer = await service.send(`/sessions/sample/reports/file_access?${filter}`);
    expect(answer.status).toBe(200);
    expect(answer.json.rows).toHaveLength(count);
  });

  it.each(['json', 'csv', 'text'])('gives every row once in pages of %s', async (format) => {
    const url = '/sessions/many/reports/file_access';
    const whole = await service.send(`${url}?format=${format}&limit=10000`);
    const pages = await follow(`${url}?format=${format}&limit=700`);
    expect(pages).toHaveLength(4);
    expect(pages.flatMap((page) => rowsOf(page, format))).toEqual(rowsOf(whole, format));
    expect(rowsOf(whole, format)).toHaveLength(manyRows.length);
  });

  it.each(['json', 'csv', 'text'])(
    'cuts a page of %s where its body would grow too large',
    async (format) => {
      const url = `/sessions/many/reports/file_access?format=${format}`;
      const maxBodyBytes = 20_000;
      const whole = await service.send(`${url}&limit=10000`);
      const pages = await follow(url, { maxBodyBytes });
      for (const page of pages) expect(page.text.length).toBeLessThan(maxBodyBytes + 3000);
      expect(pages.length).toBeGreaterThan(10);
      expect(pages.flatMap((page) => rowsOf(page, format))).toEqual(rowsOf(whole, format));
    },
  );

  it('has 1000 rows of JSON a page, and 10000 of text or CSV, unless told', async () => {
    const url = '/sessions/many/reports/calls';
    expect((await service.send(url)).json.rows).toHaveLength(1000);
    expect(nextOf(await service.send(url))).toBeDefined();
    expect(nextOf(await service.send(`${url}?format=csv`))).toBeUndefined();
    expect(nextOf(await service.send(`${url}?format=text`))).toBeUndefined();
  });

  it('says in JSON and text, too, where the next page is', async () => {
    const url = '/sessions/many/reports/calls?limit=5';
    const json = await service.send(url);
    expect(json.json.next).toBe(nextOf(json));
    const text = await service.send(`${url}&format=text`);
    expect(text.text).toContain(`more rows: ${nextOf(text)}\n`);
  });

  it('is not sent again to a client that has it', async () => {
    const url = '/sessions/sample/reports/summary';
    const first = await service.send(url);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const etag = first.headers.etag!;
    const again = await service.send(url, { 'if-none-match': `W/"other", ${etag}` });
    expect(again).toMatchObject({ status: 304, text: '', headers: { etag } });
    const other = await service.send(`${url}?format=text`, { 'if-none-match': etag });
    expect(other.status).toBe(200);
  });

  it('is sorted as asked, ties by the other columns, NULL last', async () => {
    const url = '/sessions/sample/reports/file_access?columns=syscall,filepath&limit=4';
    const shown = async (sort: string) =>
      (await service.send(`${url}&sort=${sort}&format=csv`)).text.trimEnd().split('\r\n').slice(1);
    expect(await shown('-syscall,filepath')).toEqual([
      'stat,/no/time',
      'read,/work/a.c',
      'openat,/dev/null',
      'openat,/sys/class/gpio/export',
    ]);
    expect(await shown('syscall,-filepath')).toEqual([
      'access,/etc/ld.so.preload',
      'execve,/usr/bin/make',
      'execve,/usr/bin/cc',
      "execve,/opt/it's/cc",
    ]);
    const all = await service.send('/sessions/sample/reports/summary?sort=-count');
    const counts = all.json.rows.map((row: { count: number | null }) => row.count);
    expect(counts.indexOf(null)).toBeGreaterThan(0);
    expect(counts.slice(counts.indexOf(null)).every((count: unknown) => count === null)).toBe(true);
  });

  it('gives every row once in pages that are sorted', async () => {
    const url = '/sessions/many/reports/file_access?sort=-filepath';
    const whole = await service.send(`${url}&limit=10000`);
    const pages = await follow(`${url}&limit=900`);
    expect(pages.flatMap((page) => rowsOf(page, 'json'))).toEqual(rowsOf(whole, 'json'));
    const paths = whole.json.rows.map((row: { filepath: string }) => row.filepath);
    expect(paths).toEqual([...paths].sort().reverse());
  });

  it.each(['json', 'csv', 'text'])(
    'gives only the columns that are wanted in %s',
    async (format) => {
      const url = `/sessions/sample/reports/count_files?format=${format}`;
      const some = await service.send(`${url}&columns=filepath,count,filepath`);
      const whole = await service.send(url);
      expect(some.headers.etag).not.toBe(whole.headers.etag);
      if (format === 'json') {
        const { columns, rows } = some.json;
        expect(columns.map((column: { name: string }) => column.name)).toEqual([
          'filepath',
          'count',
        ]);
        expect(Object.keys(rows[0])).toEqual(['filepath', 'count']);
      } else expect(some.text.match(/\w+/g)!.join()).toMatch(/(^|,)filepath,count,/);
    },
  );

  it('prints a report of several parts with the columns that are wanted', async () => {
    const url = '/sessions/sample/reports/summary?format=text&columns=section,syscall';
    const { text } = await service.send(url);
    expect(text).not.toContain('undefined');
    expect(text.match(/^ .*$/gm)!.map((line) => line.trim())).toContain('execve');
  });

  it.each(['br', 'gzip'])('is compressed by %s for who accepts that', async (encoding) => {
    const url = '/sessions/many/reports/calls';
    const plain = await service.send(url);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toBe('accept, accept-encoding');
    const answer = await service.send(url, {
      'accept-encoding': `${encoding};q=1, identity;q=0.1`,
    });
    expect(answer.headers).toMatchObject({
      'content-encoding': encoding,
      vary: plain.headers.vary,
    });
    expect(answer.text.length).toBeLessThan(plain.text.length / 4);
    const bytes = Buffer.from(answer.text, 'base64');
    const text = encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes);
    expect(text.toString()).toBe(plain.text);
    for (const { etag } of [plain.headers, answer.headers])
      expect((await service.send(url, { 'if-none-match': etag! })).status).toBe(304);
  });

  it('is not compressed when it is short, or not wanted', async () => {
    const short = await service.send('/health', { 'accept-encoding': 'gzip' });
    expect(short.headers['content-encoding']).toBeUndefined();
    const none = await service.send('/reports', { 'accept-encoding': 'deflate, gzip;q=0' });
    expect(none.headers['content-encoding']).toBeUndefined();
  });

  it('answers HEAD as GET, without the body', async () => {
    const url = '/sessions/sample/reports/summary';
    const get = await service.send(url);
    const head = await service.send(`HEAD ${url}`);
    expect(head).toMatchObject({ status: 200, headers: get.headers, text: '' });
  });

  it('works below a stage, and links keep it', async () => {
    const event = eventOf('GET', '/test/sessions/many/reports/calls', 'limit=1', {});
    event.requestContext.stage = 'test';
    const { report } = await import('../../lambdas/report.ts');
    const answer = await report(event, service.deps);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers!.link).toMatch(
      /^<\/test\/sessions\/many\/reports\/calls\?limit=1&cursor=/,
    );
  });
});

describe('calls.csv', () => {
  it('is the whole file when that fits', async () => {
    const answer = await service.send('/sessions/many/calls.csv');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toBe('attachment; filename="many.csv"');
    const lines = answer.text.trimEnd().split('\n');
    expect(lines[0]).toBe(
      '"timestamp","pid","executable","syscall","filepath","all_filepaths","ret_int","ret_str","syscall_time"',
    );
    expect(lines[1]).toBe(
      '"00:00:00.000000","1","/bin/sh","openat","/data/0/","[\'/data/0\']","3","",""',
    );
    expect(lines).toHaveLength(manyRows.length + 1);
  });

  it.each([150_000, 1000])('redirects to the whole file above %i bytes', async (maxBodyBytes) => {
    const whole = await service.send('/sessions/many/calls.csv');
    const answer = await service.send('/sessions/many/calls.csv', {}, { maxBodyBytes });
    expect(answer.status).toBe(303);
    const [, bucket, key] = /^http:\/\/s3\/(lake)\/(results\/\w+\.csv)\?as=many\.csv$/.exec(
      answer.headers.location!,
    )!;
    expect(await service.store.readText(bucket!, key!)).toBe(whole.text);
  });

  it('takes filters, and pages when asked to', async () => {
    const filtered = await service.send('/sessions/many/calls.csv?pid=2');
    expect(filtered.text.trimEnd().split('\n')).toHaveLength(834);
    const pages = await follow('/sessions/many/calls.csv?limit=1000');
    const whole = await service.send('/sessions/many/calls.csv');
    expect(pages.flatMap((page) => rowsOf(page, 'csv'))).toEqual(rowsOf(whole, 'csv'));
    expect(pages).toHaveLength(3);
  });
});

describe('sessions', () => {
  let own: ReportService;

  beforeAll(async () => {
    own = await ReportService.start();
    for (const [i, name] of ['ci.1', 'ci.2', 'ci.3', 'app'].entries()) {
      const key = `logs/${name.replace('.', '/')}.log.gz`;
      await writeManifest(own.store, 'lake', {
        version: 1,
        session: name,
        status: i === 2 ? 'failed' : 'ready',
        generation: '0',
        sources: [
          {
            bucket: 'uploads',
            key,
            etag: '',
            version_id: null,
            size_bytes: 1,
            last_modified: `2026-11-2${i}T08:00:00.000Z`,
          },
        ],
        labels: { branch: i % 2 ? 'main' : 'topic' },
        // Whatever S3 says of their times, these lie within one second.
        started_at: `2026-11-23T09:00:00.00${i}Z`,
        finished_at: null,
        date_from: null,
        files: [],
        failure: null,
        start_time: i === 0 ? '2026-11-22T23:30:00.000000000Z' : null,
      });
      writtenAt(`sessions/${name}.json`, 0);
    }
  });

  afterAll(async () => {
    await own.stop();
  });

  const writtenAt = (key: string, second: number) => {
    own.store.objects.get(`lake/${key}`)!.lastModified = new Date(
      1_795_000_000_000 + second * 1000,
    );
  };

  const names = (answer: Answer) =>
    answer.json.sessions.map((session: SessionManifest) => session.session);

  it('are listed, newest first', async () => {
    const answer = await own.send('/sessions');
    expect(names(answer)).toEqual(['app', 'ci.3', 'ci.2', 'ci.1']);
    expect(answer.json.sessions[1]).toMatchObject({
      status: 'failed',
      keys: ['logs/ci/3.log.gz'],
      url: '/sessions/ci.3',
    });
  });

  it.each<[string, string[]]>([
    ['prefix=ci.', ['ci.3', 'ci.2', 'ci.1']],
    ['status=ready', ['app', 'ci.2', 'ci.1']],
    ['label.branch=main', ['app', 'ci.2']],
    ['label.branch=main&prefix=ci', ['ci.2']],
    ['label.none=x', []],
    ['key=logs/ci/2.log.gz', ['ci.2']],
    ['prefix=%00', []],
    ['from=2026-11-22', ['app', 'ci.3', 'ci.1']],
    ['to=2026-11-22T08:00:00Z', ['ci.3', 'ci.2']],
    ['from=2026-11-22T23:30:00Z&to=2026-11-22T23:30:00Z', ['ci.1']],
  ])('pass the filter %s', async (filter, expected) => {
    expect(names(await own.send(`/sessions?${filter}`))).toEqual(expected);
  });

  it('tell which session a key gives, before it is there', async () => {
    const answer = await own.send('/sessions?key=logs/ci/99.log.gz');
    expect(answer.json).toEqual({ key: 'logs/ci/99.log.gz', session: 'ci.99', sessions: [] });
  });

  it('come in pages', async () => {
    const first = await own.send('/sessions?limit=3');
    expect(names(first)).toEqual(['app', 'ci.3', 'ci.2']);
    const second = await own.send(nextOf(first)!);
    expect(names(second)).toEqual(['ci.1']);
    expect(nextOf(second)).toBeUndefined();
  });

  it('come last written first, and page by page the same', async () => {
    writtenAt('sessions/ci.2.json', 2);
    writtenAt('sessions/ci.1.json', 1);
    const order = ['ci.2', 'ci.1', 'app', 'ci.3'];
    expect(names(await own.send('/sessions'))).toEqual(order);
    const found: string[] = [];
    for (let next: string | undefined = '/sessions?limit=1'; next; ) {
      const page = await own.send(next);
      found.push(...names(page));
      next = nextOf(page);
    }
    expect(found).toEqual(order);
    for (const name of ['ci.1', 'ci.2']) writtenAt(`sessions/${name}.json`, 0);
  });

  it('are read once each, and no more of them than a page needs', async () => {
    const many = new MemoryStore();
    const [manifest] = (await own.send('/sessions')).json.sessions;
    for (let i = 0; i < 300; i++) {
      await writeManifest(many, 'lake', { ...manifest, session: `s${i}`, sources: [] });
      many.objects.get(`lake/sessions/s${i}.json`)!.lastModified = new Date(i * 1000);
    }
    const reads: string[] = [];
    const readText = many.readText.bind(many);
    many.readText = (bucket, key) => {
      reads.push(key);
      return readText(bucket, key);
    };
    const ask = (query: string) => own.send(`/sessions?${query}`, {}, { store: many });
    expect(names(await ask('limit=2'))).toEqual(['s299', 's298']);
    expect(reads.length).toBeLessThan(100);
    expect(names(await ask('limit=1000'))).toHaveLength(300);
    expect(new Set(reads).size).toBe(reads.length);
    await writeManifest(many, 'lake', {
      ...manifest,
      session: 's7',
      sources: [],
      labels: { a: 'b' },
    });
    expect(names(await ask('label.a=b'))).toEqual(['s7']);
    expect(reads.length).toBe(301);
  });

  it('can be looked at one by one, in any state', async () => {
    const ready = await service.send('/sessions/sample');
    expect(ready.json).toMatchObject({ session: 'sample', status: 'ready', version: 1 });
    expect((await own.send('/sessions/ci.3')).json.status).toBe('failed');
  });
});

describe('the catalogue', () => {
  it('describes every report with parameters and columns', async () => {
    const { json } = await service.send('/reports');
    expect(json.reports.map((report: { name: string }) => report.name)).toEqual(
      [...reports, ...loadTrends().map(({ name }) => name)].sort(),
    );
    const report = json.reports.find((each: { name: string }) => each.name === 'file_access');
    expect(report.parameters.map((parameter: { name: string }) => parameter.name)).toEqual([
      'executable',
      'pid',
      'syscall',
      'path',
      'path_regex',
      'from',
      'to',
    ]);
    expect(report.columns[0]).toMatchObject({ name: 'timestamp', type: 'varchar' });
  });

  it('is beside a health check', async () => {
    expect((await service.send('/health')).json).toEqual({ status: 'ok' });
  });
});

describe('a problem', () => {
  it.each<[string, number, string, string]>([
    ['/sessions/none/reports/summary', 404, 'unknown-session', 's3://uploads/logs/'],
    ['/sessions/none', 404, 'unknown-session', 'GET /sessions'],
    ['/sessions/none/calls.csv', 404, 'unknown-session', 'GET /sessions'],
    ['/sessions/sample/reports/nonsense', 404, 'unknown-report', 'count_errors'],
    ['/nowhere', 404, 'unknown-path', '/sessions/{session}'],
    ['/', 404, 'unknown-path', '/reports'],
    ['POST /sessions', 405, 'method-not-allowed', 'GET or HEAD'],
    ['/uploads', 405, 'method-not-allowed', 'use POST'],
    ['/sessions/%E0%A4%A', 400, 'bad-path', '%E0%A4%A'],
    ['/sessions?status=happy', 400, 'bad-parameter', 'ready, ingesting, failed'],
    ['/sessions?color=red', 400, 'bad-parameter', 'label.NAME'],
    ['/sessions?limit=0', 400, 'bad-parameter', 'limit'],
    ['/sessions?from=09:00', 400, 'bad-parameter', 'a date'],
    ['/sessions?cursor=x', 400, 'bad-parameter', 'cursor'],
    ['/sessions/sample/reports/calls?limit=10001', 400, 'bad-parameter', '1 to 10000'],
    ['/sessions/sample/reports/calls?limit=many', 400, 'bad-parameter', 'limit'],
    ['/sessions/sample/reports/calls?cursor=e30', 400, 'bad-parameter', 'cursor'],
    ['/sessions/sample/reports/calls?format=xml', 400, 'bad-parameter', 'json, csv or text'],
    ['/sessions/sample/calls.csv?format=json', 400, 'bad-parameter', 'reports/calls'],
    ['/sessions/sample/reports/calls?pid=1&pid=2', 400, 'bad-parameter', 'twice'],
    ['/sessions/sample/reports/calls?pid=me', 400, 'bad-parameter', '4129,4130'],
    ['/sessions/sample/reports/calls?syscall=a-b', 400, 'bad-parameter', 'openat'],
    ['/sessions/sample/reports/calls?color=red', 400, 'bad-parameter', 'executable'],
    ['/sessions/sample/reports/count_errors?pid=1', 400, 'bad-parameter', 'count_errors'],
    ['/sessions/sample/reports/calls?session=other', 400, 'bad-parameter', 'session'],
    ['/sessions/sample/reports/calls?from=yesterday', 400, 'bad-parameter', 'from'],
    ['/sessions/sample/reports/calls?to=2026-02-30', 400, 'bad-parameter', 'to'],
    ['/sessions/sample/reports/calls?path_regex=%5B', 400, 'bad-parameter', 'path_regex'],
    ['/sessions/sample/reports/calls?path_regex=(%3F%3Da)', 400, 'bad-parameter', 'Look-around'],
    ['/sessions/sample/reports/calls?path_regex=(a)%5C1', 400, 'bad-parameter', 'back-ref'],
    ['/sessions/sample/reports/calls?path_regex=%5CZ', 400, 'bad-parameter', 'path_regex'],
    ['/sessions/sample/reports/count_files?sort=pid', 400, 'bad-parameter', 'filepath'],
    ['/sessions/sample/reports/count_files?sort=', 400, 'bad-parameter', 'sort'],
    ['/sessions/sample/reports/count_files?where=x', 400, 'bad-parameter', 'JSON list'],
    [
      '/sessions/sample/reports/count_files?where=[["pid","is","1"]]',
      400,
      'bad-parameter',
      'count',
    ],
    [
      '/sessions/sample/reports/count_files?where=[["count","is","x"]]',
      400,
      'bad-parameter',
      'numbers',
    ],
    [
      '/sessions/sample/reports/count_files?where=[["*","is","x"]]',
      400,
      'bad-parameter',
      'contains',
    ],
    [
      '/sessions/sample/reports/count_files?where=[["count","like","x"]]',
      400,
      'bad-parameter',
      'at_most',
    ],
    ['/sessions/sample/reports/count_files?columns=%22', 400, 'bad-parameter', 'filepath'],
    ['/sessions/sample/calls.csv?columns=pid', 400, 'bad-parameter', 'reports/calls'],
    [`/sessions/sample/reports/calls?path=${'x'.repeat(501)}`, 400, 'bad-parameter', '500'],
  ])('of %s is %i %s', async (target, status, kind, hint) => {
    const answer = await service.send(target);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status, type: `urn:stracelake:problem:${kind}` });
    expect(answer.json.title.length).toBeGreaterThan(0);
    expect(answer.json.detail).toContain(hint);
    expect(service.failures).toEqual([]);
  });

  it('names the formats there are when none is acceptable', async () => {
    const answer = await service.send('/sessions/sample/reports/calls', { accept: 'image/png' });
    expect(answer.status).toBe(406);
    expect(answer.json.detail).toContain('text/csv');
  });

  it('lists the methods that are possible', async () => {
    expect((await service.send('DELETE /sessions/sample')).headers.allow).toBe('GET, HEAD');
  });
});

describe('a session that is not ready', () => {
  it('is said to come while it is ingested', async () => {
    await service.addSession('coming', [], { status: 'ingesting', finished_at: null });
    for (const target of [
      '/sessions/coming/reports/summary?format=text',
      '/sessions/coming/calls.csv',
    ]) {
      const answer = await service.send(target);
      expect(answer.status).toBe(202);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.headers.location).toBe(target);
      expect(answer.json).toMatchObject({ status: 'ingesting', session: 'coming' });
    }
    const session = await service.send('/sessions/coming');
    expect(session).toMatchObject({ status: 200, json: { status: 'ingesting' } });
    expect(session.headers['retry-after']).toBeDefined();
  });

  it('tells why its ingest failed', async () => {
    const failure = { title: 'Not an strace log', detail: 'Record with strace -o, then upload.' };
    await service.addSession('broken', [], { status: 'failed', failure });
    const answer = await service.send('/sessions/broken/reports/summary');
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({ ...failure, status: 409, session: 'broken' });
  });
});

describe('a session that is replaced', () => {
  const newRows = sampleRows.slice(0, 4);

  it('gives no page of the old ingest any more', async () => {
    await service.addSession('changing', manyRows);
    const first = await service.send('/sessions/changing/reports/calls?limit=10');
    await service.addSession('changing', newRows, { generation: 'second' });
    const second = await service.send(nextOf(first)!);
    expect(second.status).toBe(410);
    expect(second.json.detail).toContain('start again from the first page');
    const anew = await service.send('/sessions/changing/reports/calls', {
      'if-none-match': first.headers.etag!,
    });
    expect(anew.status).toBe(200);
    expect(anew.json.rows).toHaveLength(newRows.length);
  });

  it('gives no answer that was made across the change', async () => {
    await service.addSession('racing', manyRows);
    const engine = withEngine({
      async wait(execution, waitMs) {
        const state = await service.engine.wait(execution, waitMs);
        await service.addSession('racing', newRows, { generation: 'second' });
        return state;
      },
    });
    for (const url of ['/sessions/racing/reports/calls', '/sessions/racing/calls.csv']) {
      await service.addSession('racing', manyRows);
      const answer = await service.send(url, {}, { engine });
      expect(answer.status).toBe(409);
      expect(answer.json.type).toBe('urn:stracelake:problem:session-replaced');
    }
  });

  it('does not take the cursor of one question for another', async () => {
    const first = await service.send('/sessions/many/reports/calls?limit=10&pid=1');
    const other = await service.send(nextOf(first)!.replace('pid=1', 'pid=2'));
    expect(other.status).toBe(400);
    expect(other.json).toMatchObject({ parameter: 'cursor' });
  });
});

describe('the engine', () => {
  it('may take longer than a request: 202, and the answer later at the same address', async () => {
    const engine = withEngine({ wait: async () => ({ status: 'running' }) });
    const url = '/sessions/sample/reports/count_files?format=text';
    const pending = await service.send(url, {}, { engine });
    expect(pending.status).toBe(202);
    expect(pending.headers.location).toBe(url);
    expect(pending.json).toMatchObject({ status: 'running', session: 'sample' });
    expect((await service.send(pending.headers.location!)).status).toBe(200);
  });

  it('may fail: 502 without its words, which go to the log', async () => {
    const message = 'TABLE_NOT_FOUND: secret.bucket';
    const engine = withEngine({ wait: async () => ({ status: 'failed', message }) });
    const answer = await service.send('/sessions/sample/reports/summary', {}, { engine });
    expect(answer.status).toBe(502);
    expect(answer.text).not.toContain('secret');
    expect(answer.json.request_id).toBe('request-1');
    expect(String(service.failures)).toContain('secret');
  });

  it('may be busy: 503, come back later', async () => {
    const engine = withEngine({
      start: async () => {
        throw new EngineBusyError('busy');
      },
    });
    const answer = await service.send('/sessions/sample/reports/summary', {}, { engine });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
  });

  it('may have lost a result that is paged through: 410', async () => {
    const first = await service.send('/sessions/many/reports/calls?limit=10');
    const engine = withEngine({ wait: async () => ({ status: 'unknown' }) });
    const answer = await service.send(nextOf(first)!, {}, { engine });
    expect(answer.status).toBe(410);
  });

  it('may break: 500 without its words, which go to the log', async () => {
    const engine = withEngine({
      start: async () => {
        throw new Error('password');
      },
    });
    const answer = await service.send('/sessions/sample/reports/summary', {}, { engine });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('password');
    expect(service.failures).toHaveLength(1);
  });
});

describe('A comparison', () => {
  const diff = (base: string) => `/sessions/sample/reports/diff_syscalls${base}`;

  it('reads the session and its base', async () => {
    const { json } = await service.send(diff('?base=many'));
    expect(json.rows).toContainEqual(
      expect.objectContaining({ change: 'new', syscall: 'execve', base_count: 0, head_count: 3 }),
    );
    expect(new Set(json.rows.map(({ change }: { change: string }) => change))).toContain('changed');
    expect((await service.send(diff('?base=sample'))).json.rows).toEqual([]);
  });

  it('is made of any report whose rows have a key, and asked as one', async () => {
    const path = '/sessions/sample/diffs/syscall_stats';
    const { json } = await service.send(`${path}?base=many`);
    expect(json.rows).toContainEqual(
      expect.objectContaining({ change: 'new', syscall: 'execve', base_calls: 0, head_calls: 3 }),
    );
    const only = '&where=[["change","is","gone"]]&columns=syscall,delta&sort=delta&format=csv';
    const { text } = await service.send(`${path}?base=many${only}`);
    expect(text.split(/\r?\n/)[0]).toBe('syscall,delta');
    expect((await service.send(`${path}?base=sample`)).json.rows).toEqual([]);
    expect((await service.send(path)).status).toBe(400);
    const refused = await service.send('/sessions/sample/diffs/gaps?base=many');
    expect([refused.status, refused.json.reports]).toEqual([
      404,
      expect.arrayContaining(['syscall_stats', 'file_summary']),
    ]);
  });

  it('wants a base that is there and ready', async () => {
    expect((await service.send(diff(''))).status).toBe(400);
    expect((await service.send(diff('?base=..%2Fx'))).status).toBe(400);
    const missing = await service.send(diff('?base=nowhere'));
    expect(missing.status).toBe(404);
    expect(missing.json.detail).toContain('nowhere');
    await service.addSession('early', [], { status: 'ingesting', finished_at: null });
    expect((await service.send(diff('?base=early'))).status).toBe(202);
  });

  it('is another when the base was ingested anew', async () => {
    await service.addSession('base', sampleRows);
    const first = await service.send(`${diff('?base=base')}&limit=1`);
    await service.addSession('base', manyRows, { generation: 'second' });
    const second = await service.send(`${diff('?base=base')}&limit=1`);
    expect(first.json.rows).toEqual([]);
    expect(second.json.rows).toHaveLength(1);
    expect(second.headers.etag).not.toBe(first.headers.etag);
  });
});

it('can be loaded as a Lambda without its environment', () => {
  expect(handler).toBeTypeOf('function');
});

function withEngine(change: Partial<QueryEngine>): QueryEngine {
  const { engine } = service;
  return {
    start: (query) => engine.start(query),
    wait: (execution, waitMs) => engine.wait(execution, waitMs),
    page: (execution, limit, token) => engine.page(execution, limit, token),
    csvObject: (execution) => engine.csvObject(execution),
    ...change,
  };
}

async function follow(url: string, deps: { maxBodyBytes?: number } = {}): Promise<Answer[]> {
  const pages: Answer[] = [];
  for (let next: string | undefined = url; next !== undefined; next = nextOf(pages.at(-1)!))
    pages.push(await service.send(next, {}, deps));
  return pages;
}

function rowsOf(answer: Answer, format: string): string[] {
  expect(answer.status).toBe(200);
  if (format === 'json') return answer.json.rows.map((row: unknown) => JSON.stringify(row));
  if (format === 'csv') return answer.text.trimEnd().split(/\r?\n/).slice(1);
  const lines = answer.text.split('\n').filter((line) => line.startsWith(' '));
  return lines.slice(1).map((line) => line.replaceAll(/ +\| +/g, '|').trim());
}
