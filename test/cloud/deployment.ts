import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { zipSync } from 'fflate';
import type { Emulator } from './emulator.ts';
import { root } from './tools.ts';

const run = promisify(execFile);
const PLACEHOLDERS = { AccountId: '000000000000', Region: 'us-east-1', Partition: 'aws' };

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation templates are free-form JSON.
export type Template = { Resources: Record<string, any> } & Record<string, any>;

/** Synthesizes the app as a deployment would (`cdk synth`), functions bundled, into a folder. */
export async function synthesizeApp(folder: string, context: string[] = []): Promise<void> {
  const options = context.flatMap((pair) => ['-c', pair]);
  await run('npx', ['cdk', 'synth', '-q', '-o', folder, ...options], { cwd: root });
}

/**
 * Deploys a synthesized stack to the emulator: assets, then the template as CloudFormation takes it;
 * returns its outputs. `change` may alter the template before.
 */
export async function deployToEmulator(
  emulator: Emulator,
  folder: string,
  stackName: string,
  change: (template: Template) => void = () => {},
): Promise<Record<string, string>> {
  const template: Template = readJson(join(folder, `${stackName}.template.json`));
  await publishAssets(createS3(emulator), folder, stackName);
  fitToEmulator(template);
  change(template);
  return createStack(emulator, stackName, template);
}

/** Creates a stack of a template that needs no assets, or whose assets are there; returns its outputs. */
export async function createStack(
  emulator: Emulator,
  stackName: string,
  template: Template,
): Promise<Record<string, string>> {
  const object = { Bucket: 'templates', Key: `${stackName}.json` };
  const s3 = createS3(emulator);
  await s3.send(new CreateBucketCommand({ Bucket: object.Bucket }));
  await s3.send(new PutObjectCommand({ ...object, Body: JSON.stringify(template) }));
  const cloudFormation = new CloudFormationClient(clientOptions(emulator));
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: stackName,
      TemplateURL: `${emulator.endpoint}/${object.Bucket}/${object.Key}`,
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  return waitForOutputs(cloudFormation, stackName);
}

/** Client of the emulator's S3. */
export function createS3(emulator: Emulator): S3Client {
  return new S3Client({ ...clientOptions(emulator), forcePathStyle: true });
}

function clientOptions(emulator: Emulator) {
  return {
    endpoint: emulator.endpoint,
    region: PLACEHOLDERS.Region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}

async function publishAssets(s3: S3Client, folder: string, stackName: string): Promise<void> {
  const { files } = readJson(join(folder, `${stackName}.assets.json`)) as {
    files: Record<string, AssetFile>;
  };
  const destinations = Object.values(files).flatMap((file) =>
    Object.values(file.destinations).map((destination) => ({ file, destination })),
  );
  const bucket = fillIn(destinations[0].destination.bucketName);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const { file, destination } of destinations) {
    const path = join(folder, file.source.path);
    const Body = file.source.packaging === 'zip' ? zipFolder(path) : readFileSync(path);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: fillIn(destination.objectKey), Body }),
    );
  }
}

interface AssetFile {
  source: { path: string; packaging: 'zip' | 'file' };
  destinations: Record<string, { bucketName: string; objectKey: string }>;
}

function zipFolder(folder: string): Uint8Array {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const entries = names.map((name) => [name.slice(folder.length + 1), readFileSync(name)] as const);
  return zipSync(Object.fromEntries(entries), { level: 1 });
}

/** Alters what cannot be had on the emulator; the template tests hold these as they stand. */
function fitToEmulator(template: Template): void {
  delete template.Parameters?.BootstrapVersion;
  delete template.Rules;
  for (const resource of Object.values(template.Resources)) {
    // It speaks plain HTTP, so that a policy denying that would deny everything.
    if (/^AWS::(S3::Bucket|SQS::Queue|SNS::Topic)Policy$/.test(resource.Type)) {
      const policy = resource.Properties.PolicyDocument;
      policy.Statement = policy.Statement.filter(
        (statement: { Condition?: unknown }) =>
          !/aws:SecureTransport|s3:TlsVersion/.test(JSON.stringify(statement.Condition ?? {})),
      );
    }
    if (resource.Type === 'AWS::Lambda::Function') {
      resource.Properties.Environment.Variables.S3_FORCE_PATH_STYLE = 'true';
    }
  }
  removeResources(template, (resource) => {
    return resource.Properties?.PolicyDocument?.Statement?.length === 0;
  });
  // It knows no alarms on metric math.
  removeResources(template, ({ Type, Properties }) => {
    return Type === 'AWS::CloudWatch::Alarm' && Properties.Metrics !== undefined;
  });
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation resources are free-form JSON.
function removeResources(template: Template, isUnfit: (resource: any) => boolean): void {
  const ids = Object.keys(template.Resources).filter((id) => isUnfit(template.Resources[id]));
  for (const id of ids) delete template.Resources[id];
  for (const resource of Object.values(template.Resources)) {
    const dependsOn = [resource.DependsOn ?? []].flat().filter((id) => !ids.includes(id));
    resource.DependsOn = dependsOn;
  }
}

async function waitForOutputs(
  cloudFormation: CloudFormationClient,
  stackName: string,
): Promise<Record<string, string>> {
  for (;;) {
    const { Stacks } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: stackName }),
    );
    const { StackStatus: status, Outputs = [] } = Stacks![0];
    if (status === 'CREATE_COMPLETE') {
      return Object.fromEntries(Outputs.map((output) => [output.OutputKey!, output.OutputValue!]));
    }
    if (status !== 'CREATE_IN_PROGRESS') {
      const reasons = await failureReasons(cloudFormation, stackName);
      throw new Error(`stack not created: ${status}\n${reasons}`);
    }
    await delay(100);
  }
}

async function failureReasons(
  cloudFormation: CloudFormationClient,
  stackName: string,
): Promise<string> {
  const { StackEvents = [] } = await cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: stackName }),
  );
  return StackEvents.filter((event) => event.ResourceStatus?.endsWith('FAILED'))
    .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`)
    .join('\n');
}

function fillIn(text: string): string {
  return text.replace(/\$\{AWS::(\w+)\}/g, (_, name: keyof typeof PLACEHOLDERS) => {
    return PLACEHOLDERS[name];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: files of the cloud assembly are free-form JSON.
function readJson(path: string): any {
  return JSON.parse(readFileSync(path, 'utf8'));
}
