import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { giveUpSession, type IngestPorts, ingestSession } from '../../lib/lake/ingest-session.ts';
import { callsPrefix, manifestKey, readStatsKey, STATS_PREFIX } from '../../lib/lake/keys.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { listManifests, readManifest } from '../../lib/lake/manifests.ts';
import type { ObjectStore } from '../../lib/lake/object-store.ts';
import { sessionIdOf } from '../../lib/lake/session-id.ts';
import { readTestLog } from '../recorded-logs.ts';
import { DeathError, DyingStore } from './dying-store.ts';
import { type EmbeddedS3, LAKE, startEmbeddedS3, UPLOADS } from './embedded-s3.ts';
import { readRows } from './parquet-bytes.ts';

// Many requests, which take long on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const PART_LINES = 3;

let s3: EmbeddedS3;
beforeAll(async () => {
  s3 = await startEmbeddedS3();
});
afterAll(() => s3.close());
beforeEach(async () => {
  for (const bucket of [UPLOADS, LAKE]) {
    await s3.store.remove(
      bucket,
      (await s3.store.list(bucket, '')).map((head) => head.key),
    );
  }
});

/** The real conversion, with a part for every few lines. */
const convertInParts: typeof convertLog = async function* (log, options) {
  let text = '';
  for await (const chunk of log) text += Buffer.from(chunk).toString();
  const lines = text.split('\n').slice(0, -1);
  for (let i = 0; i * PART_LINES < lines.length; i++) {
    const piece = Buffer.from(`${lines.slice(i * PART_LINES, (i + 1) * PART_LINES).join('\n')}\n`);
    const parts = convertLog(inOne(piece), { ...options, stats: undefined });
    for (let step = await parts.next(); !step.done; step = await parts.next()) {
      const part = step.value;
      yield Object.defineProperty(part, 'index', { value: i });
    }
  }
  return await summaryOf(convertLog(inOne(Buffer.from(text)), options));
};

async function* inOne(bytes: Uint8Array) {
  yield bytes;
}

async function summaryOf(parts: ReturnType<typeof convertLog>) {
  let step = await parts.next();
  for (; !step.done; step = await parts.next()) for await (const _ of step.value.body);
  return step.value;
}

const portsOf = (store: ObjectStore, convert = convertInParts): IngestPorts => ({
  store,
  lakeBucket: LAKE,
  convert,
  now: () => new Date('2026-11-23T12:00:00Z'),
});

const ingest = (key: string, store: ObjectStore = s3.store, convert = convertInParts) =>
  ingestSession(portsOf(store, convert), UPLOADS, key);

const line = (i: number, call = 'close') =>
  `100 10:00:0${i % 10}.${String(i).padStart(6, '0')} ${call}(3) = 0 <0.000010>\n`;
const logOf = (count: number, call?: string) =>
  Array.from({ length: count }, (_, i) => line(i, call)).join('');

const manifestOf = (session: string) => readManifest(s3.store, LAKE, session);

/** Asserts that readers of a session find exactly what its manifest promises, and nothing else. */
async function expectWhole(session: string, rows: number): Promise<SessionManifest> {
  const manifest = await manifestOf(session);
  expect(manifest).toMatchObject({ status: 'ready', rows });
  expect(await s3.keys(callsPrefix(session))).toEqual(manifest?.files.map((file) => file.key));
  let stored = 0;
  for (const file of manifest!.files) {
    const bytes = await readObject(file.key);
    expect(bytes.length).toBe(file.size_bytes);
    expect(Number(parquetMetadata(bytes.buffer as ArrayBuffer).num_rows)).toBe(file.rows);
    stored += file.rows;
  }
  expect(stored).toBe(rows);
  await expectStats(manifest!);
  return manifest!;
}

/** Asserts that a session has its statistics once, on whatever days it had them before. */
async function expectStats({ session, generation, stats }: SessionManifest): Promise<void> {
  expect(await statsKeys(session)).toEqual([stats?.key]);
  const rows = await readStats(stats!.key);
  expect(rows).toHaveLength(stats!.rows);
  expect((await readObject(stats!.key)).length).toBe(stats!.size_bytes);
  const { day } = rows[0];
  expect(stats!.key).toBe(`call_stats/day=${day}/${session}-${generation}.parquet`);
}

