import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { IngestOutcome } from '../../lib/lake/ingest-session.ts';
import { LAKE_BUCKET, UPLOADS_BUCKET } from '../../local/data-folder.ts';
import { DataFolderTakenError, PortTakenError } from '../../local/errors.ts';
import { connectS3 } from '../../local/s3-client.ts';
import { findServing } from '../../local/serving.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';

const gcc = await readFile(new URL('../logs/gcc.log', import.meta.url));

// Processes and threads start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A stack on free ports that writes down how its ingests end. */
async function start(dataDir: string) {
  const outcomes: string[] = [];
  const stack = await startStack({
    dataDir,
    host: '127.0.0.1',
    s3Port: 0,
    httpPort: 0,
    onOutcome: (key, outcome: IngestOutcome) => outcomes.push(`${key} ${outcome.status}`),
    onError: (message) => outcomes.push(message),
  });
  closers.push(() => stack.close());
  const s3 = connectS3(stack.s3Url);
  return { stack, s3, outcomes };
}

const put = (s3: S3Client, key: string, body: Buffer | string) =>
  s3.send(new PutObjectCommand({ Bucket: UPLOADS_BUCKET, Key: key, Body: body }));

async function get({ apiUrl }: LocalStack, path: string) {
  const answer = await fetch(apiUrl + path);
  const text = await answer.text();
  return { status: answer.status, text, json: () => JSON.parse(text) };
}

describe('the stack', () => {
  it('has a sample to look at when it starts for the first time', async () => {
    const folder = await newFolder();
    const { stack, outcomes } = await start(folder);
    await stack.idle();
    expect(outcomes).toContain('logs/sample.log ready');
    const summary = await get(stack, '/sessions/sample/reports/summary?format=text');
    expect(summary.text).toContain('Programs executed:');
    expect((await get(stack, '/sessions/sample')).json()).toMatchObject({
      session: 'sample',
      start_time: '2026-11-23T09:23:46.107746000Z',
    });
  });

  it('ingests what is put, in one piece or in parts, and answers for it', async () => {
    const { stack, s3 } = await start(await newFolder());
    await put(s3, 'logs/a b+c/ü.log', gcc);
    const large = Buffer.concat(Array(12).fill(gcc));
    const upload = new Upload({
      client: s3,
      partSize: 5 * 1024 * 1024,
      params: {
        Bucket: UPLOADS_BUCKET,
        Key: 'logs/large.log',
        Body: large,
        Metadata: { session: 'nightly', 'label-branch': 'main' },
      },
    });
    await upload.done();
    await stack.idle();
    const { sessions } = (await get(stack, '/sessions')).json();
    expect(sessions.map((each: { session: string }) => each.session)).toContain('nightly');
    const nightly = (await get(stack, '/sessions/nightly')).json();
    expect(nightly).toMatchObject({
      status: 'ready',
      lines: 12 * 2349,
      labels: { branch: 'main' },
    });
    const csv = await get(stack, '/sessions/nightly/calls.csv');
    expect(csv.status).toBe(200);
    expect(csv.text.split('\n').length).toBeGreaterThan(12 * 2300);
  });

  it('tells why a log was refused, and takes it when it is mended', async () => {
    const { stack, s3, outcomes } = await start(await newFolder());
    await put(s3, 'logs/app.log', 'no strace');
    await stack.idle();
    expect(outcomes).toContain('logs/app.log failed');
    const problem = await get(stack, '/sessions/app/reports/summary');
    expect(problem.status).toBe(409);
    expect(problem.json()).toMatchObject({ title: 'not an strace log' });
    await put(s3, 'logs/app.log', gcc);
    await stack.idle();
    expect((await get(stack, '/sessions/app/reports/summary')).status).toBe(200);
  });

  it('keeps everything over a restart, and does nothing twice', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    await put(first.s3, 'logs/app.log', gcc);
    await put(first.s3, 'logs/bad.log', 'no strace');
    await first.stack.idle();
    const before = await get(first.stack, '/sessions');
    const report = await get(first.stack, '/sessions/app/reports/count_files');
    await first.stack.close();
    expect(await findServing(folder)).toBeUndefined();

    const second = await start(folder);
    await second.stack.idle();
    expect(second.outcomes).toEqual([]);
    expect((await get(second.stack, '/sessions')).text).toBe(before.text);
    const again = await get(second.stack, '/sessions/app/reports/count_files');
    expect(again.text).toBe(report.text);
  });

  it('takes up at its start what was uploaded but not ingested', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    await put(first.s3, 'logs/app.log', gcc);
    // Closed at once: the ingest is cut off wherever it is.
    await first.stack.close();
    const second = await start(folder);
    await second.stack.idle();
    expect((await get(second.stack, '/sessions/app/reports/summary')).status).toBe(200);
    expect((await get(second.stack, '/sessions/sample/reports/summary')).status).toBe(200);
  });

  it('names the port or the folder that is taken, and leaves nothing running', async () => {
    const folder = await newFolder();
    const { stack } = await start(folder);
    const other = await newFolder();
    const port = Number(new URL(stack.apiUrl).port);
    const options = { dataDir: other, host: '127.0.0.1', s3Port: 0, httpPort: port };
    await expect(startStack(options)).rejects.toThrow(PortTakenError);
    expect(await findServing(other)).toBeUndefined();
    await expect(start(other)).resolves.toBeDefined();
  });
});

