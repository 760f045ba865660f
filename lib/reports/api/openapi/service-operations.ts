import { MAX_SESSIONS } from '../sessions-answer.ts';
import { answers, type Operation, type Part, ref } from './model.ts';
import { instantSchema, labelsParameter, limitParameter } from './parameters.ts';
import { headers, jsonAnswer } from './responses.ts';
import { shape } from './schemas.ts';

const text: Part = { type: 'string' };

/** What can be asked of every deployment, but for the reports. */
export const serviceOperations: readonly Operation[] = [
  {
    path: '/health',
    method: 'get',
    content: {
      operationId: 'health',
      tags: ['service'],
      summary: 'Whether the service is up',
      security: [],
      responses: {
        200: jsonAnswer('It is.', 'Health'),
        ...answers({ 400: 'BadRequest', 500: 'Internal' }),
      },
    },
  },
  {
    path: '/openapi.json',
    method: 'get',
    content: {
      operationId: 'openapi',
      tags: ['service'],
      summary: 'This document',
      responses: {
        200: {
          description: 'The document, for this deployment.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...answers({ 400: 'BadRequest', 500: 'Internal' }),
      },
    },
  },
  {
    path: '/reports',
    method: 'get',
    content: {
      operationId: 'reports',
      tags: ['reports'],
      summary: 'Every report with its parameters and columns',
      responses: {
        200: jsonAnswer('The catalogue.', 'Reports'),
        ...answers({ 400: 'BadRequest', 500: 'Internal' }),
      },
    },
  },
  {
    path: '/sessions',
    method: 'get',
    content: {
      operationId: 'sessions',
      tags: ['sessions'],
      summary: 'Sessions, the newest first',
      description:
        'A session is what a log becomes: its calls, and a manifest of how they were read. A log without times begins when it was uploaded.',
      parameters: [
        queryParameter('prefix', 'What the id begins with.', text),
        queryParameter('status', 'How far the ingest is.', {
          type: 'string',
          enum: ['ready', 'ingesting', 'failed'],
        }),
        queryParameter('key', 'Key of a log in the uploads bucket.', {
          type: 'string',
          examples: ['logs/ci/42/app.log.gz'],
        }),
        queryParameter('from', 'Logs that begin at this time (UTC) or later.', instantSchema),
        queryParameter('to', 'Logs that begin at this time (UTC) or earlier.', instantSchema),
        labelsParameter('Values of labels: `label.branch=main`.'),
        limitParameter(MAX_SESSIONS, 'Sessions a page has at most; 100 by default.'),
        ref('parameters', 'cursor'),
      ],
      responses: {
        200: {
          ...jsonAnswer('A page of sessions.', 'Sessions'),
          headers: { link: headers.link },
        },
        ...answers({ 400: 'BadRequest', 500: 'Internal' }),
      },
    },
  },
  {
    path: '/sessions/{session}',
    method: 'get',
    content: {
      operationId: 'session',
      tags: ['sessions'],
      summary: 'The manifest of a session, in whatever state it is',
      parameters: [ref('parameters', 'session')],
      responses: {
        200: jsonAnswer('The manifest.', 'Session'),
        ...answers({ 400: 'BadRequest', 404: 'NotFound', 500: 'Internal' }),
      },
    },
  },
  {
    path: '/uploads',
    method: 'post',
    content: {
      operationId: 'upload',
      tags: ['sessions'],
      summary: 'A URL that takes one log',
      description: 'For uploads without AWS keys: PUT the file to the URL with the headers given.',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: shape('UploadRequest') } },
      },
      responses: {
        201: jsonAnswer(
          'The URL, and the session that the log becomes.',
          'UploadTicket',
          'location',
        ),
        ...answers({ 400: 'BadRequest', 413: 'TooLarge', 500: 'Internal' }),
      },
    },
  },
];

function queryParameter(name: string, description: string, schema: Part): Part {
  return { name, in: 'query', description, schema };
}
