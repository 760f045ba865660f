import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { compressAnswer } from '../reports/api/compression.ts';
import { type ApiResponse, jsonResponse } from '../reports/api/response.ts';
import type { StaticFile } from './static-files.ts';

/** What the page has to know of its deployment; answered as `/page.json`. */
interface PageConfig {
  /** Bucket that takes logs, for the command line that is shown. */
  uploads_bucket: string;
  /** S3 endpoint when it is not Amazon's. */
  s3_endpoint?: string;
  /** Whether POST /sql is there. */
  sql: boolean;
  /** Issuer that signs people in; without it nobody has to. */
  sign_in?: { issuer: string; client_id: string; audience?: string };
}

/** The built page and its deployment. */
export interface PageDeps {
  files: ReadonlyMap<string, StaticFile>;
  config: PageConfig;
  /** Origins beside its own that the page may talk to: where logs are uploaded to, who signs in. */
  connects: readonly string[];
}

const YEAR_SECONDS = 31_536_000;

/** True for the requests that answerPage takes. */
export function isPage({ rawPath, requestContext }: APIGatewayProxyEventV2): boolean {
  const isRead = requestContext.http.method === 'GET' || requestContext.http.method === 'HEAD';
  return (
    isRead && (/^\/(page\.json|favicon\.svg)?$/.test(rawPath) || rawPath.startsWith('/assets/'))
  );
}

/** Answers with a file of the page, under a policy that lets it run nothing but its own scripts. */
export async function answerPage(
  event: APIGatewayProxyEventV2,
  deps: PageDeps,
): Promise<ApiResponse> {
  const accepted = event.headers['accept-encoding'] ?? event.headers['Accept-Encoding'];
  const known = event.headers['if-none-match'] ?? event.headers['If-None-Match'];
  const answer = await compressAnswer(answerFile(event.rawPath, known, deps), accepted);
  return event.requestContext.http.method === 'HEAD' ? { ...answer, body: undefined } : answer;
}

function answerFile(path: string, known: string | undefined, deps: PageDeps): ApiResponse {
  if (path === '/page.json') return jsonResponse(200, deps.config);
  const file = deps.files.get(path);
  if (file === undefined) return path === '/' ? notBuilt : notThere;
  const headers = {
    etag: file.etag,
    'cache-control': file.isImmutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
    ...securityHeaders(deps.connects),
  };
  if (known?.includes(file.etag)) return { statusCode: 304, headers };
  return {
    statusCode: 200,
    headers: { ...headers, 'content-type': file.contentType },
    body: file.text,
  };
}

function securityHeaders(connects: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ['connect-src', "'self'", ...connects].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

const notBuilt: ApiResponse = {
  statusCode: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'The page was not built (npm ci does that): run npm run build:web and start again. The HTTP API is here: /openapi.json\n',
};

const notThere: ApiResponse = {
  statusCode: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'There is no such file of the page; load the page again.\n',
};
