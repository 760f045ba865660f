import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { S3ObjectStore } from '../../lib/lake/s3-object-store.ts';

const s3 = mockClient(S3Client);
const store = new S3ObjectStore(new S3Client({ region: 'eu-central-1' }));
beforeEach(() => s3.reset());

const denied = new S3ServiceException({
  name: 'Forbidden',
  $fault: 'client',
  $metadata: { httpStatusCode: 403 },
});

/** A body that breaks off after some pieces. */
function bodyOf(pieces: string[], error?: Error) {
  const body = async function* () {
    for (const piece of pieces) yield Buffer.from(piece);
    if (error) throw error;
  };
  return Readable.from(body()) as unknown as GetObjectCommandOutput['Body'];
}

async function readAll(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

describe('S3ObjectStore.read', () => {
  it('goes on where a broken connection stopped, with the same version', async () => {
    const lost = new Error('socket hang up');
    s3.on(GetObjectCommand)
      .resolvesOnce({ Body: bodyOf(['abc', 'def'], lost), ETag: '"v1"', ContentLength: 9 })
      .resolvesOnce({ Body: bodyOf([], lost) })
      .resolvesOnce({ Body: bodyOf(['ghi']) });
    expect(await readAll(await store.read('b', 'k'))).toBe('abcdefghi');
    const requests = s3.commandCalls(GetObjectCommand).map((call) => call.args[0].input);
    expect(requests.map((input) => [input.Range, input.IfMatch])).toEqual([
      [undefined, undefined],
      ['bytes=6-', '"v1"'],
      ['bytes=6-', '"v1"'],
    ]);
  });

  it('gives up when no attempt gets further', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({
      Body: bodyOf([], new Error('socket hang up')),
      ContentLength: 9,
    }));
    await expect(readAll(await store.read('b', 'k'))).rejects.toThrow('socket hang up');
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(4);
  });
});

describe('S3ObjectStore without the right to list the whole bucket', () => {
  it('takes a forbidden object for missing when its key is not listed', async () => {
    s3.on(HeadObjectCommand).rejects(denied);
    s3.on(GetObjectCommand).rejects(denied);
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'sessions/app.json.other' }] });
    expect(await store.head('b', 'sessions/app.json')).toBeUndefined();
    expect(await store.readText('b', 'sessions/app.json')).toBeUndefined();
  });

  it('throws when the object is there and truly forbidden', async () => {
    s3.on(GetObjectCommand).rejects(denied);
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'sessions/app.json' }] });
    await expect(store.readText('b', 'sessions/app.json')).rejects.toBe(denied);
  });
});
