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
    if (typeof value === 'string' && patterns.some((pattern) => matches(pattern, value))) continue;
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

function matches(pattern: string, value: string): boolean {
  const texts = pattern.split('*').map((text) => text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${texts.join('.*')}$`, 's').test(value);
}
