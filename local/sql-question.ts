import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ApiRequest } from '../lib/reports/api/request.ts';
import { ParameterError, ProblemError } from '../lib/reports/errors.ts';

const PARAMETERS = ['session', 'format', 'limit'];
// The last is what curl says of --data.
const TEXT_TYPES = ['text/plain', 'application/sql', 'application/x-www-form-urlencoded'];

/** A query, and the one session it is about if not all. */
export interface SqlQuestion {
  sql: string;
  session?: string;
}

/** What is asked, by the body and the query of the URL; throws ParameterError or ProblemError. */
export function readQuestion(
  { query, headers }: ApiRequest,
  event: APIGatewayProxyEventV2,
): SqlQuestion {
  const body = bodyOf(event);
  for (const name of query.keys())
    if (!PARAMETERS.includes(name))
      throw new ParameterError(name, `It is not known here; there are ${PARAMETERS.join(', ')}.`);
  const [type = ''] = (headers['content-type'] ?? 'text/plain').toLowerCase().split(';');
  if (type.trim() === 'application/json') return readJson(body, query.get('session'));
  if (!TEXT_TYPES.includes(type.trim()))
    throw new ProblemError({
      status: 415,
      kind: 'unsupported-type',
      title: 'No such type of body',
      detail: 'Send the query as text/plain, application/sql, or JSON such as {"sql": "SELECT 1"}.',
    });
  return { sql: body, session: query.get('session') };
}

function readJson(body: string, session: string | undefined): SqlQuestion {
  const content = parse(body);
  if (content === undefined)
    throw new ParameterError('body', 'Send JSON such as {"sql": "SELECT 1", "session": "sample"}.');
  const { sql, session: named = session, ...others } = content;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new ParameterError(unknown, 'It is not known here; there are sql and session.');
  if (typeof sql !== 'string') throw new ParameterError('sql', 'Give the query as a text.');
  if (named !== undefined && typeof named !== 'string')
    throw new ParameterError('session', 'Give the id of a session.');
  return { sql, session: named };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(body);
    const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
    return isObject ? { ...content } : undefined;
  } catch {
    return undefined;
  }
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
}
