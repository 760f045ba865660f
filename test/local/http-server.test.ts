import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allowOrigin } from '../../local/cors.ts';
import { type HttpServer, startHttpServer } from '../../local/http-server.ts';

let server: HttpServer;
let events: APIGatewayProxyEventV2[];
let lines: string[];
beforeAll(async () => {
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    handle: async (event) => {
      events.push(event);
      if (event.rawPath === '/binary') {
        const body = Buffer.from([0, 255, 1]).toString('base64');
        return { statusCode: 200, body, isBase64Encoded: true };
      }
      if (event.rawPath === '/broken') throw new Error('handler broke');
      return {
        statusCode: 418,
        headers: { 'content-type': 'text/plain', 'x-number': 7 },
        cookies: ['a=1', 'b=2'],
        body: 'grüße',
      };
    },
    onRequest: (line) => lines.push(line),
  });
});
afterAll(() => server.close());
beforeEach(() => {
  events = [];
  lines = [];
});

/** Sends a request with headers that fetch does not let through. */
async function send(headers: Record<string, string>): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request(server.url, { headers }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .on('error', reject)
    .end();
  return await promise;
}

describe('the HTTP server', () => {
  it('turns a request into an event of API Gateway', async () => {
    await fetch(`${server.url}/sessions/a%20b?x=1&x=2&y=%C3%BC`, {
      headers: { accept: 'text/plain', cookie: 'k=v; l=w', 'X-Own': 'yes' },
    });
    expect(events).toMatchObject([
      {
        version: '2.0',
        rawPath: '/sessions/a%20b',
        rawQueryString: 'x=1&x=2&y=%C3%BC',
        queryStringParameters: { x: '1,2', y: 'ü' },
        cookies: ['k=v', 'l=w'],
        headers: { accept: 'text/plain', 'x-own': 'yes' },
        requestContext: { http: { method: 'GET', path: '/sessions/a%20b' }, stage: '$default' },
        isBase64Encoded: false,
      },
    ]);
  });

  it('hands over a body in base64', async () => {
    await fetch(server.url, { method: 'POST', body: 'grüße' });
    const [{ body = '', isBase64Encoded }] = events;
    expect([isBase64Encoded, Buffer.from(body, 'base64').toString()]).toEqual([true, 'grüße']);
  });

  it('writes the answer', async () => {
    const answer = await fetch(server.url);
    expect(answer.status).toBe(418);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '7',
      'x-number': '7',
    });
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.text()).toBe('grüße');
    const binary = await fetch(`${server.url}/binary`);
    expect(Buffer.from(await binary.arrayBuffer())).toEqual(Buffer.from([0, 255, 1]));
    expect(await (await fetch(server.url, { method: 'HEAD' })).text()).toBe('');
    expect(lines[0]).toMatch(/^GET \/ 418 \d+ ms$/);
  });

  it('answers 500 when the handler breaks', async () => {
    expect((await fetch(`${server.url}/broken`)).status).toBe(500);
    expect(lines).toContain('Error: handler broke');
  });

  it('refuses bodies over 6 MB', async () => {
    const answer = await fetch(server.url, { method: 'POST', body: Buffer.alloc(7_000_000) });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      413,
      'application/problem+json',
    ]);
    expect(events).toEqual([]);
  });

  it('is not reached through the name of another site', async () => {
    expect(await send({ host: 'evil.example:80' })).toBe(403);
    expect(await send({ host: 'localhost:80' })).toBe(418);
    expect(await send({ host: '[::1]:80' })).toBe(418);
  });
});

describe('pages of another origin', () => {
  const answer = { statusCode: 200, headers: { vary: 'accept', etag: '"1"' }, body: '{}' };
  const page = 'https://ci.example.org';
  const ask = async (origin: string | undefined, init: RequestInit) => {
    const handle = allowOrigin(origin, async () => answer);
    const other = await startHttpServer({ host: '127.0.0.1', port: 0, handle });
    try {
      const { status, headers } = await fetch(other.url, init);
      return { status, allowed: headers.get('access-control-allow-origin'), headers };
    } finally {
      await other.close();
    }
  };
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: page, 'access-control-request-method': 'POST' },
  };

  it('may ask when they are let in', async () => {
    const { allowed, headers } = await ask(page, { headers: { origin: page } });
    expect(allowed).toBe(page);
    expect(headers.get('vary')).toBe('accept, origin');
    expect(headers.get('access-control-expose-headers')).toContain('link');
    const before = await ask(page, preflight);
    expect([before.status, before.allowed]).toEqual([204, page]);
    expect(before.headers.get('access-control-allow-methods')).toContain('POST');
  });

  it('may not when they are others, or none is let in', async () => {
    const others = {
      ...preflight,
      headers: { ...preflight.headers, origin: 'https://evil.example' },
    };
    expect((await ask(page, others)).allowed).toBeNull();
    expect((await ask(page, { headers: others.headers })).allowed).toBeNull();
    expect((await ask(undefined, { headers: { origin: page } })).allowed).toBeNull();
    expect((await ask(undefined, preflight)).status).toBe(200);
  });
});
