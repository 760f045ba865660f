import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type ApiResponse, errorResponse } from '../reports/api/response.ts';
import { type AllowedClaims, requireClaims } from './claims.ts';

/**
 * Middleware that answers 403 for a token whose claims are not let in. `list` is AllowedClaims as
 * JSON; without it everybody passes whom API Gateway let through.
 */
export function claimsGate(
  list: string | undefined,
): MiddlewareObj<APIGatewayProxyEventV2, ApiResponse> {
  const allowed = JSON.parse(list ?? '{}') as AllowedClaims;
  return {
    before: ({ event }) => {
      try {
        requireClaims(event, allowed);
        return undefined;
      } catch (error) {
        return errorResponse(error, undefined);
      }
    },
  };
}
