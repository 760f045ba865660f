import { expect, test } from 'vitest';
import { listablePrefixes, rightsOf } from './rights.ts';
import { findOne, synthesize } from './synthesized.ts';

const template = synthesize();
const uploads = arnOf('UploadsBucket');
const lake = arnOf('LakeBucket');
const results = arnOf('AthenaResults');

const log = `${uploads}/logs/app.log`;
const part = `${lake}/calls/session=app/part-00000-0a1b2c3d.parquet`;
const manifest = `${lake}/sessions/app.json`;
const exported = `${lake}/results/exports/app/0123.csv`;
const result = `${results}/1234.csv`;
const S3_ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'];

/** Everything each function may do to each kind of object: what is not here is refused. */
const allowed: Record<string, Record<string, string[]>> = {
  IngestFunction: {
    [log]: ['s3:GetObject'],
    [part]: ['s3:PutObject', 's3:DeleteObject'],
    [manifest]: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
  },
  ApiReport: {
    [part]: ['s3:GetObject'],
    [manifest]: ['s3:GetObject'],
    [exported]: ['s3:GetObject', 's3:PutObject'],
    [result]: ['s3:GetObject', 's3:PutObject'],
  },
  ExportsFunction: {
    [part]: ['s3:GetObject'],
    [manifest]: ['s3:GetObject'],
    [exported]: ['s3:PutObject'],
  },
  ApiUpload: { [log]: ['s3:PutObject'] },
  ApiHealth: {},
};

test.each(Object.keys(allowed))('grants %s the objects of its stage and no others', (name) => {
  const rights = rightsOf(template, name);
  const objects = [log, `${uploads}/other/x`, part, manifest, `${lake}/x`, exported, result];
  for (const object of objects) {
    const granted = S3_ACTIONS.filter((action) => rights.may(action, object));
    expect(granted, `${name} on ${object}`).toEqual(allowed[name][object] ?? []);
  }
});

test('lists only below the prefixes of the stage', () => {
  expect(listablePrefixes(template, 'IngestFunction', uploads)).toEqual(['logs/*']);
  expect(listablePrefixes(template, 'IngestFunction', lake)).toEqual(['calls/*', 'sessions/*']);
  expect(listablePrefixes(template, 'ApiReport', lake)).toEqual([
    'calls/*',
    'sessions/*',
    'results/exports/*',
  ]);
  expect(listablePrefixes(template, 'ExportsFunction', lake)).toEqual(['calls/*', 'sessions/*']);
  expect(listablePrefixes(template, 'ApiReport', uploads)).toEqual([]);
  expect(listablePrefixes(template, 'ApiUpload', uploads)).toEqual([]);
});

test('lets the report function run queries in its own workgroup only', () => {
  const report = rightsOf(template, 'ApiReport');
  const workGroup = (name: string) =>
    `arn:\${AWS::Partition}:athena:\${AWS::Region}:\${AWS::AccountId}:workgroup/${name}`;
  expect(report.may('athena:StartQueryExecution', workGroup('stracelake'))).toBe(true);
  expect(report.may('athena:StartQueryExecution', workGroup('primary'))).toBe(false);
  for (const name of ['IngestFunction', 'ExportsFunction', 'ApiUpload', 'ApiHealth']) {
    const foreign = rightsOf(template, name).actions.filter((action) =>
      /^(athena|glue):/.test(action),
    );
    expect(foreign, name).toEqual([]);
  }
});

test('lets the report function read the tables of its own database only, and change none', () => {
  const report = rightsOf(template, 'ApiReport');
  const table = (name: string) =>
    `arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:table/${name}`;
  for (const name of ['calls', 'calls_all', 'sessions', 'strace']) {
    expect(report.may('glue:GetTable', table(`stracelake/${name}`)), name).toBe(true);
  }
  expect(report.may('glue:GetTable', table('payroll/salaries'))).toBe(false);
  expect(report.actions.filter((action) => /^glue:(Create|Update|Delete)/.test(action))).toEqual(
    [],
  );
});

test('lets the report function start the export function, and nobody else any', () => {
  const [id] = findOne(template, 'AWS::Lambda::Function', 'ExportsFunction');
  expect(rightsOf(template, 'ApiReport').may('lambda:InvokeFunction', `\${${id}.Arn}`)).toBe(true);
  for (const name of ['IngestFunction', 'ExportsFunction', 'ApiUpload', 'ApiHealth'])
    expect(rightsOf(template, name).actions, name).not.toContain('lambda:InvokeFunction');
});

test('gives the health check nothing but its log and its traces', () => {
  expect([...new Set(rightsOf(template, 'ApiHealth').actions)].sort()).toEqual([
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
});

function arnOf(bucket: string): string {
  return `\${${findOne(template, 'AWS::S3::Bucket', bucket)[0]}.Arn}`;
}
