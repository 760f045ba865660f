import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { SQSEvent } from 'aws-lambda';
import { ingest } from '../lambdas/ingest.ts';
import { convertLog } from '../lib/lake/convert-log.ts';
import type { IngestOutcome } from '../lib/lake/ingest-session.ts';
import { S3ObjectStore } from '../lib/lake/s3-object-store.ts';
import { connectS3 } from './s3-client.ts';

/** What a worker is started with. */
export interface IngestWorkerData {
  s3Url: string;
  lakeBucket: string;
  maxReceives: number;
  /** Rules of redaction, by name. */
  redact: readonly string[];
}

/** What a worker answers to each event. */
export interface IngestReport {
  /** Messages to be tried again. */
  failedMessages: number;
  outcomes: { key: string; outcome: IngestOutcome; milliseconds: number }[];
  errors: { key: string; message: string }[];
}

const { s3Url, lakeBucket, maxReceives, redact } = workerData as IngestWorkerData;
const store = new S3ObjectStore(connectS3(s3Url));

async function work(event: SQSEvent): Promise<IngestReport> {
  const report: IngestReport = { failedMessages: 0, outcomes: [], errors: [] };
  const { batchItemFailures } = await ingest(event, {
    store,
    lakeBucket,
    redact,
    convert: (log, options) => convertLog(log, { ...options, threads: availableParallelism() }),
    now: () => new Date(),
    maxReceives,
    onOutcome: (key, outcome, milliseconds) => report.outcomes.push({ key, outcome, milliseconds }),
    onError: (key, error) => report.errors.push({ key, message: String(error) }),
  });
  return { ...report, failedMessages: batchItemFailures.length };
}

parentPort?.on('message', async (event: SQSEvent) => parentPort?.postMessage(await work(event)));
