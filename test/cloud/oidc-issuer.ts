import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const KEY_ID = 'test-key';

/** An issuer of OIDC tokens, as CI systems have one. */
export interface OidcIssuer {
  url: string;
  /** A token with these claims, valid for five minutes unless they say otherwise. */
  sign(claims: Record<string, unknown>): string;
  stop(): Promise<void>;
}

/**
 * Starts an issuer; like GitHub's it also hands out a token for `jobClaims` at `/token?...&audience=`
 * to whoever shows `requestToken`.
 */
export async function startOidcIssuer(
  requestToken: string,
  jobClaims: Record<string, unknown>,
): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let url = '';
  const sign = (claims: Record<string, unknown>) => {
    const now = Math.floor(Date.now() / 1000);
    const content = { iss: url, iat: now - 5, exp: now + 300, ...claims };
    const text = `${encode({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })}.${encode(content)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  };
  const key = { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const mayAsk = request.headers.authorization === `bearer ${requestToken}`;
    const answers: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/jwks` },
      '/jwks': { keys: [key] },
      ...(mayAsk && {
        '/token': { count: 1, value: sign({ ...jobClaims, aud: searchParams.get('audience') }) },
      }),
    };
    response.statusCode = pathname in answers ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[pathname] ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    sign,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function encode(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
