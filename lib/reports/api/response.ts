import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { EngineBusyError, ParameterError, PendingError, ProblemError } from '../errors.ts';
import { type ApiRequest, linkTo } from './request.ts';

/** An answer of the API, before HEAD takes its body away. */
export type ApiResponse = APIGatewayProxyStructuredResultV2;

/** Lets a client keep an answer, but ask each time whether it is still right. */
export const revalidate = 'private, no-cache';

/** A JSON answer. */
export function jsonResponse(
  statusCode: number,
  content: unknown,
  headers: Record<string, string> = {},
): ApiResponse {
  return {
    statusCode,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: `${JSON.stringify(content)}\n`,
  };
}

/** Answer to a request that could not be served as asked; errors of ours that nobody foresaw are 500. */
export function errorResponse(error: unknown, request: ApiRequest | undefined): ApiResponse {
  if (error instanceof PendingError && request) return pendingResponse(error, request);
  const { status, kind, title, detail, members, headers } = problemOf(error).content;
  const document = {
    type: `urn:stracelake:problem:${kind}`,
    title,
    status,
    detail,
    ...(status >= 500 && request && { request_id: request.id }),
    ...members,
  };
  return jsonResponse(status, document, { 'content-type': 'application/problem+json', ...headers });
}

function pendingResponse(error: PendingError, request: ApiRequest): ApiResponse {
  const location = linkTo(request);
  return jsonResponse(
    202,
    { status: error.status, session: error.session, detail: error.message, location },
    { location, 'retry-after': String(error.retryAfter) },
  );
}

function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof ParameterError)
    return new ProblemError({
      status: 400,
      kind: 'bad-parameter',
      title: 'A parameter cannot be used',
      detail: `The parameter ${error.parameter} cannot be used. ${error.message}`,
      members: { parameter: error.parameter },
    });
  if (error instanceof EngineBusyError)
    return new ProblemError({
      status: 503,
      kind: 'busy',
      title: 'Too many queries at once',
      detail: 'The query engine takes no more queries at the moment; try again soon.',
      headers: { 'retry-after': String(error.retryAfter) },
    });
  return new ProblemError({
    status: 500,
    kind: 'internal',
    title: 'Something went wrong here',
    detail: 'The request could not be served; the log of the service says why under request_id.',
  });
}
