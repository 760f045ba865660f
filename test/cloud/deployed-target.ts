import { AwsClient } from 'aws4fetch';
import type { Target } from '../contract/target.ts';
import { runAws } from './aws-cli.ts';

/**
 * A stack deployed to AWS with auth=iam, reached with the credentials of the environment; what the
 * tests upload stays there until it expires.
 */
export async function startDeployedService(stackName: string): Promise<Target> {
  const environment = { AWS_REGION: required('AWS_REGION') };
  const signer = new AwsClient({
    accessKeyId: required('AWS_ACCESS_KEY_ID'),
    secretAccessKey: required('AWS_SECRET_ACCESS_KEY'),
    sessionToken: process.env.AWS_SESSION_TOKEN,
    region: environment.AWS_REGION,
    service: 'execute-api',
    retries: 0,
  });
  const text = await runAws(environment, [
    'cloudformation',
    'describe-stacks',
    '--stack-name',
    stackName,
    '--output',
    'json',
  ]);
  const [{ Outputs }] = JSON.parse(text).Stacks as [{ Outputs: Output[] }];
  const outputs = Object.fromEntries(Outputs.map((o) => [o.OutputKey, o.OutputValue]));
  return {
    environment,
    uploadsBucket: outputs.UploadsBucket,
    lakeBucket: outputs.LakeBucket,
    queues: { ingestUrl: outputs.IngestQueueUrl, deadLetterUrl: outputs.DeadLetterQueueUrl },
    request: (path, init) =>
      signer.fetch(`${outputs.ApiUrl}${path}`, { redirect: 'manual', ...init }),
    requestAnonymously: (path) => fetch(`${outputs.ApiUrl}${path}`),
    stop: async () => {},
  };
}

interface Output {
  OutputKey: string;
  OutputValue: string;
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable not set: ${name} (aws configure export-credentials)`);
}
