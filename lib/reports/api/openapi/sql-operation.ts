import { contentTypes } from '../format.ts';
import { answers, type Operation, ref } from './model.ts';
import { limitParameter } from './parameters.ts';
import { shape } from './schemas.ts';

/** Rows an ad hoc query gives at most. */
export const MAX_SQL_ROWS = 10_000;

const text = { schema: { type: 'string' }, example: 'SELECT COUNT(*) AS calls FROM calls' };

/** Ad hoc SQL, where a deployment has it. */
export const sqlOperation: Operation = {
  path: '/sql',
  method: 'post',
  content: {
    operationId: 'sql',
    tags: ['reports'],
    summary: 'The rows of one SELECT',
    description:
      'Reads the tables calls (also as calls_all), sessions and the views of the service, and nothing else: one statement, no files, no settings, limited in time, memory and rows.',
    parameters: [
      {
        name: 'session',
        in: 'query',
        description: 'Session whose calls the query sees; those of all sessions by default.',
        schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
      },
      limitParameter(MAX_SQL_ROWS, 'Rows at most; 1,000 by default.'),
      ref('parameters', 'format'),
    ],
    requestBody: {
      required: true,
      content: {
        'text/plain': text,
        'application/sql': text,
        'application/json': { schema: shape('SqlRequest') },
      },
    },
    responses: {
      200: {
        description: 'The rows.',
        content: {
          [contentTypes.json]: { schema: shape('SqlRows') },
          'text/csv': { schema: { type: 'string' } },
          'text/plain': { schema: { type: 'string' } },
        },
      },
      ...answers({
        202: 'Pending',
        400: 'BadRequest',
        403: 'Forbidden',
        404: 'NotFound',
        406: 'NotAcceptable',
        409: 'Conflict',
        413: 'TooLarge',
        415: 'UnsupportedType',
        422: 'TooMuch',
        500: 'Internal',
        503: 'Busy',
      }),
    },
  },
};
