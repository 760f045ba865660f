import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportFormats } from '../../lib/exports/export-format.ts';
import { callsPrefix } from '../../lib/lake/keys.ts';
import { sessionIdOf } from '../../lib/lake/session-id.ts';
import { notifyOf } from '../../lib/lake/uploads.ts';
import { loadReports, loadTrends } from '../../lib/reports/catalogue.ts';
import { filtersOf } from '../../lib/reports/parameters.ts';
import { root } from '../cloud/tools.ts';
import { Client, type Target } from './target.ts';
import { describeTickets } from './tickets.ts';
import { describeTrends } from './trends.ts';
import { describeVerdicts } from './verdicts.ts';

const TIMEOUT_MS = 180_000;
const GCC_LOG = `${root}test/logs/gcc.log`;
const TORTURE_LOG = `${root}test/logs/torture_nsT.log`;
const GCC_LINES = readFileSync(GCC_LOG, 'utf8').split('\n').length - 1;
/** First process of that log, for reports that need one. */
const GCC_PID = '4129';
/** Enough copies of the log that the AWS CLI uploads it in parts, and that no answer holds it whole. */
const COPIES = 25;

/** Lines of all files in torture_ff.tar.gz. */
const TORTURE_FF_LINES = 458;

/** From this size on the AWS CLI uploads in parts. */
const MULTIPART_BYTES = 8 * 1024 * 1024;

const reports = loadReports();

/**
 * The promises of the service, held against any running one; `start` brings it up, `more` adds tests
 * of what only that one has.
 */
