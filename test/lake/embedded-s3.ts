import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createS3Client, S3ObjectStore } from '../../lib/lake/s3-object-store.ts';
import { startS3Server } from '../../local/s3-server.ts';

/** Buckets of the S3 server of the tests. */
export const UPLOADS = 'stracelake-uploads';
export const LAKE = 'stracelake-lake';

/** A real S3 server on a temporary folder and a free port. */
export interface EmbeddedS3 {
  url: string;
  directory: string;
  client: S3Client;
  store: S3ObjectStore;
  /** Keys of the objects created so far. */
  created: string[];
  put(key: string, body: string | Uint8Array, metadata?: Record<string, string>): Promise<void>;
  /** Keys below a prefix of the lake bucket. */
  keys(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function startEmbeddedS3(): Promise<EmbeddedS3> {
  const directory = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
  const created: string[] = [];
  const server = await startS3Server({
    directory,
    buckets: [UPLOADS, LAKE],
    host: '127.0.0.1',
    port: 0,
    onCreated: ({ key }) => created.push(key),
  });
  const client = createS3Client({
    endpoint: server.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const store = new S3ObjectStore(client);
  return {
    url: server.url,
    directory,
    client,
    store,
    created,
    async put(key, body, metadata = {}) {
      const bytes = Buffer.from(body);
      await client.send(
        new PutObjectCommand({ Bucket: UPLOADS, Key: key, Body: bytes, Metadata: metadata }),
      );
    },
    async keys(prefix) {
      return (await store.list(LAKE, prefix)).map((head) => head.key);
    },
    async close() {
      client.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
