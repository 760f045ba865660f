import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { HttpMethods, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { EXPORTS_PREFIX } from '../exports/export-keys.ts';
import { GATE_PREFIX } from '../lake/gate-keys.ts';
import { CALLS_PREFIX, SESSIONS_PREFIX, STATS_NOTES_PREFIX, STATS_PREFIX } from '../lake/keys.ts';
import type { StackOptions } from './options.ts';
import type { ServiceFunction } from './service-function.ts';
import { Store } from './store.ts';

/** They can be made again at any time. */
const EXPORTS_KEPT = Duration.days(1);

/** Where the sessions lie: Parquet files of calls, and a manifest for each session. */
export class Lake extends Construct {
  readonly bucket: Store;

  constructor(scope: Construct, id: string, props: { options: StackOptions; accessLogs: IBucket }) {
    super(scope, id);
    const { corsOrigin } = props.options;
    this.bucket = new Store(this, 'Bucket', {
      accessLogs: props.accessLogs,
      // Exports are fetched by a redirect to this bucket.
      cors: corsOrigin
        ? [{ allowedOrigins: [corsOrigin], allowedMethods: [HttpMethods.GET] }]
        : undefined,
      lifecycleRules: [{ id: 'old-exports', prefix: EXPORTS_PREFIX, expiration: EXPORTS_KEPT }],
    });
  }

  /** Lets the function write and replace sessions. */
  bindWriter(fn: ServiceFunction): void {
    fn.addEnvironment('LAKE_BUCKET', this.bucket.bucketName);
    fn.allowObjects(this.bucket, CALLS_PREFIX, [
      's3:PutObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
    ]);
    fn.allowObjects(this.bucket, SESSIONS_PREFIX, [
      's3:GetObject',
      's3:PutObject',
      's3:DeleteObject',
    ]);
    fn.allowObjects(this.bucket, STATS_PREFIX, [
      's3:PutObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
    ]);
    fn.allowObjects(this.bucket, STATS_NOTES_PREFIX, ['s3:PutObject', 's3:DeleteObject']);
    fn.allowList(this.bucket, [CALLS_PREFIX, SESSIONS_PREFIX, STATS_NOTES_PREFIX]);
  }

  /** Lets the function read sessions. */
  bindReader(fn: ServiceFunction): void {
    fn.addEnvironment('LAKE_BUCKET', this.bucket.bucketName);
    fn.allowObjects(this.bucket, CALLS_PREFIX, ['s3:GetObject']);
    fn.allowObjects(this.bucket, SESSIONS_PREFIX, ['s3:GetObject']);
    fn.allowList(this.bucket, [SESSIONS_PREFIX]);
  }

  /** Lets the queries that the function starts find the files of their tables, and read statistics. */
  bindQueries(fn: ServiceFunction): void {
    fn.allowObjects(this.bucket, STATS_PREFIX, ['s3:GetObject']);
    fn.allowList(this.bucket, [CALLS_PREFIX, STATS_PREFIX]);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation'],
        resources: [this.bucket.bucketArn],
      }),
    );
  }

  /** Lets the function keep verdicts on sessions. */
  bindGate(fn: ServiceFunction): void {
    fn.allowObjects(this.bucket, GATE_PREFIX, ['s3:GetObject', 's3:PutObject']);
    fn.allowList(this.bucket, [GATE_PREFIX]);
  }

  /** Lets the function make exports of sessions. */
  bindExporter(fn: ServiceFunction): void {
    this.bindReader(fn);
    fn.allowObjects(this.bucket, EXPORTS_PREFIX, ['s3:PutObject', 's3:AbortMultipartUpload']);
  }

  /** Lets the function hand out exports, and write down that one is being made. */
  bindExports(fn: ServiceFunction): void {
    fn.allowObjects(this.bucket, EXPORTS_PREFIX, ['s3:GetObject', 's3:PutObject']);
    fn.allowList(this.bucket, [EXPORTS_PREFIX]);
  }
}
