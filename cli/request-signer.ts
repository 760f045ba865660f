import { AwsClient } from 'aws4fetch';
import { createS3Client } from '../lib/lake/s3-object-store.ts';
import type { Service } from './service-request.ts';

/** Region in an address of API Gateway (`https://abc.execute-api.eu-central-1.amazonaws.com`). */
export function regionOf(url: string): string | undefined {
  const { hostname } = new URL(url);
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(hostname)?.[1];
}

/** Signs requests with the AWS credentials of this machine (SigV4); undefined when there are none. */
export async function createSigner(region: string): Promise<Service['sign']> {
  // The credentials are found where the AWS CLI finds them.
  const { config } = createS3Client({ region });
  const credentials = await config.credentials().catch(() => undefined);
  if (!credentials) return undefined;
  const client = new AwsClient({ ...credentials, region, service: 'execute-api' });
  return (url, init) => client.sign(url, init);
}