async function statsKeys(session: string): Promise<string[]> {
  const keys = await s3.keys(STATS_PREFIX);
  return keys.filter((key) => readStatsKey(key)?.session === session);
}

async function readStats(key: string): Promise<Record<string, unknown>[]> {
  return await readRows(await readObject(key));
}

async function readObject(key: string): Promise<Uint8Array> {
  const bytes = await s3.store.readRange(LAKE, key, 0, 10_000_000);
  return new Uint8Array(bytes);
}

describe('ingestSession', () => {
  it('makes a session with its manifest as one line of JSON', async () => {
    await s3.put('logs/app.log', logOf(10), { 'label-branch': 'main', date: '2026-10-01' });
    const outcome = await ingest('logs/app.log');
    expect(outcome.status).toBe('ready');
    const manifest = await expectWhole('app', 10);
    expect(manifest).toMatchObject({
      version: 1,
      session: 'app',
      labels: { branch: 'main' },
      date_from: 'metadata',
      start_time: '2026-10-01T10:00:00.000000000Z',
      lines: 10,
      lines_by_kind: { complete: 10 },
      unparsed: [],
      finished_at: '2026-11-23T12:00:00.000Z',
      failure: null,
      options: { pids: 'column', clock: 'time-of-day' },
    });
    expect(manifest.sources).toMatchObject([{ bucket: UPLOADS, key: 'logs/app.log' }]);
    expect(manifest.files).toHaveLength(4);
    expect(manifest.files[0].key).toMatch(/^calls\/session=app\/part-00000-[0-9a-f]{8}\.parquet$/);
    const text = await s3.store.readText(LAKE, manifestKey('app'));
    expect(text).toMatch(/^\{.*\}\n$/);
    expect(await listManifests(s3.store, LAKE)).toEqual([manifest]);
  });

  it('takes a compressed log, and the date of the upload', async () => {
    await s3.put('logs/ci/42/app.log.gz', gzipSync(logOf(5)));
    await ingest('logs/ci/42/app.log.gz');
    const manifest = await expectWhole('ci.42.app', 5);
    expect(manifest.date_from).toBe('upload');
    expect(manifest.log_bytes).toBe(logOf(5).length);
    expect(manifest.sources[0].size_bytes).toBeLessThan(logOf(5).length);
  });

  it('does nothing for an object that is ingested already, but sweeps strays', async () => {
    await s3.put('logs/app.log', logOf(10));
    const first = await ingest('logs/app.log');
    await s3.store.writeText(LAKE, `${callsPrefix('app')}part-00000-00000000.parquet`, 'x', 'x');
    const second = await ingest('logs/app.log');
    expect(second).toEqual({ ...first, status: 'unchanged' });
    await expectWhole('app', 10);
  });

  it('gives the same files again when the same object is ingested anew', async () => {
    await s3.put('logs/app.log', logOf(10));
    await ingest('logs/app.log');
    const { files } = await expectWhole('app', 10);
    const before = await Promise.all(files.map((file) => readObject(file.key)));
    await s3.store.remove(LAKE, [manifestKey('app'), files[1].key]);
    await ingest('logs/app.log');
    const again = await expectWhole('app', 10);
    expect(again.files).toEqual(files);
    expect(await Promise.all(files.map((file) => readObject(file.key)))).toEqual(before);
  });

  it('replaces a session with nothing of the old left', async () => {
    await s3.put('logs/app.log', logOf(10));
    await ingest('logs/app.log');
    await s3.put('logs/app.log', logOf(4, 'getpid'));
    await ingest('logs/app.log');
    await expectWhole('app', 4);
  });

  it('makes a session anew when only its metadata changed', async () => {
    await s3.put('logs/app.log', logOf(4), { date: '2026-01-01' });
    await ingest('logs/app.log');
    await s3.put('logs/app.log', logOf(4), { date: '2026-02-02', 'utc-offset': '+02:00' });
    expect((await ingest('logs/app.log')).status).toBe('ready');
    expect((await expectWhole('app', 4)).start_time).toBe('2026-02-02T08:00:00.000000000Z');
  });

  it('starts over when the object is replaced while it is read', async () => {
    await s3.put('logs/app.log', logOf(10));
    let rounds = 0;
    const outcome = await ingest('logs/app.log', s3.store, async function* (log, options) {
      if (rounds++ === 0) await s3.put('logs/app.log', logOf(7));
      return yield* convertInParts(log, options);
    });
    expect(outcome.status).toBe('ready');
    expect(rounds).toBe(2);
    await expectWhole('app', 7);
  });

  it('throws when the object never stops changing', async () => {
    let rounds = 0;
    await s3.put('logs/app.log', logOf(10));
    const ingesting = ingest('logs/app.log', s3.store, async function* (log, options) {
      await s3.put('logs/app.log', logOf(10 + ++rounds));
      return yield* convertInParts(log, options);
    });
    await expect(ingesting).rejects.toThrow('log kept changing');
    expect((await manifestOf('app'))?.status).toBe('ingesting');
    expect(await s3.keys(callsPrefix('app'))).toEqual([]);
  });

  it('ends whole when two workers ingest different versions at once', async () => {
    await s3.put('logs/app.log', logOf(10));
    const older = ingest('logs/app.log', s3.store, async function* (log, options) {
      const parts = convertInParts(log, options);
      yield (await parts.next()).value as never;
      await s3.put('logs/app.log', logOf(6, 'getpid'));
      await ingest('logs/app.log');
      return yield* parts;
    });
    expect((await older).status).toBe('unchanged');
    await expectWhole('app', 6);
  });

  it('forgets a log that is deleted before its ingest ended', async () => {
    await s3.put('logs/app.log', logOf(10));
    const outcome = await ingest('logs/app.log', s3.store, async function* (log, options) {
      const summary = yield* convertInParts(log, options);
      await s3.store.remove(UPLOADS, ['logs/app.log']);
      return summary;
    });
    expect(outcome).toEqual({ status: 'gone' });
    expect(await s3.keys('')).toEqual([]);
  });

  it('keeps a session whose log expired', async () => {
    await s3.put('logs/app.log', logOf(10));
    await ingest('logs/app.log');
    await s3.store.remove(UPLOADS, ['logs/app.log']);
    expect(await ingest('logs/app.log')).toEqual({ status: 'gone' });
    await expectWhole('app', 10);
  });
});

