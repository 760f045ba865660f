import { createReadStream } from 'node:fs';
import { Upload } from '@aws-sdk/lib-storage';
import { createS3Client } from '../lib/lake/s3-object-store.ts';
import { sessionIdOf } from '../lib/lake/session-id.ts';
import { WorkError } from './errors.ts';
import { type Transport, unquote } from './upload-transport.ts';

/** Uploads straight to S3 with AWS credentials, of any size. */
export function createBucketTransport(bucket: string): Transport {
  const hasEndpoint = process.env.AWS_ENDPOINT_URL ?? process.env.AWS_ENDPOINT_URL_S3;
  const client = createS3Client({ forcePathStyle: hasEndpoint !== undefined });
  return async ({ path }, key, metadata, onBytes) => {
    const upload = new Upload({
      client,
      params: { Bucket: bucket, Key: key, Metadata: metadata, Body: createReadStream(path) },
    });
    let sent = 0;
    upload.on('httpUploadProgress', ({ loaded = 0 }) => {
      onBytes(loaded - sent);
      sent = loaded;
    });
    try {
      const { ETag: etag = '' } = await upload.done();
      return { key, etag: unquote(etag), session: metadata.session ?? sessionIdOf(key) };
    } catch (error) {
      const { name, message } = error as Error;
      throw new WorkError(`upload to s3://${bucket}/${key} failed (${name}: ${message})`);
    }
  };
}
