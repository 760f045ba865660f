import { answers, type Operation, ref } from './model.ts';
import { jsonAnswer } from './responses.ts';

/** What the gate can be asked. */
export const gateOperations: readonly Operation[] = [
  {
    path: '/compare',
    method: 'post',
    content: {
      operationId: 'compare',
      tags: ['sessions'],
      summary: 'Judge sessions by a budget and a baseline',
      description:
        'The baseline are the sessions named or, by the labels in the budget, the latest that passed. The verdict is kept with each session judged.',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: ref('schemas', 'CompareRequest') } },
      },
      responses: {
        200: jsonAnswer('The verdict.', 'Verdict'),
        ...answers({
          202: 'Pending',
          400: 'BadRequest',
          404: 'NotFound',
          409: 'Conflict',
          413: 'TooLarge',
          500: 'Internal',
          502: 'QueryFailed',
          503: 'Busy',
        }),
      },
    },
  },
  {
    path: '/sessions/{session}/verdict',
    method: 'get',
    content: {
      operationId: 'verdict',
      tags: ['sessions'],
      summary: 'What was last said of a session',
      parameters: [ref('parameters', 'session')],
      responses: {
        200: jsonAnswer('The verdict.', 'Verdict'),
        ...answers({ 400: 'BadRequest', 404: 'NotFound', 500: 'Internal' }),
      },
    },
  },
];