export function describeContract<T extends Target>(
  name: string,
  start: () => Promise<T>,
  more: (client: () => Client<T>, session: () => string) => void = () => {},
): void {
  describe(name, { timeout: TIMEOUT_MS, concurrent: false }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'stracelake-contract-'));
    let client: Client<T>;
    let session: string;

    beforeAll(async () => {
      client = new Client(await start());
      session = sessionIdOf(client.key('gcc.log.gz'));
      const file = write('gcc.log.gz', gzipSync(readFileSync(GCC_LOG)));
      await client.upload(file, client.key('gcc.log.gz'));
      await client.waitForSession(session);
    }, TIMEOUT_MS);

    afterAll(async () => {
      await client?.target.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    function write(file: string, content: string | Uint8Array): string {
      writeFileSync(join(folder, file), content);
      return join(folder, file);
    }

    describe('an uploaded log', () => {
      test('becomes a session that accounts for every line', async () => {
        const manifest = await client.waitForSession(session);
        expect(manifest).toMatchObject({ status: 'ready', lines: GCC_LINES, unparsed: [] });
        expect(manifest.sources.map(({ key }) => key)).toEqual([client.key('gcc.log.gz')]);
      });

      test.each([
        'with space.log',
        'plus+and&more=.log',
        'größe-日本.log',
        "quote'-%2F.log",
        'deep/er/than/one.log',
      ])('may be called %s', async (name) => {
        await client.upload(TORTURE_LOG, client.key(name));
        const id = sessionIdOf(client.key(name));
        const manifest = await client.waitForSession(id);
        expect(manifest).toMatchObject({ status: 'ready', sources: [{ key: client.key(name) }] });
        const listed = await client.get(`/sessions?key=${encodeURIComponent(client.key(name))}`);
        expect(listed.json()).toMatchObject({ session: id, sessions: [{ session: id }] });
      });

      test('may name its session, date and labels', async () => {
        const metadata = `session=${client.run}.named,date=2026-02-03,label-branch=main`;
        await client.upload(GCC_LOG, client.key('named.log'), '--metadata', metadata);
        const manifest = await client.waitForSession(`${client.run}.named`);
        expect(manifest).toMatchObject({ labels: { branch: 'main' }, date_from: 'metadata' });
        expect(manifest.start_time).toBe('2026-02-03T09:23:46.107746000Z');
      });

      test.each(['bz2', 'xz'])('may be compressed with %s', async (name) => {
        const key = client.key(`packed.log.${name}`);
        await client.upload(`${root}test/lake/compressed/log.${name}`, key);
        const manifest = await client.waitForSession(sessionIdOf(key));
        expect(manifest).toMatchObject({ status: 'ready', lines: 2000, rows: 2000 });
      });

      test('may be compressed with zstd, or a tar archive of strace -ff', async () => {
        const packed = client.key('packed.log.zst');
        await client.upload(write('log.zst', zstdCompressSync(readFileSync(GCC_LOG))), packed);
        const archive = client.key('torture_ff.tar.gz');
        await client.upload(`${root}test/logs/torture_ff.tar.gz`, archive);
        const manifest = await client.waitForSession(sessionIdOf(packed));
        expect(manifest).toMatchObject({ status: 'ready', lines: GCC_LINES });
        const all = await client.waitForSession(sessionIdOf(archive));
        expect(all).toMatchObject({ status: 'ready', unparsed: [] });
        expect(all.lines).toBe(TORTURE_FF_LINES);
      });

      test('may be the files of strace -ff, which are one session', async () => {
        const lines = readFileSync(TORTURE_LOG, 'utf8').split('\n').filter(Boolean);
        const pids = [...new Set(lines.map((line) => line.split(' ')[0]))].slice(0, 2);
        expect(pids).toHaveLength(2);
        for (const pid of pids) {
          const own = lines.filter((line) => line.startsWith(`${pid} `));
          const text = own.map((line) => `${line.slice(pid.length).trimStart()}\n`).join('');
          await client.upload(write(`t.${pid}`, text), client.key(`t.${pid}`));
        }
        const id = sessionIdOf(client.key(`t.${pids[0]}`));
        const manifest = await client.waitForSession(
          id,
          ({ status, sources }) => status === 'ready' && sources.length === 2,
        );
        const counted = lines.filter((line) => pids.includes(line.split(' ')[0])).length;
        expect(manifest.lines).toBe(counted);
      });

      test('is none of the service outside of logs/', async () => {
        await client.upload(GCC_LOG, `elsewhere/${client.run}.log`);
        await client.upload(TORTURE_LOG, client.key('after.log'));
        await client.waitForSession(sessionIdOf(client.key('after.log')));
        const listed = await client.get(`/sessions?key=elsewhere/${client.run}.log`);
        expect(listed.json().sessions).toEqual([]);
      });
    });

    describe('a report', () => {
      test.each(reports)('$name is there as JSON, CSV and text', async (report) => {
        const path = `/sessions/${session}/reports/${report.name}`;
        const required = filtersOf(report).filter((each) => each.default === undefined);
        const query = new URLSearchParams(
          Object.fromEntries(
            required.map(({ name, type }) => [name, type === 'session' ? session : GCC_PID]),
          ),
        );
        const json = await client.fetchReport(`${path}?${query}&limit=10000`);
        expect(json.status, json.text).toBe(200);
        const { columns, rows } = json.json();
        const declared = report.columns;
        expect(columns.map((column: { name: string }) => column.name)).toEqual(
          declared.map((column) => column.name),
        );
        const csv = await client.fetchReport(`${path}?${query}`, { accept: 'text/csv' });
        expect(csv.headers.get('content-type')).toContain('text/csv');
        expect(csv.text.trimEnd().split(/\r?\n/)[0].replaceAll('"', '')).toBe(
          declared.map((column) => column.name).join(','),
        );
        expect(csv.text.trimEnd().split('\n')).toHaveLength(rows.length + 1);
        const text = await client.fetchReport(`${path}?${query}&format=text`);
        expect(text.headers.get('content-type')).toContain('text/plain');
        expect(text.text === '').toBe(rows.length === 0);
      });

      test('counts what the log holds', async () => {
        const path = `/sessions/${session}/reports`;
        const execs = readFileSync(GCC_LOG, 'utf8').match(/^\d+ +\S+ exec\w+\(/gm)!.length;
        const programs = await client.fetchReport(`${path}/programs_executed`);
        expect(programs.json().rows).toHaveLength(execs);
        const failed = readFileSync(GCC_LOG, 'utf8').match(/ = -1 E/g)!.length;
        const errors = await client.fetchReport(`${path}/count_errors?limit=10000`);
        const counts = errors.json().rows.map((row: { count: number }) => row.count);
        expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(failed);
      });

      test('goes on page by page to the same rows', async () => {
        const path = `/sessions/${session}/reports/file_access`;
        const whole = (await client.fetchReport(`${path}?limit=10000`)).json().rows;
        const paged: unknown[] = [];
        let next: string | undefined = `${path}?limit=700`;
        while (next) {
          const page = (await client.fetchReport(next)).json();
          expect(page.rows.length).toBeLessThanOrEqual(700);
          paged.push(...page.rows);
          next = page.next;
        }
        expect(whole.length).toBeGreaterThan(700);
        expect(paged).toEqual(whole);
      });

      test('filters', async () => {
        const path = `/sessions/${session}/reports/file_access?syscall=openat&path=/lib&limit=10000`;
        const { rows } = (await client.fetchReport(path)).json();
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows) expect(row).toMatchObject({ syscall: 'openat' });
        for (const row of rows) expect(row.filepath).toContain('/lib');
      });

      test('is not sent again to who has it', async () => {
        const path = `/sessions/${session}/reports/summary`;
        const etag = (await client.fetchReport(path)).headers.get('etag')!;
        expect((await client.get(path, { 'if-none-match': etag })).status).toBe(304);
      });

      test.each([
        ['/sessions/no-such-session/reports/summary', 404, 'no-such-session'],
        ['/sessions/SESSION/reports/no_such_report', 404, 'programs_executed'],
        ['/sessions/SESSION/reports/file_access?pid=x', 400, 'pid'],
        ['/sessions/SESSION/reports/summary?colour=red', 400, 'colour'],
        ['/nowhere', 404, '/sessions'],
      ])('tells what is wrong with %s', async (path, status, hint) => {
        const answer = await client.get(path.replace('SESSION', session));
        expect(answer.status).toBe(status);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(answer.json()).toMatchObject({ status, title: expect.any(String) });
        expect(answer.json().detail).toContain(hint);
      });
    });

    describeVerdicts(
      () => client,
      () => session,
      write,
    );

    test('tells its own routes, in OpenAPI', async () => {
      const document = (await client.get('/openapi.json')).json();
      const paths = ['/compare', '/sessions/{session}/verdict', '/uploads'];
      expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(paths));
    });

    test('names every report with its parameters', async () => {
      const catalogue = (await client.get('/reports')).json().reports as { name: string }[];
      const all = [...reports, ...loadTrends()].map(({ name }) => name);
      expect(catalogue.map(({ name }) => name)).toEqual(all.sort());
    });

    describeTrends(() => client, write);

    test('takes a log in parts, and gives its calls as one file', async () => {
      const log = readFileSync(GCC_LOG, 'utf8').repeat(COPIES);
      await client.upload(write('large.log', log), client.key('large.log'));
      const id = sessionIdOf(client.key('large.log'));
      const manifest = await client.waitForSession(id);
      expect(manifest).toMatchObject({ status: 'ready', lines: COPIES * GCC_LINES });
      expect(manifest.sources[0].size_bytes).toBeGreaterThan(2 * MULTIPART_BYTES);
      const small = await client.fetchReport(`/sessions/${session}/calls.csv`);
      expect(small.status).toBe(200);
      const rows = small.text.trimEnd().split('\n').length - 1;
      const redirect = await client.fetchReport(`/sessions/${id}/calls.csv`);
      expect(redirect.status, redirect.text).toBe(303);
      const file = await fetch(redirect.headers.get('location')!);
      expect(file.status).toBe(200);
      const text = await file.text();
      expect(text.trimEnd().split('\n')).toHaveLength(COPIES * rows + 1);
      expect(text.split('\n')[0].trim()).toBe(small.text.split('\n')[0].trim());
    });

    test.each([...exportFormats.values()])(
      'gives a session as a file: $name',
      async ({ name, extension }) => {
        const redirect = await client.fetchReport(`/sessions/${session}/exports/${name}`);
        expect(redirect.status, redirect.text).toBe(303);
        const file = await fetch(redirect.headers.get('location')!);
        expect(file.status).toBe(200);
        expect(file.headers.get('content-disposition')).toContain(`.${extension}`);
        const bytes = Buffer.from(await file.arrayBuffer());
        const { rows } = await client.waitForSession(session);
        if (name === 'ndjson') expect(bytes.toString().split('\n')).toHaveLength(rows! + 1);
        expect(bytes.length).toBeGreaterThan(500);
      },
    );

    describeTickets(() => client);

    test('replaces a session by the new version of its log, leaving nothing of the old', async () => {
      const key = client.key('twice.log');
      const id = sessionIdOf(key);
      await client.upload(GCC_LOG, key);
      const first = await client.waitForSession(id);
      await client.upload(TORTURE_LOG, key);
      const second = await client.waitForSession(
        id,
        ({ status, generation }) => status === 'ready' && generation !== first.generation,
      );
      expect(second.lines).not.toBe(first.lines);
      const files = second.files.map((file) => file.key);
      expect(await client.listKeys(client.target.lakeBucket, callsPrefix(id))).toEqual(files);
      const programs = await client.fetchReport(`/sessions/${id}/reports/programs_executed`);
      expect(JSON.stringify(programs.json().rows)).not.toContain('/usr/bin/gcc');
    });

    test('says of a log that cannot be read why, and sets its message aside', async () => {
      const key = client.key('poison.log');
      const file = write(
        'poison.log',
        new Uint8Array(5000).map((_, i) => (i * 7919) % 251),
      );
      const before = await countDeadLetters(client);
      await client.upload(file, key);
      const id = sessionIdOf(key);
      const manifest = await client.waitForSession(id);
      expect(manifest).toMatchObject({ status: 'failed', failure: { title: expect.any(String) } });
      const report = await client.get(`/sessions/${id}/reports/summary`);
      expect(report.status).toBe(409);
      expect(report.json()).toMatchObject({ title: manifest.failure!.title });
      if (before === undefined) return;
      const deadline = Date.now() + TIMEOUT_MS;
      while ((await countDeadLetters(client))! <= before && Date.now() < deadline) await delay(200);
      expect(await countDeadLetters(client)).toBe(before + 1);
    });

    test('does nothing at a second delivery of the same message', async (context) => {
      const { queues, uploadsBucket } = client.target;
      if (!queues) return context.skip('this service has no SQS queue to send a message to');
      const before = await client.waitForSession(session);
      const [source] = before.sources;
      expect(source.bucket).toBe(uploadsBucket);
      const dead = await countDeadLetters(client);
      await client.aws(
        'sqs',
        'send-message',
        '--queue-url',
        queues.ingestUrl,
        '--message-body',
        notifyOf(source),
      );
      while ((await countMessages(client, queues.ingestUrl)) > 0) await delay(200);
      expect(await countDeadLetters(client)).toBe(dead);
      expect(await client.waitForSession(session)).toEqual(before);
      const files = before.files.map((file) => file.key);
      expect(await client.listKeys(client.target.lakeBucket, callsPrefix(session))).toEqual(files);
    });

    test('answers nobody but those it knows, and its health to all', async (context) => {
      expect((await client.get('/health')).status).toBe(200);
      const { requestAnonymously } = client.target;
      if (!requestAnonymously) return context.skip('this service asks nobody who they are');
      expect((await requestAnonymously('/health')).status).toBe(200);
      for (const path of ['/sessions', '/reports', `/sessions/${session}/reports/summary`]) {
        expect([401, 403], path).toContain((await requestAnonymously(path)).status);
      }
    });

    more(
      () => client,
      () => session,
    );
  });
}

async function countDeadLetters(client: Client): Promise<number | undefined> {
  const { queues } = client.target;
  return queues && (await countMessages(client, queues.deadLetterUrl));
}

async function countMessages(client: Client, queueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const text = await client.aws(
    'sqs',
    'get-queue-attributes',
    '--queue-url',
    queueUrl,
    '--attribute-names',
    ...names,
    '--output',
    'json',
  );
  const { Attributes } = JSON.parse(text) as { Attributes: Record<string, string> };
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}
