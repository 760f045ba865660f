import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

type Handle = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

const preflight = {
  'access-control-allow-methods': 'GET,POST',
  'access-control-allow-headers': 'accept,authorization,content-type,if-none-match',
  'access-control-max-age': '3600',
};
const exposed = { 'access-control-expose-headers': 'etag,link,location,retry-after' };

/** The same handler for pages of one other origin too, as API Gateway lets them in; undefined lets none in. */
export function allowOrigin(origin: string | undefined, handle: Handle): Handle {
  if (origin === undefined) return handle;
  return async (event) => {
    const { method } = event.requestContext.http;
    const isAllowed = event.headers.origin === origin;
    const asks = event.headers['access-control-request-method'] !== undefined;
    const allowed: Record<string, string> = isAllowed
      ? { 'access-control-allow-origin': origin }
      : {};
    if (method === 'OPTIONS' && asks)
      return { statusCode: 204, headers: { ...allowed, ...(isAllowed ? preflight : {}) } };
    const answer = await handle(event);
    const vary = [answer.headers?.vary, 'origin'].filter(Boolean).join(', ');
    return {
      ...answer,
      headers: { ...answer.headers, ...allowed, ...(isAllowed ? exposed : {}), vary },
    };
  };
}
