import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { dialect } from '../../local/duckdb-dialect.ts';
import type { Target } from '../contract/target.ts';
import { deployToEmulator, synthesizeApp, type Template } from './deployment.ts';
import { startEmulator } from './emulator.ts';

const STACK = 'Stracelake';

/** The whole stack, synthesized as for a deployment, on an emulator of its own. */
export interface EmulatedService extends Target {
  outputs: Record<string, string>;
  /** Address of the API, by path: no name needs to be resolved. */
  apiUrl: string;
  /** The emulator's log. */
  log(): string;
}

/** Starts the emulator and deploys the stack to it; `change` may alter the template before. */
export async function startEmulatedService(
  context: string[] = [],
  change?: (template: Template) => void,
): Promise<EmulatedService> {
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-cloud-'));
  writeFileSync(join(folder, 'bridge.sql'), dialect);
  const emulator = await startEmulator(join(folder, 'bridge.sql'));
  const stop = async () => {
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await synthesizeApp(join(folder, 'cdk.out'), context);
    const outputs = await deployToEmulator(emulator, join(folder, 'cdk.out'), STACK, change);
    const [apiId] = new URL(outputs.ApiUrl).hostname.split('.');
    const apiUrl = `${emulator.endpoint}/_aws/execute-api/${apiId}/$default`;
    const signer = new AwsClient({
      accessKeyId: emulator.environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: emulator.environment.AWS_SECRET_ACCESS_KEY,
      region: emulator.environment.AWS_REGION,
      service: 'execute-api',
      retries: 0,
    });
    return {
      outputs,
      apiUrl,
      environment: emulator.environment,
      uploadsBucket: outputs.UploadsBucket,
      lakeBucket: outputs.LakeBucket,
      queues: {
        ingestUrl: outputs.IngestQueueUrl,
        deadLetterUrl: outputs.DeadLetterQueueUrl,
      },
      request: (path, init) => signer.fetch(`${apiUrl}${path}`, { redirect: 'manual', ...init }),
      requestAnonymously: (path) => fetch(`${apiUrl}${path}`),
      log: () => emulator.log(),
      stop,
    };
  } catch (error) {
    const log = emulator.log();
    await stop();
    throw new Error(`service not deployed; the emulator's log ends:\n${log.slice(-3000)}`, {
      cause: error,
    });
  }
}
