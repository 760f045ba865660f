import type { S3Client } from '@aws-sdk/client-s3';
import { createS3Client } from '../lib/lake/s3-object-store.ts';

/** Client of the embedded S3 server; its key is the one that server checks presigned URLs with. */
export function connectS3(url: string): S3Client {
  return createS3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  });
}
