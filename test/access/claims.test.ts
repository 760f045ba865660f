import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requireClaims } from '../../lib/access/claims.ts';
import { claimsGate } from '../../lib/access/claims-gate.ts';
import type { ApiResponse } from '../../lib/reports/api/response.ts';

const allowed = { repository: ['owner/name', 'owner/lib-*'], ref: ['refs/heads/main'] };

test.each([
  { repository: 'owner/name', ref: 'refs/heads/main' },
  { repository: 'owner/lib-x', ref: 'refs/heads/main', sub: 'anything' },
])('lets in a token whose claims are all on the list: %j', (claims) => {
  expect(() => requireClaims(eventWith(claims), allowed)).not.toThrow();
});

test.each([
  [{}, 'repository'],
  [{ repository: 'owner/other', ref: 'refs/heads/main' }, 'repository'],
  [{ repository: 'xowner/name', ref: 'refs/heads/main' }, 'repository'],
  [{ repository: 'owner/name', ref: 'refs/heads/mainx' }, 'ref'],
  [{ repository: 'owner/name' }, 'ref'],
  [{ repository: ['owner/name'], ref: 'refs/heads/main' }, 'repository'],
])('keeps out %j and names the claim %s', (claims, claim) => {
  expect(() => requireClaims(eventWith(claims), allowed)).toThrow(
    expect.objectContaining({
      content: expect.objectContaining({ status: 403, members: { claim } }),
    }),
  );
});

test.each([
  [['ops'], true],
  [['dev', 'ops'], true],
  [['dev', 'x ops'], false],
  [['dev ops'], false],
  [[], false],
])('lets in a token whose list of groups %j has one that is on the list: %j', (groups, isIn) => {
  const event = withToken(`[${groups.join(' ')}]`, { groups });
  const ask = () => requireClaims(event, { groups: ['ops'] });
  if (isIn) expect(ask).not.toThrow();
  else expect(ask).toThrow('The claim groups');
});

test.each([
  ['another list than was checked', '[dev]', { groups: ['ops'] }],
  ['no list', '[dev ops]', { groups: '[dev ops]' }],
  ['nothing of it', '[dev ops]', null],
  ['a list in a list', '[ops]', { groups: [['ops']] }],
])('believes no token that says %s', (_, checked, token) => {
  expect(() => requireClaims(withToken(checked, token), { groups: ['ops'] })).toThrow('groups');
});

test('takes what is no token for none', () => {
  fc.assert(
    fc.property(fc.string(), (authorization) => {
      const event = { ...eventWith({ groups: '[ops]' }), headers: { authorization } };
      expect(() => requireClaims(event, { groups: ['ops'] })).toThrow('The claim groups');
    }),
  );
});

function withToken(groups: string, token: object | null): APIGatewayProxyEventV2 {
  const payload = Buffer.from(JSON.stringify(token)).toString('base64url');
  return { ...eventWith({ groups }), headers: { authorization: `Bearer e30.${payload}.c2ln` } };
}

test('keeps out a request that has no token', () => {
  const event = { requestContext: {} } as unknown as APIGatewayProxyEventV2;
  expect(() => requireClaims(event, allowed)).toThrow('is null');
});

test('answers 403 before the handler runs', async () => {
  const gated = gate(JSON.stringify(allowed));
  const claims = { repository: 'owner/name', ref: 'refs/heads/main' };
  expect(await gated(eventWith(claims))).toEqual({ statusCode: 200 });
  const refused = await gated(eventWith({}));
  expect(refused).toMatchObject({
    statusCode: 403,
    headers: { 'content-type': 'application/problem+json' },
  });
  expect(JSON.parse(refused.body!)).toMatchObject({ status: 403, claim: 'repository' });
});

test('lets everybody pass when no list is set', async () => {
  const event = { requestContext: {} } as unknown as APIGatewayProxyEventV2;
  expect(await gate(undefined)(event)).toEqual({ statusCode: 200 });
});

test('takes every character but * for itself', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (pattern, value) => {
      const literal = pattern.replaceAll('*', '');
      const isIn = isLetIn(literal, value);
      expect(isIn).toBe(literal === value);
      expect(isLetIn(`${literal}*`, `${literal}${value}`)).toBe(true);
    }),
  );
});

function gate(list: string | undefined) {
  const handler = middy<APIGatewayProxyEventV2, ApiResponse>()
    .use(claimsGate(list))
    .handler(async () => ({ statusCode: 200 }));
  return (event: APIGatewayProxyEventV2): Promise<ApiResponse> => handler(event, {} as Context);
}

function isLetIn(pattern: string, value: string): boolean {
  try {
    requireClaims(eventWith({ sub: value }), { sub: [pattern] });
    return true;
  } catch {
    return false;
  }
}

function eventWith(claims: Record<string, unknown>): APIGatewayProxyEventV2 {
  return {
    requestContext: { authorizer: { jwt: { claims, scopes: [] } } },
  } as unknown as APIGatewayProxyEventV2;
}