describe('a death at any change', () => {
  const dieEverywhere = async (prepare: () => Promise<void>, check: () => Promise<void>) => {
    for (let diesAt = 1; ; diesAt++) {
      await s3.store.remove(LAKE, await s3.keys(''));
      await prepare();
      const store = new DyingStore(s3.store, diesAt);
      const death = await ingest('logs/app.log', store).catch((error) => error);
      if (!(death instanceof DeathError)) return diesAt - 1;
      await check();
      // SQS delivers the message again.
      expect((await ingest('logs/app.log')).status).toMatch(/ready|unchanged/);
      await expectWhole('app', 9);
    }
  };

  it('leaves no session, and the next delivery makes it', async () => {
    await s3.put('logs/app.log', logOf(9));
    const deaths = await dieEverywhere(
      async () => undefined,
      async () => expect((await manifestOf('app'))?.status ?? 'ingesting').toBe('ingesting'),
    );
    // Manifest, three parts, note, statistics, manifest.
    expect(deaths).toBe(7);
  });

  it('leaves the old session whole or none, and the next delivery makes the new', async () => {
    const deaths = await dieEverywhere(
      async () => {
        await s3.put('logs/app.log', logOf(12, 'getpid'), { date: '2026-01-01' });
        await ingest('logs/app.log');
        await s3.put('logs/app.log', logOf(9));
      },
      async () => {
        const manifest = await manifestOf('app');
        if (manifest?.status === 'ready') await expectWhole('app', manifest.rows === 12 ? 12 : 9);
      },
    );
    // As above, and the removal of the old parts and of the old statistics.
    expect(deaths).toBe(9);
  });

  it('of a worker that was overtaken leaves its statistics to the next delivery', async () => {
    for (const dies of [false, true]) {
      await s3.store.remove(LAKE, await s3.keys(''));
      await s3.put('logs/app.log', logOf(10), { date: '2026-01-01' });
      const store = new DyingStore(s3.store, Number.POSITIVE_INFINITY);
      const isOvertaken = vi.fn();
      store.writeStream = async (bucket, key, body, contentType) => {
        if (key.startsWith(STATS_PREFIX) && isOvertaken.mock.calls.length === 0) {
          isOvertaken();
          await s3.put('logs/app.log', logOf(6));
          await ingest('logs/app.log');
          await expectWhole('app', 6);
          await s3.store.writeStream(bucket, key, body, contentType);
          expect(await statsKeys('app')).toHaveLength(2);
          if (dies) throw new DeathError();
        } else await s3.store.writeStream(bucket, key, body, contentType);
      };
      const older = await ingest('logs/app.log', store).catch((error) => error);
      expect(isOvertaken).toHaveBeenCalled();
      if (dies) expect(older).toBeInstanceOf(DeathError);
      expect((await ingest('logs/app.log')).status).toBe('unchanged');
      await expectWhole('app', 6);
    }
  });
});

