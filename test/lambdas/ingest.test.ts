import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IngestDeps, ingest } from '../../lambdas/ingest.ts';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { readManifest } from '../../lib/lake/manifests.ts';
import { sessionIdOf } from '../../lib/lake/session-id.ts';
import { notifyOf } from '../../lib/lake/uploads.ts';
import { DyingStore } from '../lake/dying-store.ts';
import { type EmbeddedS3, LAKE, startEmbeddedS3, UPLOADS } from '../lake/embedded-s3.ts';

// Many requests, which take long on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

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
  outcomes = [];
  errors = [];
});

let outcomes: string[];
let errors: unknown[];
const depsOf = (overrides: Partial<IngestDeps> = {}): IngestDeps => ({
  store: s3.store,
  lakeBucket: LAKE,
  convert: convertLog,
  now: () => new Date(),
  maxReceives: 3,
  onOutcome: (key, outcome) => outcomes.push(`${key} ${outcome.status}`),
  onError: (_, error) => errors.push(error),
  ...overrides,
});

const messageOf = (messageId: string, body: string, receives = 1) =>
  ({
    messageId,
    body,
    attributes: { ApproximateReceiveCount: String(receives) },
  }) as SQSRecord;
const put = (...keys: string[]) =>
  JSON.stringify({
    Records: keys.flatMap((key) => JSON.parse(notifyOf({ bucket: UPLOADS, key })).Records),
  });
const run = (records: SQSRecord[], overrides?: Partial<IngestDeps>) =>
  ingest({ Records: records } satisfies SQSEvent, depsOf(overrides));
const statusOf = async (key: string) =>
  (await readManifest(s3.store, LAKE, sessionIdOf(key)))?.status;
const log = '10:00:00 close(3) = 0\n';

describe('the ingest handler', () => {
  it.each(['logs/plain.log', 'logs/a b+c.log', 'logs/ci/42/app.log.gz', 'logs/50%/ünï "x".log'])(
    'ingests %s, whose key comes URL-encoded',
    async (key) => {
      await s3.put(key, log);
      expect(await run([messageOf('1', put(key))])).toEqual({ batchItemFailures: [] });
      expect(await statusOf(key)).toBe('ready');
    },
  );

  it('reports only the messages whose logs failed', async () => {
    await s3.put('logs/good.log', log);
    await s3.put('logs/bad.log', 'no strace here');
    await s3.put('logs/last.log', log);
    const result = await run([
      messageOf('1', put('logs/good.log')),
      messageOf('2', put('logs/bad.log')),
      messageOf('3', 'not json'),
      messageOf('4', put('logs/last.log')),
    ]);
    expect(result.batchItemFailures.map((item) => item.itemIdentifier)).toEqual(['2', '3']);
    expect(await statusOf('logs/good.log')).toBe('ready');
    expect(await statusOf('logs/bad.log')).toBe('failed');
    expect(await statusOf('logs/last.log')).toBe('ready');
  });

  it('goes on behind a failed log in the same message', async () => {
    await s3.put('logs/bad.log', '');
    await s3.put('logs/good.log', log);
    const result = await run([messageOf('1', put('logs/bad.log', 'logs/good.log'))]);
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: '1' }]);
    expect(await statusOf('logs/good.log')).toBe('ready');
  });

  it('ingests a session once however often the batch names it', async () => {
    for (const pid of [1, 2, 3]) await s3.put(`logs/t.${pid}`, log);
    await run([
      messageOf('1', put('logs/t.1', 'logs/t.2')),
      messageOf('2', put('logs/t.3')),
      messageOf('3', put('logs/t.1')),
    ]);
    expect(outcomes).toEqual(['logs/t.1 ready']);
  });

  it('ignores what is no uploaded log', async () => {
    const removed = put('logs/gone.log').replace('ObjectCreated:Put', 'ObjectRemoved:Delete');
    await s3.put('other/file.log', log);
    const result = await run([
      messageOf('1', JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' })),
      messageOf('2', put('other/file.log', 'logs/folder/')),
      messageOf('3', removed),
      messageOf('4', put('logs/never-there.log')),
    ]);
    expect(result).toEqual({ batchItemFailures: [] });
    expect(outcomes).toEqual(['logs/never-there.log gone']);
    expect(await s3.keys('')).toEqual([]);
  });

  it('leaves an error that may pass to the next delivery', async () => {
    await s3.put('logs/app.log', log);
    const store = new DyingStore(s3.store, 2);
    const result = await run([messageOf('1', put('logs/app.log'))], { store });
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: '1' }]);
    expect(errors).toHaveLength(1);
    expect(await statusOf('logs/app.log')).toBe('ingesting');
    await run([messageOf('1', put('logs/app.log'), 2)]);
    expect(await statusOf('logs/app.log')).toBe('ready');
  });

  it('writes down why, at the last delivery', async () => {
    await s3.put('logs/app.log', log);
    const broken: IngestDeps['convert'] = () => {
      throw new Error('parser on fire');
    };
    await run([messageOf('1', put('logs/app.log'), 2)], { convert: broken });
    expect(await statusOf('logs/app.log')).toBe('ingesting');
    const result = await run([messageOf('1', put('logs/app.log'), 3)], { convert: broken });
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: '1' }]);
    const manifest = await readManifest(s3.store, LAKE, 'app');
    expect(manifest?.failure).toMatchObject({ title: 'ingest given up' });
    expect(manifest?.failure?.detail).toContain('parser on fire');
  });
});

describe('the message of a failed log', () => {
  const waits: number[] = [];
  const redeliver = async (_: SQSRecord, seconds: number) => void waits.push(seconds);
  beforeEach(() => void waits.splice(0));

  it('comes again at once when the log was refused', async () => {
    await s3.put('logs/empty.log', '');
    const { batchItemFailures } = await run([messageOf('m', put('logs/empty.log'))], { redeliver });
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
    expect(waits).toEqual([0]);
  });

  it('comes again later each time when a retry may help', async () => {
    await s3.put('logs/a.log', log);
    for (const receives of [1, 2]) {
      const store = new DyingStore(s3.store, 0);
      await run([messageOf('m', put('logs/a.log'), receives)], { redeliver, store });
    }
    expect(waits).toEqual([30, 60]);
  });

  it('is left alone when the log was ingested', async () => {
    await s3.put('logs/a.log', log);
    await run([messageOf('m', put('logs/a.log'))], { redeliver });
    expect(waits).toEqual([]);
  });
});
