import { readFile } from 'node:fs/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { type IngestOutcome, isSettled } from '../lib/lake/ingest-session.ts';
import { LOGS_PREFIX } from '../lib/lake/keys.ts';
import { S3ObjectStore } from '../lib/lake/s3-object-store.ts';
import { sessionIdOf, splitMemberOf } from '../lib/lake/session-id.ts';
import { notifyOf, type Upload } from '../lib/lake/uploads.ts';
import { allowOrigin } from './cors.ts';
import { bucketsFolder, LAKE_BUCKET, UPLOADS_BUCKET } from './data-folder.ts';
import { startHttpServer } from './http-server.ts';
import { IngestQueue } from './ingest-queue.ts';
import { IngestWorkers } from './ingest-workers.ts';
import { isSameServer } from './listen.ts';
import { createReportService } from './report-service.ts';
import { connectS3 } from './s3-client.ts';
import { startS3Server } from './s3-server.ts';
import { announce, claimFolder, releaseFolder } from './serving.ts';

const CONCURRENCY = 2;
const TRIES = 3;
const RETRY_MS = 1000;
const SETTLE_MS = 1000;
const SAMPLE = new URL('./sample/gcc.log.gz', import.meta.url);
const SAMPLE_KEY = `${LOGS_PREFIX}sample.log`;
// The day the sample was recorded on; its lines carry only the time.
const SAMPLE_DATE = '2026-11-23';

export interface StackOptions {
  /** Folder for everything the stack keeps. */
  dataDir: string;
  host: string;
  /** 0 for any free port. */
  s3Port: number;
  httpPort: number;
  /** The one origin whose pages may ask the report API, beside its own. */
  corsOrigin?: string;
  /** Rules of redaction for every log, by name. */
  redact?: readonly string[];
  /** Told how each ingest ended. */
  onOutcome?(key: string, outcome: IngestOutcome, milliseconds: number): void;
  /** Told of errors that are tried again, and of requests that ended in one. */
  onError?(message: string): void;
  /** Told of each HTTP request. */
  onRequest?(line: string): void;
}

/** The whole service on one machine. */
export interface LocalStack {
  s3Url: string;
  apiUrl: string;
  /** Resolves when every log uploaded so far has been dealt with. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts S3, ingest and report API on a data folder, and takes up what an earlier run left undone.
 * Throws PortTakenError or DataFolderTakenError.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { dataDir, host } = options;
  await claimFolder(dataDir);
  const closers: (() => unknown)[] = [() => releaseFolder(dataDir)];
  let isClosed = false;
  const close = async () => {
    isClosed = true;
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    let queue: IngestQueue | undefined;
    let pageUrl: string | undefined;
    const s3 = await startS3Server({
      directory: bucketsFolder(dataDir),
      buckets: [UPLOADS_BUCKET, LAKE_BUCKET],
      host,
      port: options.s3Port,
      onCreated: (object) => {
        const isLog = object.bucket === UPLOADS_BUCKET && object.key.startsWith(LOGS_PREFIX);
        if (isLog && !object.key.endsWith('/')) queue?.add(object);
      },
      isTrustedOrigin: (origin) => pageUrl !== undefined && isSameServer(origin, pageUrl),
    });
    closers.push(() => s3.close());
    const client = connectS3(s3.url);
    closers.push(() => client.destroy());

    const workers = new IngestWorkers({
      s3Url: s3.url,
      lakeBucket: LAKE_BUCKET,
      maxReceives: TRIES,
      redact: options.redact ?? [],
    });
    queue = new IngestQueue({
      concurrency: CONCURRENCY,
      tries: TRIES,
      retryMs: RETRY_MS,
      // The files of an -ff run come one after another.
      settleMs: ({ key }) => (splitMemberOf(key) ? SETTLE_MS : 0),
      run: (upload, attempt) => runIngest(workers, upload, attempt, options),
    });
    closers.push(
      () => workers.close(),
      () => queue?.close(),
    );

    const reports = createReportService({
      dataDir,
      client,
      s3Url: s3.url,
      onError: options.onError,
    });
    closers.push(() => reports.close());
    const http = await startHttpServer({
      host,
      port: options.httpPort,
      handle: allowOrigin(options.corsOrigin, reports.answer),
      onRequest: options.onRequest,
    });
    closers.push(() => http.close());
    pageUrl = http.url;
    await announce(dataDir, { apiUrl: http.url, s3Url: s3.url });

    if (await isEmpty(client)) await uploadSample(client);
    const caughtUp = catchUp(client, queue).catch((error) => {
      if (!isClosed) options.onError?.(`uploads could not be looked through: ${error}`);
    });
    return {
      s3Url: s3.url,
      apiUrl: http.url,
      idle: async () => {
        await caughtUp;
        await queue.idle();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Delivers an upload to the ingest handler as SQS would; false when it is to be delivered again. */
async function runIngest(
  workers: IngestWorkers,
  upload: Upload,
  attempt: number,
  options: StackOptions,
): Promise<boolean> {
  const record = {
    messageId: upload.key,
    body: notifyOf(upload),
    attributes: { ApproximateReceiveCount: String(attempt) },
  } as SQSRecord;
  try {
    const report = await workers.run({ Records: [record] } satisfies SQSEvent);
    for (const { key, message } of report.errors) options.onError?.(`${key}: ${message}`);
    for (const { key, outcome, milliseconds } of report.outcomes) {
      options.onOutcome?.(key, outcome, milliseconds);
    }
    // A log that was refused is refused again.
    return report.failedMessages === 0 || report.outcomes.length > 0;
  } catch (error) {
    options.onError?.(`${upload.key}: ${error}`);
    return false;
  }
}

/** Queues every upload whose present state has not been ingested yet, once a session. */
async function catchUp(client: S3Client, queue: IngestQueue): Promise<void> {
  const store = new S3ObjectStore(client);
  const bySession = new Map<string, string>();
  for (const { key } of await store.list(UPLOADS_BUCKET, LOGS_PREFIX)) {
    if (!key.endsWith('/')) bySession.set(sessionIdOf(key), key);
  }
  for (const key of bySession.values()) {
    const ports = { store, lakeBucket: LAKE_BUCKET };
    if (!(await isSettled(ports, UPLOADS_BUCKET, key))) queue.add({ bucket: UPLOADS_BUCKET, key });
  }
}

async function isEmpty(client: S3Client): Promise<boolean> {
  const store = new S3ObjectStore(client);
  for (const bucket of [UPLOADS_BUCKET, LAKE_BUCKET]) {
    if ((await store.list(bucket, '')).length > 0) return false;
  }
  return true;
}

async function uploadSample(client: S3Client): Promise<void> {
  await client.send(
    new PutObjectCommand({
      Bucket: UPLOADS_BUCKET,
      Key: SAMPLE_KEY,
      Body: await readFile(SAMPLE),
      Metadata: { date: SAMPLE_DATE },
    }),
  );
}
