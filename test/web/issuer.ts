import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An OIDC issuer that lets everybody in at once, and holds the client to PKCE. */
export interface Issuer {
  url: string;
  /** Access tokens that it gave. */
  tokens: string[];
  stop(): Promise<void>;
}

interface Grant {
  challenge: string;
  nonce: string;
  redirect: string;
}

/** Starts an issuer for one public client. */
export async function startIssuer(clientId: string): Promise<Issuer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const issuer: Issuer = { url: '', tokens: [], stop: async () => {} };
  const sign = (claims: Record<string, unknown>) => {
    const now = Math.floor(Date.now() / 1000);
    const content = { iss: issuer.url, sub: 'reader', aud: clientId, iat: now, exp: now + 300 };
    const body = `${encode({ alg: 'RS256' })}.${encode({ ...content, ...claims })}`;
    return `${body}.${createSign('RSA-SHA256').update(body).sign(privateKey, 'base64url')}`;
  };
  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    const code = randomUUID();
    const redirect = query.get('redirect_uri')!;
    const isRight =
      query.get('client_id') === clientId &&
      query.get('code_challenge_method') === 'S256' &&
      query.get('response_type') === 'code';
    if (!isRight) return response.writeHead(400).end();
    grants.set(code, {
      challenge: query.get('code_challenge')!,
      nonce: query.get('nonce')!,
      redirect,
    });
    const answer = new URLSearchParams({ code, state: query.get('state')! });
    return response.writeHead(302, { location: `${redirect}?${answer}` }).end();
  };
  const redeem = async (request: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await text(request));
    const grant = grants.get(form.get('code') ?? '');
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight = grant?.challenge === proof && grant.redirect === form.get('redirect_uri');
    if (!isRight) return response.writeHead(400).end('{"error":"invalid_grant"}');
    const access = sign({ use: 'access', jti: randomUUID() });
    issuer.tokens.push(access);
    const answer = { access_token: access, token_type: 'Bearer', expires_in: 300 };
    return response.end(JSON.stringify({ ...answer, id_token: sign({ nonce: grant!.nonce }) }));
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer.url);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    response.setHeader('content-type', 'application/json');
    if (request.method === 'OPTIONS') return response.end();
    if (pathname === '/authorize') return authorize(searchParams, response);
    if (pathname === '/token') return redeem(request, response);
    return response.end(
      JSON.stringify({
        issuer: issuer.url,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/token`,
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  issuer.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return issuer;
}

function encode(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
