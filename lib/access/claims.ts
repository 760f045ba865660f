import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ProblemError } from '../reports/errors.ts';

/** Claim -> values let in, in which `*` stands for any text; a token must match in every claim. */
export type AllowedClaims = Readonly<Record<string, readonly string[]>>;

type Claims = Record<string, unknown>;

/** Throws ProblemError (403) unless the token that API Gateway checked has the claims that are let in. */
export function requireClaims(event: APIGatewayProxyEventV2, allowed: AllowedClaims): void {
  const claims = claimsOf(event);
  for (const [name, patterns] of Object.entries(allowed)) {
    const value = claims[name];
    const values = typeof value === 'string' ? valuesOf(event, name, value) : [];
    if (values.some((each) => patterns.some((pattern) => matches(pattern, each)))) continue;
    throw new ProblemError({
      status: 403,
      kind: 'claim-not-allowed',
      title: 'This token is not let in',
      detail:
        `The claim ${name} of the token is ${JSON.stringify(value ?? null)}, which is not on the ` +
        "service's list; whoever deployed it can add it to jwtClaims.",
      members: { claim: name },
    });
  }
}

function claimsOf(event: APIGatewayProxyEventV2): Claims {
  const context = event.requestContext as { authorizer?: { jwt?: { claims?: Claims } } };
  return context.authorizer?.jwt?.claims ?? {};
}

// API Gateway writes a list of groups as `[ops dev]`, in which a value with a space looks like two. The
// token that it checked tells them apart; it counts only where it says the same as what was checked.
function valuesOf(event: APIGatewayProxyEventV2, name: string, checked: string): string[] {
  const list = readToken(event)[name];
  const isSame = Array.isArray(list) && `[${list.join(' ')}]` === checked;
  return isSame && list.every((each) => typeof each === 'string') ? list : [checked];
}

function readToken(event: APIGatewayProxyEventV2): Claims {
  const [, payload = ''] = event.headers?.authorization?.split('.') ?? [];
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) ?? {};
  } catch {
    return {};
  }
}

function matches(pattern: string, value: string): boolean {
  const texts = pattern.split('*').map((text) => text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${texts.join('.*')}$`, 's').test(value);
}
