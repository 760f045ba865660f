import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectLocation } from './engine.ts';

const VALID_SECONDS = 900;

/** URL that downloads an object under a file name, without credentials, for a quarter of an hour. */
export async function presignDownload(
  client: S3Client,
  { bucket, key }: ObjectLocation,
  fileName: string,
  contentType: string,
): Promise<string> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ResponseContentType: contentType,
    ResponseContentDisposition: `attachment; filename="${fileName}"`,
  });
  return await getSignedUrl(client, command, { expiresIn: VALID_SECONDS });
}
