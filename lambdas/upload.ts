import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { claimsGate } from '../lib/access/claims-gate.ts';
import { readUploadRequest, signUpload } from '../lib/access/upload-ticket.ts';
import { createS3Client } from '../lib/lake/s3-object-store.ts';
import { type ApiRequest, readRequest } from '../lib/reports/api/request.ts';
import { type ApiResponse, errorResponse, jsonResponse } from '../lib/reports/api/response.ts';

const logger = new Logger({ serviceName: 'upload' });
const tracer = new Tracer({ serviceName: 'upload', captureHTTPsRequests: false });
const s3 = tracer.captureAWSv3Client(
  createS3Client({ forcePathStyle: process.env.S3_FORCE_PATH_STYLE === 'true' }),
);

/** What the signing of uploads works with; the cloud and the embedded stack each make their own. */
export interface UploadDeps {
  s3: S3Client;
  uploadsBucket: string;
  limitBytes: number;
  now(): Date;
  onFailure?(error: unknown): void;
}

/** Answers `POST /uploads` with a URL that takes one log, and the address of its session. */
export async function upload(
  event: APIGatewayProxyEventV2,
  deps: UploadDeps,
): Promise<ApiResponse> {
  let request: ApiRequest | undefined;
  try {
    request = readRequest(event);
    const wanted = readUploadRequest(bodyOf(event), deps.limitBytes);
    const ticket = await signUpload(deps.s3, deps.uploadsBucket, wanted, deps.now());
    const location = request.path.replace(/\/uploads\/?$/, `/sessions/${ticket.session}`);
    return jsonResponse(201, { ...ticket, session_url: location }, { location });
  } catch (error) {
    const response = errorResponse(error, request);
    if (response.statusCode === 500) deps.onFailure?.(error);
    return response;
  }
}

function bodyOf(event: APIGatewayProxyEventV2): string | undefined {
  if (!event.isBase64Encoded) return event.body;
  return Buffer.from(event.body ?? '', 'base64').toString();
}

function cloudDeps(): UploadDeps {
  return {
    s3,
    uploadsBucket: required('UPLOADS_BUCKET'),
    limitBytes: Number(required('UPLOAD_LIMIT_BYTES')),
    now: () => new Date(),
    onFailure: (error) => logger.error('request failed', error as Error),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable not set: ${name}`);
}

/** The Lambda behind `POST /uploads`. */
export const handler = middy<APIGatewayProxyEventV2, ApiResponse>()
  .use(injectLambdaContext(logger))
  .use(captureLambdaHandler(tracer, { captureResponse: false }))
  .use(claimsGate(process.env.ALLOWED_CLAIMS))
  .handler((event) => upload(event, cloudDeps()));
