import { expect, test } from 'vitest';
import { callColumns } from '../../lib/lake/columns.ts';
import { callsPrefix, LOGS_PREFIX, manifestKey, partKey, statsKey } from '../../lib/lake/keys.ts';
import { sessionColumns } from '../../lib/lake/session-columns.ts';
import { statsColumns } from '../../lib/lake/stats-columns.ts';
import { loadViews } from '../../lib/reports/catalogue.ts';
import { findOne, ofType, type Resource, synthesize, textOf } from './synthesized.ts';

const template = synthesize();

test('tells the ingest queue of every object created below the logs prefix', () => {
  const [, bucket] = findOne(template, 'AWS::S3::Bucket', 'UploadsBucket');
  const [queueId, queue] = ingestQueue();
  expect(bucket.Properties.NotificationConfiguration.QueueConfigurations).toEqual([
    {
      Event: 's3:ObjectCreated:*',
      Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: LOGS_PREFIX }] } },
      Queue: { 'Fn::GetAtt': [queueId, 'Arn'] },
    },
  ]);
  expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
});

test('lets S3 send to the ingest queue before the bucket is made, from this account only', () => {
  const [queueId] = ingestQueue();
  const policies = ofType(template, 'AWS::SQS::QueuePolicy').filter(([, policy]) =>
    policy.Properties.Queues.some((queue: { Ref: string }) => queue.Ref === queueId),
  );
  expect(policies).toHaveLength(1);
  const [[policyId, policy]] = policies;
  const send = policy.Properties.PolicyDocument.Statement.filter(
    (statement: { Action: string }) => statement.Action === 'sqs:SendMessage',
  );
  expect(send).toEqual([
    {
      Action: 'sqs:SendMessage',
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Resource: { 'Fn::GetAtt': [queueId, 'Arn'] },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ]);
  const [, bucket] = findOne(template, 'AWS::S3::Bucket', 'UploadsBucket');
  expect([bucket.DependsOn].flat()).toContain(policyId);
});

test('tries a log three times, each longer than an ingest may take, then keeps its message', () => {
  const [queueId, queue] = ingestQueue();
  const [deadLettersId, deadLetters] = findOne(template, 'AWS::SQS::Queue', 'DeadLetters');
  const [ingestId, ingest] = findOne(template, 'AWS::Lambda::Function', 'Ingest');
  expect(queue.Properties.RedrivePolicy).toEqual({
    deadLetterTargetArn: { 'Fn::GetAtt': [deadLettersId, 'Arn'] },
    maxReceiveCount: 3,
  });
  expect(deadLetters.Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  expect(queue.Properties.VisibilityTimeout).toBe(6 * ingest.Properties.Timeout);
  const [, mapping] = findOne(template, 'AWS::Lambda::EventSourceMapping');
  expect(mapping.Properties).toMatchObject({
    EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
    FunctionName: { Ref: ingestId },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 10 },
  });
});

test('keeps every bucket private, encrypted, over TLS and alive after the stack', () => {
  const buckets = ofType(template, 'AWS::S3::Bucket');
  expect(buckets.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
    'AccessLogs',
    'AthenaResults',
    'LakeBucket',
    'UploadsBucket',
  ]);
  for (const [id, bucket] of buckets) {
    expect(bucket.Properties.PublicAccessBlockConfiguration, id).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket.Properties.BucketEncryption, id).toBeDefined();
    expect(bucket.DeletionPolicy, id).toBe('Retain');
    expect(isTlsEnforced(id), id).toBe(true);
    expect(bucket.Properties.LifecycleConfiguration.Rules, id).toContainEqual(
      expect.objectContaining({
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        Status: 'Enabled',
      }),
    );
  }
});

test('keeps who read what of each bucket under a prefix of its own', () => {
  const logging = ofType(template, 'AWS::S3::Bucket').flatMap(
    ([, { Properties }]) => Properties.LoggingConfiguration?.LogFilePrefix ?? [],
  );
  expect(logging.sort()).toEqual(['athena/', 'lake/', 'uploads/']);
});