describe('the files of an -ff run', () => {
  const member = (pid: number, count: number) =>
    Array.from(
      { length: count },
      (_, i) => `10:00:0${i}.00000${pid % 10} getpid() = ${pid}\n`,
    ).join('');

  it('become one session, in order of time, whatever they are compressed with', async () => {
    await s3.put('logs/run/t.101', member(101, 3));
    await s3.put('logs/run/t.102.gz', gzipSync(member(102, 4)));
    await s3.put('logs/run/t.103', '');
    await s3.put('logs/run/t.other', 'not of the run');
    let merged = '';
    await ingest('logs/run/t.102.gz', s3.store, async function* (log, options) {
      const tapped = async function* () {
        for await (const chunk of log) {
          merged += Buffer.from(chunk).toString();
          yield chunk;
        }
      };
      return yield* convertInParts(tapped(), options);
    });
    const manifest = await expectWhole('run.t.ff', 7);
    expect(manifest.sources.map((source) => source.key)).toEqual([
      'logs/run/t.101',
      'logs/run/t.102.gz',
      'logs/run/t.103',
    ]);
    expect(manifest.options?.pids).toBe('file');
    expect(merged.split('\n').slice(0, 3)).toEqual([
      '101 10:00:00.000001 getpid() = 101',
      '102 10:00:00.000002 getpid() = 102',
      '101 10:00:01.000001 getpid() = 101',
    ]);
  });

  it('are ingested again when one more arrives, and not when all were seen', async () => {
    await s3.put('logs/t.1', member(1, 2));
    await ingest('logs/t.1');
    await s3.put('logs/t.2', member(2, 2));
    expect((await ingest('logs/t.2')).status).toBe('ready');
    expect((await ingest('logs/t.1')).status).toBe('unchanged');
    await expectWhole('t.ff', 4);
  });

  it('are one session in a tar as well, whose manifest names what was left out', async () => {
    const tar = readTestLog('torture_ff.tar');
    await s3.put('logs/torture.tar.gz', gzipSync(tar));
    const session = sessionIdOf('logs/torture.tar.gz');
    const convert = convertLog;
    expect((await ingest('logs/torture.tar.gz', s3.store, convert)).status).toBe('ready');
    const manifest = await manifestOf(session);
    expect(manifest).toMatchObject({
      archive: { files: 11, logs: 11, ignored: 0, ignored_names: [] },
      options: { pids: 'file' },
      lines: 458,
      missing: [expect.stringMatching('No paths'), expect.stringMatching('cut short')],
    });
    await expectWhole(session, manifest?.rows ?? 0);
    expect((await ingest('logs/torture.tar.gz')).status).toBe('unchanged');
  });
});

