import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { closeServer, guardHost, listenOn, urlOf } from './listen.ts';

const MAX_BODY_BYTES = 6 * 1024 * 1024;

export interface HttpServerOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Answers a request that comes as API Gateway's HTTP API sends it to a Lambda. */
  handle(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2>;
  /** Told of each answer: `GET /sessions 200 12 ms`. */
  onRequest?(line: string): void;
}

/** API Gateway's part on one machine: HTTP in front of a Lambda handler. */
export interface HttpServer {
  url: string;
  close(): Promise<void>;
}

/** Starts the HTTP server; throws PortTakenError. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const start = performance.now();
    response.on('close', () => {
      const milliseconds = Math.round(performance.now() - start);
      const { method, url } = request;
      options.onRequest?.(`${method} ${url} ${response.statusCode} ${milliseconds} ms`);
    });
    answer(request, response, options).catch((error) => {
      options.onRequest?.(String(error));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  guardHost(server, options.host);
  await listenOn(server, options.host, options.port, '--port');
  return { url: urlOf(server), close: () => closeServer(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
): Promise<void> {
  const body = await readBody(request);
  const result = body ? await options.handle(eventOf(request, body)) : tooLarge;
  const bytes = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8');
  response.statusCode = result.statusCode ?? 200;
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    response.setHeader(name, String(value));
  }
  if (result.cookies?.length) response.setHeader('set-cookie', result.cookies);
  if (body === undefined) response.setHeader('connection', 'close');
  if (request.method !== 'HEAD') response.setHeader('content-length', bytes.length);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** The body, or undefined when it is too large to be taken. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function eventOf(request: IncomingMessage, body: Buffer): APIGatewayProxyEventV2 {
  const [rawPath, ...query] = (request.url ?? '/').split('?');
  const rawQueryString = query.join('?');
  const { cookie, ...headers } = request.headers;
  const now = new Date();
  const method = request.method ?? 'GET';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    cookies: cookie?.split('; '),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]),
    ),
    queryStringParameters: rawQueryString === '' ? undefined : joinQuery(rawQueryString),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: request.headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    body: body.length > 0 ? body.toString('base64') : undefined,
    isBase64Encoded: body.length > 0,
  };
}

/** Values of a name that occurs more than once are joined by commas, as API Gateway does. */
function joinQuery(query: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = name in joined ? `${joined[name]},${value}` : value;
  }
  return joined;
}

const tooLarge: APIGatewayProxyStructuredResultV2 = {
  statusCode: 413,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({
    type: 'about:blank',
    title: 'Content Too Large',
    status: 413,
    detail: `The body of a request may have at most ${MAX_BODY_BYTES} bytes; upload logs to S3.`,
  }),
};
