import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnBucket, HttpMethods, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LOGS_PREFIX } from '../lake/keys.ts';
import type { StackOptions } from './options.ts';
import type { ServiceFunction } from './service-function.ts';
import { Store } from './store.ts';

/** Times a log is tried before its message goes to the dead letters. */
const TRIES = 3;

/** Where logs come in: the bucket, the queue of what was put there, and what could not be ingested. */
export class Uploads extends Construct {
  readonly bucket: Store;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly #options: StackOptions;

  constructor(
    scope: Construct,
    id: string,
    props: { options: StackOptions; accessLogs: IBucket; ingestTimeout: Duration },
  ) {
    super(scope, id);
    this.#options = props.options;
    this.bucket = this.#createBucket(props.accessLogs);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS's advice for a queue read by Lambda: room for the function's own retries.
      visibilityTimeout: Duration.seconds(6 * props.ingestTimeout.toSeconds()),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: TRIES },
    });
    this.#notifyQueue();
  }

  /** Lets the function read logs, and calls it with what the queue holds. */
  bindIngest(fn: ServiceFunction): void {
    fn.allowObjects(this.bucket, LOGS_PREFIX, ['s3:GetObject', 's3:GetObjectVersion']);
    fn.allowList(this.bucket, [LOGS_PREFIX]);
    fn.addEnvironment('INGEST_QUEUE_URL', this.queue.queueUrl);
    // Three that Lambda needs to call the function, and one that the function needs to try again soon.
    // CDK's SqsEventSource would add a fifth.
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:ChangeMessageVisibility',
        ],
        resources: [this.queue.queueArn],
      }),
    );
    fn.addEventSourceMapping('Uploads', {
      eventSourceArn: this.queue.queueArn,
      // One log a call: a long one cannot use up the time of the others in its batch.
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: this.#options.maxIngests,
    });
  }

  /** Lets the function sign uploads of logs. */
  bindUpload(fn: ServiceFunction): void {
    fn.addEnvironment('UPLOADS_BUCKET', this.bucket.bucketName);
    fn.allowObjects(this.bucket, LOGS_PREFIX, ['s3:PutObject']);
  }

  /** Lets pages of this origin upload with a signed URL. */
  allowOrigin(origin: string): void {
    this.bucket.addCorsRule({
      allowedOrigins: [origin],
      allowedMethods: [HttpMethods.PUT],
      allowedHeaders: ['*'],
      exposedHeaders: ['ETag'],
    });
  }

  #createBucket(accessLogs: IBucket): Store {
    const { corsOrigin, logDays } = this.#options;
    return new Store(this, 'Bucket', {
      accessLogs,
      versioned: true,
      lifecycleRules: [
        {
          id: 'raw-logs',
          prefix: LOGS_PREFIX,
          expiration: Duration.days(logDays),
          noncurrentVersionExpiration: Duration.days(7),
        },
        { id: 'empty-delete-markers', expiredObjectDeleteMarker: true },
      ],
      cors: corsOrigin
        ? [
            {
              allowedOrigins: [corsOrigin],
              allowedMethods: [HttpMethods.PUT],
              allowedHeaders: ['*'],
            },
          ]
        : undefined,
    });
  }

  // The bucket's own property rather than CDK's addEventNotification: no custom resource with its
  // Lambda and wide role. The bucket must then come after the policy that lets it send.
  #notifyQueue(): void {
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: LOGS_PREFIX }] } },
        },
      ],
    };
    const policy = this.queue.node.tryFindChild('Policy');
    if (policy) bucket.node.addDependency(policy);
  }
}
