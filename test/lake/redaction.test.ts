import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { ingestSession } from '../../lib/lake/ingest-session.ts';
import { manifestKey } from '../../lib/lake/keys.ts';
import { LogRedactor } from '../../lib/lake/log-redactor.ts';
import { readTestLog } from '../recorded-logs.ts';
import { type EmbeddedS3, LAKE, startEmbeddedS3, UPLOADS } from './embedded-s3.ts';
import { readRows } from './parquet-bytes.ts';

const LOG = readFileSync(new URL('../reports/cases/secrets_scan/log.strace', import.meta.url));
const SECRET = 'AKIAIOSFODNN7EXAMPLE';
let s3: EmbeddedS3;

beforeAll(async () => {
  s3 = await startEmbeddedS3();
});
afterAll(() => s3.close());

it('redacts before anything is written, as metadata and settings ask, and counts it', async () => {
  const ports = { store: s3.store, lakeBucket: LAKE, convert: convertLog, now: () => new Date() };
  const metadata = { redact: 'aws_access_key_id', date: '2026-11-23' };
  await s3.put('logs/asked.log', LOG, metadata);
  await s3.put('logs/plain.log', LOG, { date: '2026-11-23' });
  await ingestSession({ ...ports, redact: ['buffers'] }, UPLOADS, 'logs/asked.log');
  await ingestSession(ports, UPLOADS, 'logs/plain.log');

  const asked = await readSession('asked');
  expect(asked.manifest.redacted).toEqual({ buffers: 8, aws_access_key_id: 0 });
  expect(asked.text).not.toContain(SECRET);
  expect(asked.text).toContain('[redacted:buffers]');
  const plain = await readSession('plain');
  expect(plain.manifest.redacted).toBeNull();
  expect(plain.text).toContain(SECRET);
});

it('refuses rules that are none, and says which there are', async () => {
  const ports = { store: s3.store, lakeBucket: LAKE, convert: convertLog, now: () => new Date() };
  await s3.put('logs/wrong.log', LOG, { redact: 'everything' });
  const outcome = await ingestSession(ports, UPLOADS, 'logs/wrong.log');
  expect(outcome).toMatchObject({ status: 'failed' });
  expect((await readSession('wrong')).manifest.failure.detail).toContain('aws_access_key_id');
});

it('gives the same bytes however the log arrives', async () => {
  const log = Buffer.concat([LOG, await readTestLog('torture_C.log'), LOG.subarray(0, -1)]);
  const whole = await redactInPieces(log, log.length);
  expect(whole.includes(SECRET)).toBe(false);
  for (const size of [1, 7, 4096, 100_000])
    expect((await redactInPieces(log, size)).equals(whole), `${size} bytes`).toBe(true);
});

it('passes a log on untouched without rules', async () => {
  const log = (async function* () {
    yield LOG;
  })();
  expect(new LogRedactor([]).read(log)).toBe(log);
});

async function redactInPieces(log: Buffer, size: number): Promise<Buffer> {
  async function* pieces() {
    // one piece of memory for all, as some readers have it
    const memory = Buffer.alloc(size);
    for (let at = 0; at < log.length; at += size) {
      yield memory.subarray(0, log.copy(memory, 0, at, at + size));
    }
  }
  return await buffer(new LogRedactor(['secrets', 'buffers']).read(pieces()));
}

async function readSession(session: string) {
  const manifest = JSON.parse(String(await s3.store.readText(LAKE, manifestKey(session))));
  const rows = [];
  for (const { key } of manifest.files)
    rows.push(...(await readRows(await buffer(await s3.store.read(LAKE, key)))));
  const text = JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  return { manifest, text };
}