test('keeps versions of logs and forgets them after the days chosen', () => {
  const [, bucket] = findOne(synthesize({ logDays: '30' }), 'AWS::S3::Bucket', 'UploadsBucket');
  expect(bucket.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
  expect(bucket.Properties.LifecycleConfiguration.Rules).toContainEqual(
    expect.objectContaining({ Prefix: LOGS_PREFIX, ExpirationInDays: 30, Status: 'Enabled' }),
  );
});

test('never lets a session expire', () => {
  const [, bucket] = findOne(template, 'AWS::S3::Bucket', 'LakeBucket');
  const rules = bucket.Properties.LifecycleConfiguration.Rules as Record<string, unknown>[];
  const expiring = rules.filter((rule) => 'ExpirationInDays' in rule);
  expect(expiring.map(({ Prefix }) => Prefix)).toEqual(['results/exports/']);
});

test('finds the partition of a session where the writer puts its files', () => {
  const { Parameters, StorageDescriptor, PartitionKeys } = tableInput('calls');
  expect(Parameters).toMatchObject({
    'projection.enabled': 'true',
    'projection.session.type': 'injected',
  });
  expect(PartitionKeys).toMatchObject([{ Name: 'session', Type: 'string' }]);
  const folder = lakePath(textOf(Parameters['storage.location.template']));
  expect(folder.replace(/\$\{session\}/, 'ci.42.app')).toBe(callsPrefix('ci.42.app'));
  expect(partKey('ci.42.app', 0, '0a1b2c3d').startsWith(callsPrefix('ci.42.app'))).toBe(true);
  expect(callsPrefix('x').startsWith(lakePath(textOf(StorageDescriptor.Location)))).toBe(true);
});

test('declares the columns of calls once: all in the files, session as partition', () => {
  const columns = callColumns.map(({ name, type, comment }) => ({
    Name: name,
    Type: type,
    Comment: comment,
  }));
  const calls = tableInput('calls');
  expect(calls.StorageDescriptor.Columns).toEqual(columns.filter((c) => c.Name !== 'session'));
  const all = tableInput('calls_all');
  expect(all.StorageDescriptor.Columns).toEqual(columns);
  expect(all.PartitionKeys).toBeUndefined();
  expect(textOf(all.StorageDescriptor.Location)).toBe(textOf(calls.StorageDescriptor.Location));
});

test('finds the partition of a day where the writer puts its statistics', () => {
  const { Parameters, StorageDescriptor, PartitionKeys } = tableInput('call_stats');
  expect(Parameters).toMatchObject({
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy-MM-dd',
    'projection.day.range': '2000-01-01,NOW+2DAYS',
  });
  expect(PartitionKeys).toMatchObject([{ Name: 'day', Type: 'string' }]);
  const folder = lakePath(textOf(Parameters['storage.location.template']));
  const key = statsKey({ day: '2026-11-23', session: 'app', generation: '0a1b2c3d' });
  expect(key.startsWith(folder.replace(/\$\{day\}/, '2026-11-23'))).toBe(true);
  expect(key.startsWith(lakePath(textOf(StorageDescriptor.Location)))).toBe(true);
  const columns = statsColumns.map(({ name, type, comment }) => ({
    Name: name,
    Type: type,
    Comment: comment,
  }));
  expect(StorageDescriptor.Columns).toEqual(columns.filter(({ Name }) => Name !== 'day'));
});

test('reads the manifests as the table sessions', () => {
  const { StorageDescriptor } = tableInput('sessions');
  expect(manifestKey('x').startsWith(lakePath(textOf(StorageDescriptor.Location)))).toBe(true);
  expect(StorageDescriptor.SerdeInfo.SerializationLibrary).toBe(
    'org.openx.data.jsonserde.JsonSerDe',
  );
  expect(StorageDescriptor.Columns).toEqual(
    Object.entries(sessionColumns).map(([name, type]) => ({ Name: name, Type: type })),
  );
});

test('gives every table a type, without which DDL on it fails', () => {
  const views = loadViews().map(({ name }) => name);
  for (const [id, table] of ofType(template, 'AWS::Glue::Table')) {
    const { Name, TableType } = table.Properties.TableInput;
    expect(TableType, id).toBe(views.includes(Name) ? 'VIRTUAL_VIEW' : 'EXTERNAL_TABLE');
  }
});

function ingestQueue(): [string, Resource] {
  const queues = ofType(template, 'AWS::SQS::Queue').filter(([id]) => !id.includes('DeadLetters'));
  expect(queues).toHaveLength(1);
  return queues[0];
}

function isTlsEnforced(bucketId: string): boolean {
  return ofType(template, 'AWS::S3::BucketPolicy')
    .filter(([, policy]) => policy.Properties.Bucket.Ref === bucketId)
    .some(([, policy]) =>
      policy.Properties.PolicyDocument.Statement.some(
        (statement: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
          statement.Effect === 'Deny' &&
          statement.Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ),
    );
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties are free-form JSON.
function tableInput(name: string): any {
  const tables = ofType(template, 'AWS::Glue::Table').map(([, t]) => t.Properties.TableInput);
  return tables.find((table) => table.Name === name);
}

function lakePath(location: string): string {
  const [bucketId] = findOne(template, 'AWS::S3::Bucket', 'LakeBucket');
  const bucket = `s3://\${${bucketId}}/`;
  expect(location.startsWith(bucket)).toBe(true);
  return location.slice(bucket.length);
}
