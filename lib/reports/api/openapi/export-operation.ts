import { exportFormats } from '../../../exports/export-format.ts';
import { answers, type Operation, ref } from './model.ts';

const formats = [...exportFormats.values()];

/** A session as a file. */
export const exportOperation: Operation = {
  path: '/sessions/{session}/exports/{format}',
  method: 'get',
  content: {
    operationId: 'export',
    tags: ['sessions'],
    summary: 'A session as a file',
    description: `Redirects to the file, which is made when it is not there yet.\n\n${formats
      .map(({ name, description }) => `- ${name}: ${description}`)
      .join('\n')}`,
    parameters: [
      ref('parameters', 'session'),
      {
        name: 'format',
        in: 'path',
        required: true,
        description: 'What kind of file.',
        schema: { type: 'string', enum: formats.map(({ name }) => name) },
      },
    ],
    responses: answers({
      202: 'Pending',
      303: 'Elsewhere',
      400: 'BadRequest',
      404: 'NotFound',
      409: 'Conflict',
      500: 'Internal',
      502: 'QueryFailed',
    }),
  },
};
