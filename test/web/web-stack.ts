import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { UPLOADS_BUCKET } from '../../local/data-folder.ts';
import { connectS3 } from '../../local/s3-client.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';

/** The embedded stack on free ports and a folder of its own, with the sample in it. */
export interface WebStack {
  url: string;
  /** Origins that the page may talk to. */
  hosts: string[];
  /** Puts a log into the uploads bucket and waits until it was read. */
  upload(key: string, body: Buffer | string, metadata?: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the stack; its sample is ready when it returns. */
export async function startWebStack(): Promise<WebStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stracelake-web-'));
  const stack: LocalStack = await startStack({
    dataDir,
    host: '127.0.0.1',
    s3Port: 0,
    httpPort: 0,
  });
  const s3 = connectS3(stack.s3Url);
  await stack.idle();
  return {
    url: stack.apiUrl,
    hosts: [stack.apiUrl, stack.s3Url],
    upload: async (key, body, metadata) => {
      const object = { Bucket: UPLOADS_BUCKET, Key: `logs/${key}`, Body: body, Metadata: metadata };
      await s3.send(new PutObjectCommand(object));
      await stack.idle();
    },
    stop: async () => {
      s3.destroy();
      await stack.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A log of so many calls by four threads, some of which fail; about 80 bytes a call. */
export function longLog(calls: number): string {
  const lines = [
    '100 10:00:00.000000 execve("/bin/work", ["work"], 0x7ffc /* 1 var */) = 0 <0.001>',
  ];
  for (let i = 1; i <= calls; i++) {
    const pid = 100 + (i % 4);
    const time = new Date(Date.UTC(2026, 10, 23, 10) + i).toISOString().slice(11, 23);
    lines.push(`${pid} ${time}${String(i % 1000).padStart(3, '0')} ${callOf(i)}`);
  }
  return `${lines.join('\n')}\n`;
}

function callOf(i: number): string {
  const duration = `<0.000${String(1 + (i % 900)).padStart(3, '0')}>`;
  if (i % 10 === 0)
    return `openat(AT_FDCWD, "/data/none${i % 97}", O_RDONLY) = -1 ENOENT (No such file or directory) ${duration}`;
  if (i % 3 === 0) return `read(3</data/file${i % 50}>, "x", 4096) = ${i % 4096} ${duration}`;
  return `write(4</data/out${i % 7}>, "x", 100) = 100 ${duration}`;
}