describe('a log that can never be ingested', () => {
  const notStrace = 'Dear diary,\ntoday nothing called close(3).\n';
  it.each([
    ['is empty', '', 'empty log'],
    ['holds nothing but empty gzip', gzipSync(''), 'empty log'],
    ['is no strace log', notStrace, 'not an strace log'],
    ['is binary', Buffer.from('\x7fELF\x02\x01\0\0\0\n\0'), 'not an strace log'],
    ['is a zip archive', 'PK\x03\x04', 'unsupported format'],
    ['is cut off', gzipSync(logOf(2000)).subarray(0, 100), 'damaged compression'],
  ])('%s: its session fails and says why', async (_, body, title) => {
    await s3.put('logs/app.log', logOf(10));
    await ingest('logs/app.log');
    await s3.put('logs/app.log', body);
    expect((await ingest('logs/app.log')).status).toBe('failed');
    const manifest = await manifestOf('app');
    expect(manifest).toMatchObject({ status: 'failed', files: [], failure: { title } });
    expect(await s3.keys(callsPrefix('app'))).toEqual([]);
    expect(await statsKeys('app')).toEqual([]);
    expect((await ingest('logs/app.log')).status).toBe('failed');
    await s3.put('logs/app.log', logOf(3));
    await ingest('logs/app.log');
    await expectWhole('app', 3);
  });

  it('shows its first line and how to record', async () => {
    await s3.put('logs/app.log', notStrace);
    await ingest('logs/app.log');
    const detail = (await manifestOf('app'))?.failure?.detail;
    expect(detail).toContain('Dear diary,. Record with: strace -f -tt -T -y -yy');
  });

  it.each([
    ['session', 'a b'],
    ['session', '../x'],
    ['date', '23.11.2026'],
    ['date', '2026-02-30'],
    ['utc-offset', 'CET'],
  ])('has bad metadata %s=%s', async (name, value) => {
    await s3.put('logs/app.log', logOf(3), { [name]: value });
    await ingest('logs/app.log');
    const failure = (await manifestOf('app'))?.failure;
    expect(failure?.title).toBe('bad metadata');
    expect(failure?.detail).toContain(JSON.stringify(value));
  });

  it('can be given up on', async () => {
    await s3.put('logs/app.log', logOf(3));
    await giveUpSession(portsOf(s3.store), UPLOADS, 'logs/app.log', 'disk on fire');
    expect((await manifestOf('app'))?.failure?.detail).toContain('disk on fire');
    expect((await ingest('logs/app.log')).status).toBe('ready');
  });
});

describe('a session named by metadata', () => {
  it('has that name, and the session of the key is gone', async () => {
    await s3.put('logs/a.log', logOf(3));
    await ingest('logs/a.log');
    await s3.put('logs/a.log', logOf(4), { session: 'nightly' });
    await ingest('logs/a.log');
    await expectWhole('nightly', 4);
    expect(await manifestOf('a')).toBeUndefined();
    expect(await s3.keys(callsPrefix('a'))).toEqual([]);
    expect(await statsKeys('a')).toEqual([]);
  });

  it('is not taken over by another log', async () => {
    await s3.put('logs/a.log', logOf(3), { session: 'nightly' });
    await ingest('logs/a.log');
    await s3.put('logs/b.log', logOf(4), { session: 'nightly' });
    expect((await ingest('logs/b.log')).status).toBe('failed');
    await expectWhole('nightly', 3);
    expect((await manifestOf('b'))?.failure).toMatchObject({ title: 'session name taken' });
    await s3.store.remove(UPLOADS, ['logs/a.log']);
    expect((await ingest('logs/b.log')).status).toBe('ready');
    await expectWhole('nightly', 4);
    expect(await manifestOf('b')).toBeUndefined();
  });

  it('gives way to the log whose key has that name', async () => {
    await s3.put('logs/b.log', logOf(3), { session: 'a' });
    await ingest('logs/b.log');
    await s3.put('logs/a.log', logOf(4));
    await ingest('logs/a.log');
    await expectWhole('a', 4);
    expect((await manifestOf('b'))?.failure?.detail).toContain('logs/a.log');
    expect((await ingest('logs/b.log')).status).toBe('failed');
    await expectWhole('a', 4);
  });
});

it('ingests a recorded log as it is', async () => {
  const log = await readFile(new URL('../logs/gcc.log', import.meta.url));
  await s3.put('logs/gcc.log', log);
  await ingest('logs/gcc.log', s3.store, convertLog);
  const manifest = await manifestOf('gcc');
  expect(manifest?.unparsed).toEqual([]);
  await expectWhole('gcc', manifest!.rows!);
  const kinds = Object.values(manifest!.lines_by_kind!).reduce((sum, count) => sum + count, 0);
  expect(kinds).toBe(manifest?.lines);
});