describe('the stack in a process that is killed', () => {
  const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
  let folder: string;
  let log: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
    log = Buffer.concat(Array(60).fill(gcc));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Starts `serve` and waits until it says where it is. */
  async function serve(): Promise<{ child: ChildProcess; s3: S3Client; s3Url: string }> {
    const args = ['serve', '--data-dir', folder, '--port', '0', '--s3-port', '0'];
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    closers.push(async () => child.kill('SIGKILL'));
    let output = '';
    // read on to the end: one who writes where nobody reads is ended by that
    await new Promise<void>((resolve) => {
      child.stdout!.on('data', (chunk) => {
        output += chunk;
        if (output.includes('Ask ')) resolve();
      });
    });
    const s3Url = /--endpoint-url (\S+)/.exec(output)![1];
    return { child, s3: connectS3(s3Url), s3Url };
  }

  async function kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  const manifest = async () => {
    const file = `s3/${LAKE_BUCKET}/sessions/app.json._S3rver_object`;
    const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  };

  it('is one service a folder', async () => {
    const { child } = await serve();
    await expect(start(folder)).rejects.toThrow(DataFolderTakenError);
    await kill(child);
  });

  it('loses nothing and leaves nothing half when the kill comes in the middle of an ingest', async () => {
    const { child, s3 } = await serve();
    await put(s3, 'logs/app.log', log);
    while ((await manifest()) === undefined) await new Promise(setImmediate);
    await kill(child);
    expect((await manifest()).status).toBe('ingesting');

    const { stack, outcomes } = await start(folder);
    await stack.idle();
    expect(outcomes).toContain('logs/app.log ready');
    const session = (await get(stack, '/sessions/app')).json();
    expect(session).toMatchObject({ status: 'ready', lines: 60 * 2349 });
    const summary = await get(stack, '/sessions/app/reports/count_errors');
    expect(summary.status).toBe(200);
  });

  it('keeps the old object when the kill comes in the middle of an upload', async () => {
    const { child, s3Url } = await serve();
    const before = await manifest();
    const sent = Promise.withResolvers<void>();
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(gcc.subarray(0, 100_000)));
        sent.resolve();
        return new Promise(() => undefined);
      },
    });
    const uploading = fetch(`${s3Url}/${UPLOADS_BUCKET}/logs/app.log`, {
      method: 'PUT',
      body,
      duplex: 'half',
    }).catch((error) => error);
    await sent.promise;
    await kill(child);
    expect(await uploading).toBeInstanceOf(Error);
    const { stack, outcomes } = await start(folder);
    await stack.idle();
    expect(outcomes).toEqual([]);
    expect(await manifest()).toEqual(before);
  });
});
