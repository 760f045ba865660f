import { describe, expect, test } from 'vitest';
import { loadViews } from '../../lib/reports/catalogue.ts';
import { grantsOf } from './rights.ts';
import { findOne, ofType, synthesize } from './synthesized.ts';

const template = synthesize();
const uploads = arnOf('AWS::S3::Bucket', 'UploadsBucket');
const lake = arnOf('AWS::S3::Bucket', 'LakeBucket');
const results = arnOf('AWS::S3::Bucket', 'AthenaResults');
const queue = arnOf('AWS::SQS::Queue', 'UploadsQueue');
const exporter = arnOf('AWS::Lambda::Function', 'ExportsFunction');
const tables = [
  'calls',
  'calls_all',
  'call_stats',
  'sessions',
  ...loadViews().map(({ name }) => name),
];
const lists = ofType(template, 'AWS::SSM::Parameter').map(([id]) => id);

/** What a function is for, the resource it needs for that, and what it does there. */
type Need = [what: string, resource: string, ...actions: string[]];

const reading: Need[] = [
  ['read the calls', `${lake}/calls/*`, 's3:GetObject'],
  ['read manifests', `${lake}/sessions/*`, 's3:GetObject'],
  ['list sessions, tell a missing one', `${lake} below sessions/*`, 's3:ListBucket'],
];

/** Everything each function does; whatever else it were allowed is too much. */
const needs: Record<string, Need[]> = {
  IngestFunction: [
    ['be called with messages', queue, 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
    ['be called by Lambda at all', queue, 'sqs:GetQueueAttributes'],
    ['have a message again soon', queue, 'sqs:ChangeMessageVisibility'],
    ['look at logs', `${uploads}/logs/*`, 's3:GetObject'],
    ['read the very version it looked at', `${uploads}/logs/*`, 's3:GetObjectVersion'],
    ['find the files of -ff, tell a missing one', `${uploads} below logs/*`, 's3:ListBucket'],
    ['write calls', `${lake}/calls/*`, 's3:PutObject', 's3:AbortMultipartUpload'],
    ['remove replaced calls', `${lake}/calls/*`, 's3:DeleteObject'],
    ['find replaced calls', `${lake} below calls/*`, 's3:ListBucket'],
    ['keep manifests', `${lake}/sessions/*`, 's3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    ['tell a missing manifest', `${lake} below sessions/*`, 's3:ListBucket'],
    ['write statistics', `${lake}/call_stats/*`, 's3:PutObject', 's3:AbortMultipartUpload'],
    ['remove replaced statistics', `${lake}/call_stats/*`, 's3:DeleteObject'],
    ['note where they lie', `${lake}/call_stats_of/*`, 's3:PutObject', 's3:DeleteObject'],
    ['find those notes', `${lake} below call_stats_of/*`, 's3:ListBucket'],
  ],
  ExportsFunction: [
    ...reading,
    ['write exports', `${lake}/results/exports/*`, 's3:PutObject', 's3:AbortMultipartUpload'],
  ],
  ApiReport: [
    ...reading,
    ['query the files', `${lake} below calls/*`, 's3:ListBucket'],
    ['query statistics', `${lake}/call_stats/*`, 's3:GetObject'],
    ['list the sessions of days', `${lake} below call_stats/*`, 's3:ListBucket'],
    ['query the bucket', lake, 's3:GetBucketLocation'],
    ['hand out exports', `${lake}/results/exports/*`, 's3:GetObject'],
    ['write down that one is made', `${lake}/results/exports/*`, 's3:PutObject'],
    ['tell a missing one', `${lake} below results/exports/*`, 's3:ListBucket'],
    ['keep verdicts', `${lake}/gate/*`, 's3:GetObject', 's3:PutObject'],
    ['tell a missing verdict', `${lake} below gate/*`, 's3:ListBucket'],
    ['have exports made', exporter, 'lambda:InvokeFunction'],
    ...['catalog', 'database/stracelake', ...tables.map((name) => `table/stracelake/${name}`)].map(
      (path): Need => [
        `query ${path}`,
        accountArn('glue', `:${path}`),
        'glue:GetDatabase',
        'glue:GetTable',
        'glue:GetPartitions',
      ],
    ),
    ...['catalog', 'database/default'].map(
      (path): Need => [
        `ask Athena at all: ${path}`,
        accountArn('glue', `:${path}`),
        'glue:GetDatabase',
        'glue:CreateDatabase',
      ],
    ),
    ...lists.map(
      (id): Need => [
        'find the reports',
        accountArn('ssm', `:parameter\${${id}}`),
        'ssm:GetParameter',
      ],
    ),
    [
      'run the reports in one workgroup',
      accountArn('athena', ':workgroup/stracelake'),
      'athena:BatchGetNamedQuery',
      'athena:StartQueryExecution',
      'athena:GetQueryExecution',
      'athena:GetQueryResults',
    ],
    [
      'have results written, hand them out',
      `${results}/*`,
      's3:GetObject',
      's3:PutObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ],
    [
      'have results written there',
      results,
      's3:GetBucketLocation',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
    ],
  ],
  ApiUpload: [['sign uploads', `${uploads}/logs/*`, 's3:PutObject']],
  ApiHealth: [],
};

describe.each(Object.entries(needs))('%s', (name, own) => {
  test('may do what it does, and nothing else', () => {
    expect(grantsOf(template, name)).toEqual(linesOf([...own, ...common(name)]).sort());
  });
});

test('are all the functions that there are', () => {
  const functions = ofType(template, 'AWS::Lambda::Function').map(([id]) => id);
  const known = Object.keys(needs).map((name) => findOne(template, 'AWS::Lambda::Function', name));
  expect(functions.sort()).toEqual(known.map(([id]) => id).sort());
});

/** What every function does: its log, and traces, which belong to no resource. */
function common(name: string): Need[] {
  const log = arnOf('AWS::Logs::LogGroup', name);
  return [
    ['write its log', log, 'logs:CreateLogStream', 'logs:PutLogEvents'],
    ['be traced', '*', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  ];
}

function linesOf(all: Need[]): string[] {
  return all.flatMap(([, resource, ...actions]) => {
    const [arn, below] = resource.split(' below ');
    return actions.map((action) => `${action} on ${arn}${below ? ` below ${below}` : ''}`);
  });
}

function arnOf(type: string, part: string): string {
  return `\${${findOne(template, type, part)[0]}.Arn}`;
}

function accountArn(service: string, rest: string): string {
  return `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}${rest}`;
}
