import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { convertLog } from '../lib/lake/convert-log.ts';
import {
  giveUpSession,
  type IngestOutcome,
  type IngestPorts,
  ingestSession,
} from '../lib/lake/ingest-session.ts';
import { redactionOf } from '../lib/lake/redaction-setting.ts';
import { createS3Client, S3ObjectStore } from '../lib/lake/s3-object-store.ts';
import { sessionIdOf } from '../lib/lake/session-id.ts';
import { readWithin } from '../lib/lake/time-limit.ts';
import { uploadsOf } from '../lib/lake/uploads.ts';

const MAX_RECEIVES = 3;
const RETRY_SECONDS = 30;
/** What an ingest may need after the last line was read, and to say that it failed. */
const RESERVE_MS = 60_000;

const logger = new Logger({ serviceName: 'ingest' });
const tracer = new Tracer({ serviceName: 'ingest', captureHTTPsRequests: false });
const metrics = new Metrics({ serviceName: 'ingest' });
const sqs = new SQSClient({});
const s3 = tracer.captureAWSv3Client(
  createS3Client({ forcePathStyle: process.env.S3_FORCE_PATH_STYLE === 'true' }),
);

/** What the ingest works with; the cloud and the embedded stack each make their own. */
export interface IngestDeps extends IngestPorts {
  /** Deliveries of a message after which errors end in a `failed` manifest. */
  maxReceives: number;
  /** Told how each ingest ended, and how many milliseconds it took. */
  onOutcome?(key: string, outcome: IngestOutcome, milliseconds: number): void;
  /** Has the message of a failed log delivered again after so many seconds, not at the queue's leisure. */
  redeliver?(record: SQSRecord, seconds: number): Promise<void>;
  /** Told of each error that a retry may mend. */
  onError?(key: string, error: unknown): void;
}

/**
 * Ingests the logs named in a batch of SQS messages, one after another, each S3 event
 * notifications. Messages whose logs failed are reported back, to be tried again or set aside.
 */
export async function ingest(event: SQSEvent, deps: IngestDeps): Promise<SQSBatchResponse> {
  const outcomes = new Map<string, Promise<IngestOutcome>>();
  return await processPartialResponse(
    event,
    (record: SQSRecord) => ingestRecord(record, deps, outcomes),
    new BatchProcessor(EventType.SQS),
    { processInParallel: false, throwOnFullBatchFailure: false },
  );
}

async function ingestRecord(
  record: SQSRecord,
  deps: IngestDeps,
  outcomes: Map<string, Promise<IngestOutcome>>,
): Promise<void> {
  const failures: unknown[] = [];
  let wait = 0;
  for (const { bucket, key } of uploadsOf(record.body)) {
    try {
      const session = sessionIdOf(key);
      const ingesting = outcomes.get(session) ?? ingestUpload(record, bucket, key, deps);
      outcomes.set(session, ingesting);
      const outcome = await ingesting;
      if (outcome.status === 'failed') failures.push(outcome.manifest.failure?.title);
    } catch (error) {
      failures.push(error);
      wait = RETRY_SECONDS * Number(record.attributes.ApproximateReceiveCount);
    }
  }
  if (failures.length === 0) return;
  // A log that was refused is refused again: nothing to wait for on its way to the dead letters.
  await deps.redeliver?.(record, wait);
  throw new Error(`logs not ingested: ${failures.join('; ')}`);
}

async function ingestUpload(
  record: SQSRecord,
  bucket: string,
  key: string,
  deps: IngestDeps,
): Promise<IngestOutcome> {
  const start = performance.now();
  try {
    const outcome = await ingestSession(deps, bucket, key);
    deps.onOutcome?.(key, outcome, performance.now() - start);
    return outcome;
  } catch (error) {
    deps.onError?.(key, error);
    if (Number(record.attributes.ApproximateReceiveCount) >= deps.maxReceives) {
      const reason = `The ingest failed ${deps.maxReceives} times, lastly with: ${error}`;
      await giveUpSession(deps, bucket, key, reason);
    }
    throw error;
  }
}

function measure(key: string, outcome: IngestOutcome, milliseconds: number): void {
  metrics.addMetric('ingests', MetricUnit.Count, 1);
  if (outcome.status === 'gone') {
    logger.info('log is gone', { key });
    return;
  }
  const { session, failure, rows, lines = 0, log_bytes = 0, unparsed = [] } = outcome.manifest;
  if (failure) {
    logger.warn('log refused', { key, session, ...failure });
    metrics.addMetric('refused_logs', MetricUnit.Count, 1);
    return;
  }
  logger.info(`session ${outcome.status}`, { key, session, rows, lines, milliseconds });
  if (outcome.status === 'unchanged') return;
  const unparsedLines = unparsed.reduce((sum, { count }) => sum + count, 0);
  metrics.addMetric('lines', MetricUnit.Count, lines);
  metrics.addMetric('rows', MetricUnit.Count, rows ?? 0);
  metrics.addMetric('unparsed_lines', MetricUnit.Count, unparsedLines);
  metrics.addMetric(
    'megabytes_per_second',
    MetricUnit.MegabytesPerSecond,
    log_bytes / 1000 / Math.max(milliseconds, 1),
  );
}

function cloudDeps(context: Context): IngestDeps {
  const end = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  return {
    store: new S3ObjectStore(s3),
    lakeBucket: required('LAKE_BUCKET'),
    redact: redactionOf(process.env.REDACT),
    convert: (log, options) => convertLog(readWithin(log, { end, now: Date.now }), options),
    redeliver: changeVisibility,
    now: () => new Date(),
    maxReceives: MAX_RECEIVES,
    onOutcome: measure,
    onError: (key, error) => logger.error('ingest failed', { key, error: error as Error }),
  };
}

async function changeVisibility(record: SQSRecord, seconds: number): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: required('INGEST_QUEUE_URL'),
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable not set: ${name}`);
}

/** The Lambda behind the queue of uploads. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .use(captureLambdaHandler(tracer, { captureResponse: false }))
  .use(logMetrics(metrics))
  .handler((event, context) => ingest(event, cloudDeps(context)));
