import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import { AthenaClient } from '@aws-sdk/client-athena';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import middy from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { claimsGate } from '../lib/access/claims-gate.ts';
import type { ExportJob } from '../lib/exports/make-export.ts';
import { createS3Client, S3ObjectStore } from '../lib/lake/s3-object-store.ts';
import { answerRequest } from '../lib/reports/api/answer.ts';
import type { ReportDeps } from '../lib/reports/api/deps.ts';
import type { ApiResponse } from '../lib/reports/api/response.ts';
import { AthenaEngine } from '../lib/reports/athena-engine.ts';
import { createCatalogue } from '../lib/reports/catalogue.ts';
import { fetchReports } from '../lib/reports/named-queries.ts';
import { presignDownload } from '../lib/reports/presigned-download.ts';
import type { Catalogue } from '../lib/reports/report.ts';

const REUSE_MINUTES = 60;

const logger = new Logger({ serviceName: 'report' });
const tracer = new Tracer({ serviceName: 'report', captureHTTPsRequests: false });
const athena = tracer.captureAWSv3Client(new AthenaClient({}));
const ssm = tracer.captureAWSv3Client(new SSMClient({}));
const lambda = tracer.captureAWSv3Client(new LambdaClient({}));
const s3 = tracer.captureAWSv3Client(
  createS3Client({ forcePathStyle: process.env.S3_FORCE_PATH_STYLE === 'true' }),
);
let cloud: ReportDeps | undefined;
let catalogue: Promise<Catalogue> | undefined;

/** Answers one HTTP request to the report API: sessions, reports, exports. Never throws. */
export async function report(
  event: APIGatewayProxyEventV2,
  deps: ReportDeps,
): Promise<ApiResponse> {
  return await answerRequest(event, deps);
}

function cloudDeps(): ReportDeps {
  cloud ??= {
    store: new S3ObjectStore(s3),
    lakeBucket: required('LAKE_BUCKET'),
    uploadsBucket: required('UPLOADS_BUCKET'),
    engine: new AthenaEngine({
      client: athena,
      workGroup: required('ATHENA_WORKGROUP'),
      database: required('ATHENA_DATABASE'),
      reuseMinutes: REUSE_MINUTES,
    }),
    catalogue: deployedCatalogue,
    presign: (object, fileName, contentType) => presignDownload(s3, object, fileName, contentType),
    startExport,
    onFailure: (error) => logger.error('request failed', error as Error),
  };
  return cloud;
}

async function startExport(job: ExportJob): Promise<void> {
  await lambda.send(
    new InvokeCommand({
      FunctionName: required('EXPORT_FUNCTION'),
      InvocationType: 'Event',
      Payload: JSON.stringify(job),
    }),
  );
}

async function deployedCatalogue(): Promise<Catalogue> {
  const lists = required('QUERY_LISTS').split(',');
  catalogue ??= fetchReports({ athena, ssm }, lists).then(createCatalogue);
  try {
    return await catalogue;
  } catch (error) {
    catalogue = undefined;
    throw error;
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable not set: ${name}`);
}

/** The Lambda behind API Gateway's HTTP API. */
export const handler = middy<APIGatewayProxyEventV2, ApiResponse>()
  .use(injectLambdaContext(logger))
  .use(captureLambdaHandler(tracer, { captureResponse: false }))
  .use(httpHeaderNormalizer())
  .use(claimsGate(process.env.ALLOWED_CLAIMS))
  .handler((event) => report(event, cloudDeps()));
