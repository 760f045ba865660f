import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import { type ExportJob, makeExport } from '../lib/exports/make-export.ts';
import { createS3Client, S3ObjectStore } from '../lib/lake/s3-object-store.ts';

const logger = new Logger({ serviceName: 'export' });
const tracer = new Tracer({ serviceName: 'export', captureHTTPsRequests: false });
const s3 = tracer.captureAWSv3Client(
  createS3Client({ forcePathStyle: process.env.S3_FORCE_PATH_STYLE === 'true' }),
);

/** The Lambda that makes one export; the report function starts it and waits for the object. */
export const handler = middy<ExportJob, void>()
  .use(injectLambdaContext(logger))
  .use(captureLambdaHandler(tracer, { captureResponse: false }))
  .handler(async (job) => {
    const lakeBucket = process.env.LAKE_BUCKET;
    if (!lakeBucket) throw new Error('environment variable not set: LAKE_BUCKET');
    await makeExport(job, { store: new S3ObjectStore(s3), lakeBucket, now: () => new Date() });
  });
