import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createS3Client } from '../../lib/lake/s3-object-store.ts';
import { PortTakenError } from '../../local/errors.ts';
import { startS3Server } from '../../local/s3-server.ts';
import { type EmbeddedS3, LAKE, startEmbeddedS3, UPLOADS } from '../lake/embedded-s3.ts';

// Many requests, which take long on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let s3: EmbeddedS3;
beforeAll(async () => {
  s3 = await startEmbeddedS3();
});
afterAll(() => s3.close());

const text = async (key: string) => s3.store.readText(UPLOADS, key);

describe('the S3 server', () => {
  it.each([
    'logs/a b+c&d=e.log',
    'logs/ümläut/日本語.log',
    'logs/100%/x#y?z.log',
    "logs/it's (1)/!*~.log",
    'logs/<b> "c" &amp;.log',
    'logs/dir/',
  ])('stores and lists the key %s', async (key) => {
    await s3.put(key, key, { label: 'x' });
    expect(await text(key)).toBe(key);
    expect((await s3.store.list(UPLOADS, key)).map((head) => head.key)).toEqual([key]);
    expect(s3.created).toContain(key);
    expect((await s3.store.head(UPLOADS, key))?.metadata).toEqual({ label: 'x' });
    await s3.store.remove(UPLOADS, [key]);
    expect(await text(key)).toBeUndefined();
  });

  it.each(['logs/../../escape.log', 'logs/./a.log', 'logs//a.log', `logs/${'x'.repeat(240)}`])(
    'refuses the key %s',
    async (key) => {
      await expect(s3.put(key, 'x')).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    },
  );

  it('refuses buckets other than its own', async () => {
    const put = s3.client.send(new PutObjectCommand({ Bucket: 'other', Key: 'a', Body: 'b' }));
    await expect(put).rejects.toThrow('bucket does not exist');
  });

  it('takes a plain PUT and gives the object back', async () => {
    const url = `${s3.url}/${UPLOADS}/logs/curl.log`;
    expect((await fetch(url, { method: 'PUT', body: 'from curl' })).status).toBe(200);
    const answer = await fetch(url);
    expect(await answer.text()).toBe('from curl');
    const part = await fetch(url, { headers: { range: 'bytes=5-' } });
    expect([part.status, await part.text()]).toEqual([206, 'curl']);
    const beyond = await fetch(url, { headers: { range: 'bytes=9-' } });
    expect(beyond.status).toBe(416);
  });

  it('takes presigned uploads', async () => {
    const command = new PutObjectCommand({ Bucket: UPLOADS, Key: 'logs/signed.log' });
    const client = createS3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    });
    const url = await getSignedUrl(client, command, { expiresIn: 60 });
    expect((await fetch(url, { method: 'PUT', body: 'signed' })).status).toBe(200);
    expect(await text('logs/signed.log')).toBe('signed');
    expect((await fetch(url.replace('signed.log', 'other.log'), { method: 'PUT' })).status).toBe(
      403,
    );
  });

  it('takes uploads in chunks with trailing checksums', async () => {
    const body = 'x'.repeat(300_000);
    // Without WHEN_REQUIRED, the SDK sends streams aws-chunked with a trailer.
    const client = createS3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      requestChecksumCalculation: 'WHEN_SUPPORTED',
    });
    const pieces = Readable.from(body.match(/.{1,65536}/g) ?? [], { objectMode: false });
    await client.send(
      new PutObjectCommand({
        Bucket: UPLOADS,
        Key: 'logs/chunked.log',
        Body: pieces,
        ContentLength: body.length,
      }),
    );
    expect(await text('logs/chunked.log')).toBe(body);
    const head = await client.send(
      new HeadObjectCommand({ Bucket: UPLOADS, Key: 'logs/chunked.log' }),
    );
    expect(head.ContentEncoding).toBeUndefined();
  });

  it('puts the parts of a multipart upload together', async () => {
    const body = Buffer.alloc(11 * 1024 * 1024, 'strace ');
    const upload = new Upload({
      client: s3.client,
      partSize: 5 * 1024 * 1024,
      params: { Bucket: UPLOADS, Key: 'logs/big.log', Body: body, Metadata: { session: 'big' } },
    });
    await upload.done();
    const head = await s3.store.head(UPLOADS, 'logs/big.log');
    expect(head).toMatchObject({ size: body.length, metadata: { session: 'big' } });
    const chunks: Buffer[] = [];
    for await (const chunk of await s3.store.read(UPLOADS, 'logs/big.log')) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
  });

  it('keeps no object of a multipart upload that is aborted or lacks a part', async () => {
    const target = { Bucket: UPLOADS, Key: 'logs/aborted.log' };
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(target));
    await s3.client.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' }),
    );
    const parts = { Parts: [{ PartNumber: 2, ETag: 'none' }] };
    await expect(
      s3.client.send(
        new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: parts }),
      ),
    ).rejects.toThrow('parts could not be found');
    await s3.client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    await expect(
      s3.client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' })),
    ).rejects.toThrow('upload does not exist');
    expect(await text('logs/aborted.log')).toBeUndefined();
  });

  it('keeps the old object when an upload breaks off', async () => {
    await s3.put('logs/broken.log', 'old');
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('new and '));
      },
      pull(controller) {
        controller.error(new Error('cable pulled'));
      },
    });
    await expect(
      fetch(`${s3.url}/${UPLOADS}/logs/broken.log`, {
        method: 'PUT',
        body: broken,
        duplex: 'half',
      }),
    ).rejects.toThrow();
    expect(await text('logs/broken.log')).toBe('old');
  });

  it('shows readers the old object or the new, never a mixture', async () => {
    const versions = ['a'.repeat(10), 'b'.repeat(200_000), 'c'.repeat(3000)];
    await s3.put('logs/changing.log', versions[0]);
    let isDone = false;
    const writing = (async () => {
      for (let i = 0; i < 60; i++) await s3.put('logs/changing.log', versions[i % 3]);
      isDone = true;
    })();
    while (!isDone) {
      expect(versions.includes((await text('logs/changing.log')) ?? '')).toBe(true);
    }
    await writing;
  });

  it('gives a new etag for content that metadata on disk does not describe', async () => {
    await s3.put('logs/kill.log', 'described');
    const before = await s3.store.head(UPLOADS, 'logs/kill.log');
    const file = join(s3.directory, UPLOADS, 'logs/kill.log._S3rver_object');
    await writeFile(file, 'replaced!');
    await utimes(file, 1, 1);
    const after = await s3.store.head(UPLOADS, 'logs/kill.log');
    expect(after?.etag).not.toBe(before?.etag);
  });

  it('lists more than a thousand keys in the order of S3', async () => {
    const names = [...Array(1100).keys()].map((i) => `many/k${i}`);
    names.push('many/k1-', 'many/k1/a', 'many/k1.a', 'many/k1 b');
    for (const name of names) {
      const file = join(s3.directory, LAKE, `${name}._S3rver_object`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, 'x');
    }
    expect(await s3.keys('many/')).toEqual([...names].sort());
    const grouped = await s3.client.send(
      new ListObjectsV2Command({ Bucket: LAKE, Prefix: 'many/k1', Delimiter: '/' }),
    );
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'many/k1/' }]);
    await s3.store.remove(LAKE, names);
    expect(await s3.keys('many/')).toEqual([]);
    expect(await readdir(join(s3.directory, LAKE))).not.toContain('many');
  });

  it('copies and deletes', async () => {
    await s3.put('logs/source.log', 'copied', { 'label-a': 'b' });
    await s3.client.send(
      new CopyObjectCommand({
        Bucket: UPLOADS,
        Key: 'logs/target.log',
        CopySource: `${UPLOADS}/logs/source.log`,
      }),
    );
    expect(await s3.store.head(UPLOADS, 'logs/target.log')).toMatchObject({
      metadata: { 'label-a': 'b' },
      size: 6,
    });
    await s3.client.send(
      new DeleteObjectsCommand({
        Bucket: UPLOADS,
        Delete: { Objects: [{ Key: 'logs/source.log' }, { Key: 'logs/target.log' }] },
      }),
    );
    const gone = s3.client.send(new GetObjectCommand({ Bucket: UPLOADS, Key: 'logs/target.log' }));
    await expect(gone).rejects.toThrow('does not exist');
  });

  it('says which port is taken', async () => {
    const port = Number(new URL(s3.url).port);
    const options = { directory: s3.directory, buckets: [UPLOADS], host: '127.0.0.1', port };
    const starting = startS3Server({ ...options, onCreated: () => undefined });
    await expect(starting).rejects.toThrow(PortTakenError);
    await expect(starting).rejects.toThrow(`--s3-port): ${port}`);
  });
});
