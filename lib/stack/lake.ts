import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CALLS_PREFIX, SESSIONS_PREFIX } from '../lake/keys.ts';
import type { ServiceFunction } from './service-function.ts';
import { Store } from './store.ts';

/** Where the sessions lie: Parquet files of calls, and a manifest for each session. */
export class Lake extends Construct {
  readonly bucket: Store;

  constructor(scope: Construct, id: string, props: { accessLogs: IBucket }) {
    super(scope, id);
    this.bucket = new Store(this, 'Bucket', { accessLogs: props.accessLogs });
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
    fn.allowList(this.bucket, [CALLS_PREFIX, SESSIONS_PREFIX]);
  }

  /** Lets the function, and the queries it starts, read sessions. */
  bindReader(fn: ServiceFunction): void {
    fn.addEnvironment('LAKE_BUCKET', this.bucket.bucketName);
    fn.allowObjects(this.bucket, CALLS_PREFIX, ['s3:GetObject']);
    fn.allowObjects(this.bucket, SESSIONS_PREFIX, ['s3:GetObject']);
    fn.allowList(this.bucket, [CALLS_PREFIX, SESSIONS_PREFIX]);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation'],
        resources: [this.bucket.bucketArn],
      }),
    );
  }
}
