import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAKE_BUCKET, UPLOADS_BUCKET } from '../../local/data-folder.ts';
import { startStack } from '../../local/stack.ts';
import { describeContract } from './contract.ts';
import type { Target } from './target.ts';

describeContract('the embedded stack', startEmbedded);

async function startEmbedded(): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stracelake-embedded-'));
  const stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
  return {
    environment: {
      AWS_ENDPOINT_URL: stack.s3Url,
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
    uploadsBucket: UPLOADS_BUCKET,
    lakeBucket: LAKE_BUCKET,
    request: (path, init) => fetch(`${stack.apiUrl}${path}`, { redirect: 'manual', ...init }),
    stop: async () => {
      await stack.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
