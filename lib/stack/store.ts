import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** What makes one bucket of the service differ from the others. */
export interface StoreProps {
  /** Bucket that keeps a line for every access to this one; undefined for that bucket itself. */
  accessLogs?: IBucket;
  versioned?: boolean;
  lifecycleRules?: LifecycleRule[];
  cors?: BucketProps['cors'];
}

/**
 * A bucket as all of the service's are: private, encrypted, over TLS only, kept when the stack is
 * destroyed, unfinished multipart uploads dropped after a day.
 */
export class Store extends Bucket {
  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
      versioned: props.versioned,
      cors: props.cors,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: props.accessLogs ? `${scope.node.id.toLowerCase()}/` : undefined,
      lifecycleRules: [
        { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...(props.lifecycleRules ?? []),
      ],
    });
  }
}

/** The bucket that takes the access logs of the others; it forgets them after 90 days. */
export class AccessLogs extends Store {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [{ id: 'old-access-logs', expiration: Duration.days(90) }],
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'This bucket takes the access logs; logging into itself would never end.',
    });
  }
}
