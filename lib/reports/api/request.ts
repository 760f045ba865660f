import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ProblemError } from '../errors.ts';

/** What the API reads of an HTTP request. */
export interface ApiRequest {
  method: string;
  /** Path as it was asked for, without the query: the base of links. */
  path: string;
  /** Decoded parts of the path, without the stage. */
  segments: string[];
  query: ReadonlyMap<string, string>;
  /** Header values by lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  id: string;
  /** Text of the body, of a POST. */
  body?: string;
}

/** Reads an event of API Gateway's HTTP API; throws ProblemError when its URL makes no sense. */
export function readRequest(event: APIGatewayProxyEventV2): ApiRequest {
  const { http, stage, requestId } = event.requestContext;
  const path = event.rawPath;
  const inStage = path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
  return {
    method: http.method,
    path,
    segments: inStage.split('/').filter(Boolean).map(decodeSegment),
    query: readQuery(event.rawQueryString),
    headers: Object.fromEntries(
      Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    id: requestId,
    body: event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : event.body,
  };
}

/** Address of the same resource with some of its query replaced; undefined drops a name. */
export function linkTo(
  request: ApiRequest,
  change: Record<string, string | undefined> = {},
): string {
  const query = new URLSearchParams([...request.query]);
  for (const [name, value] of Object.entries(change)) {
    query.delete(name);
    if (value !== undefined) query.append(name, value);
  }
  return query.size === 0 ? request.path : `${request.path}?${query}`;
}

function readQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (query.has(name))
      throw new ProblemError({
        status: 400,
        kind: 'bad-parameter',
        title: 'A parameter cannot be used',
        detail: `The parameter ${name} is given twice; give it once.`,
        members: { parameter: name },
      });
    query.set(name, value);
  }
  return query;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ProblemError({
      status: 400,
      kind: 'bad-path',
      title: 'The path cannot be decoded',
      detail: `A percent sign in the path starts no encoded character: ${segment}`,
    });
  }
}
