import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ProblemError } from '../errors.ts';
import { answerCallsCsv } from './calls-csv.ts';
import { answerCompare, answerVerdict, isCompare } from './compare-answer.ts';
import { compressAnswer } from './compression.ts';
import type { ReportDeps } from './deps.ts';
import { answerExport } from './export-answer.ts';
import type { ApiFeatures } from './openapi/document.ts';
import { answerOpenApi } from './openapi-answer.ts';
import { answerDifference, answerReport } from './report-answer.ts';
import { answerReports } from './reports-answer.ts';
import { type ApiRequest, readRequest } from './request.ts';
import { type ApiResponse, errorResponse, jsonResponse } from './response.ts';
import { answerSession, answerSessions } from './sessions-answer.ts';
import { answerTrend } from './trend-answer.ts';

interface Route {
  /** Parts of the path; one in braces stands for any. */
  path: string;
  answer(deps: ReportDeps, request: ApiRequest, ...parts: string[]): Promise<ApiResponse>;
}

/** What can be asked by GET and HEAD. */
export const routes: readonly Route[] = [
  { path: '/health', answer: async () => jsonResponse(200, { status: 'ok' }) },
  { path: '/openapi.json', answer: answerOpenApi },
  { path: '/reports', answer: answerReports },
  { path: '/reports/{report}', answer: answerTrend },
  { path: '/sessions', answer: answerSessions },
  { path: '/sessions/{session}', answer: answerSession },
  { path: '/sessions/{session}/calls.csv', answer: answerCallsCsv },
  { path: '/sessions/{session}/reports/{report}', answer: answerReport },
  { path: '/sessions/{session}/diffs/{report}', answer: answerDifference },
  { path: '/sessions/{session}/exports/{format}', answer: answerExport },
  { path: '/sessions/{session}/verdict', answer: answerVerdict },
];

/** Paths that are asked by POST; all but /compare are answered by other handlers of the deployment. */
export function postPaths({ sql }: Partial<ApiFeatures>): string[] {
  return sql ? ['/uploads', '/compare', '/sql'] : ['/uploads', '/compare'];
}

const readMethods: readonly string[] = ['GET', 'HEAD'];

/** Answers one HTTP request to the report API; whatever goes wrong is an answer too. */
export async function answerRequest(
  event: APIGatewayProxyEventV2,
  deps: ReportDeps,
): Promise<ApiResponse> {
  const isHead = event.requestContext.http.method === 'HEAD';
  const accepted = event.headers['accept-encoding'] ?? event.headers['Accept-Encoding'];
  const answer = await compressAnswer(await answerSafely(event, deps), accepted);
  return isHead ? { ...answer, body: undefined } : answer;
}

async function answerSafely(event: APIGatewayProxyEventV2, deps: ReportDeps): Promise<ApiResponse> {
  let request: ApiRequest | undefined;
  try {
    request = readRequest(event);
    if (isCompare(request)) return await answerCompare(deps, request);
    const { route, parts } = findRoute(request, postPaths(deps.features ?? {}));
    return await route.answer(deps, request, ...parts);
  } catch (error) {
    const response = errorResponse(error, request);
    if (response.statusCode === 500) deps.onFailure?.(error);
    return response;
  }
}

interface FoundRoute {
  route: Route;
  parts: string[];
}

function findRoute({ segments, method }: ApiRequest, byPost: string[]): FoundRoute {
  for (const route of routes) {
    const pattern = route.path.split('/').slice(1);
    const isParameter = (i: number) => pattern[i]!.startsWith('{');
    if (pattern.length !== segments.length) continue;
    if (!pattern.every((part, i) => isParameter(i) || part === segments[i])) continue;
    if (!readMethods.includes(method)) throw methodNotAllowed(method, readMethods);
    return { route, parts: segments.filter((_, i) => isParameter(i)) };
  }
  if (byPost.includes(`/${segments.join('/')}`)) throw methodNotAllowed(method, ['POST']);
  const paths = [...routes.map((route) => route.path), ...byPost];
  throw new ProblemError({
    status: 404,
    kind: 'unknown-path',
    title: 'Nothing here',
    detail: `There is nothing at /${segments.join('/')}. There are ${paths.join(', ')}.`,
    members: { paths },
  });
}

function methodNotAllowed(method: string, possible: readonly string[]): ProblemError {
  return new ProblemError({
    status: 405,
    kind: 'method-not-allowed',
    title: 'The method is not possible here',
    detail: `The method ${method} is not possible here; use ${possible.join(' or ')}.`,
    headers: { allow: possible.join(', ') },
  });
}
