import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { KeyRange, ObjectHead, ObjectStore } from './object-store.ts';

const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const DELETES_AT_ONCE = 1000;
const READ_ATTEMPTS = 4;

/** S3 client for the lake; checksums only where S3 asks for them, which every S3 server takes. */
export function createS3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...config,
  });
}

/** Objects in S3. Streams hold at most two parts of 8 MB; a read that breaks off goes on where it was. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  async head(bucket: string, key: string): Promise<ObjectHead | undefined> {
    try {
      const answer = await this.#client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return {
        key,
        etag: unquote(answer.ETag),
        versionId: answer.VersionId === 'null' ? undefined : answer.VersionId,
        size: answer.ContentLength ?? 0,
        lastModified: answer.LastModified ?? new Date(0),
        metadata: answer.Metadata ?? {},
      };
    } catch (error) {
      if (await this.#isMissing(error, bucket, key)) return undefined;
      throw error;
    }
  }

  async list(bucket: string, prefix: string, range?: KeyRange): Promise<ObjectHead[]> {
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: bucket, Prefix: prefix, StartAfter: range?.after },
    );
    const heads: ObjectHead[] = [];
    for await (const page of pages) {
      for (const item of page.Contents ?? []) {
        heads.push({
          key: item.Key ?? '',
          etag: unquote(item.ETag),
          size: item.Size ?? 0,
          lastModified: item.LastModified ?? new Date(0),
          metadata: {},
        });
      }
      if (range && (heads.at(-1)?.key ?? '') > range.until) break;
    }
    return heads;
  }

  async read(bucket: string, key: string, versionId?: string): Promise<Readable> {
    const first = await this.#get(bucket, key, versionId, 0);
    return Readable.from(this.#resume(bucket, key, versionId, first), { objectMode: false });
  }

  async readRange(
    bucket: string,
    key: string,
    start: number,
    length: number,
    versionId?: string,
  ): Promise<Uint8Array> {
    const answer = await this.#client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        Range: `bytes=${start}-${start + length - 1}`,
      }),
    );
    return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
  }

  async readText(bucket: string, key: string): Promise<string | undefined> {
    try {
      const answer = await this.#client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await answer.Body?.transformToString()) ?? '';
    } catch (error) {
      if (await this.#isMissing(error, bucket, key)) return undefined;
      throw error;
    }
  }

  async writeText(bucket: string, key: string, text: string, contentType: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType }),
    );
  }

  async writeStream(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array>,
    contentType: string,
  ): Promise<void> {
    const upload = new Upload({
      client: this.#client,
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
      params: {
        Bucket: bucket,
        Key: key,
        Body: Readable.from(body, { highWaterMark: 1 }),
        ContentType: contentType,
      },
    });
    await upload.done();
  }

  async remove(bucket: string, keys: string[]): Promise<void> {
    for (let from = 0; from < keys.length; from += DELETES_AT_ONCE) {
      const objects = keys.slice(from, from + DELETES_AT_ONCE).map((Key) => ({ Key }));
      const answer = await this.#client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
      );
      const failed = answer.Errors?.[0];
      if (failed) {
        throw new Error(`object could not be deleted (${failed.Code}): ${failed.Key}`);
      }
    }
  }

  /** S3 calls a missing object forbidden unless the caller may list the whole bucket. */
  async #isMissing(error: unknown, bucket: string, key: string): Promise<boolean> {
    if (error instanceof NoSuchKey || error instanceof NotFound) return true;
    if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 403) {
      return false;
    }
    return !(await this.list(bucket, key)).some((head) => head.key === key);
  }

  async #get(
    bucket: string,
    key: string,
    versionId: string | undefined,
    start: number,
    etag?: string,
  ): Promise<GetObjectCommandOutput> {
    return this.#client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        // Never goes on with another version of the object than the one it began with.
        IfMatch: etag,
        Range: start > 0 ? `bytes=${start}-` : undefined,
      }),
    );
  }

  async *#resume(
    bucket: string,
    key: string,
    versionId: string | undefined,
    first: GetObjectCommandOutput,
  ): AsyncGenerator<Uint8Array> {
    let answer = first;
    let position = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        for await (const chunk of answer.Body as Readable) {
          position += chunk.length;
          attempt = 1;
          yield chunk;
        }
        return;
      } catch (error) {
        if (attempt >= READ_ATTEMPTS || position >= (first.ContentLength ?? 0)) throw error;
        answer = await this.#get(bucket, key, versionId, position, first.ETag);
      }
    }
  }
}

function unquote(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
