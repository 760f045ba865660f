import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Answers 200 whenever the API and Lambda are up; needs no rights and tells nothing. */
export async function handler(): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ status: 'ok' }),
  };
}
