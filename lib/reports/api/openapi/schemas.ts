import { hiveJsonSchema } from '../../../lake/hive-json-schema.ts';
import { sessionColumns } from '../../../lake/session-columns.ts';
import { gateSchemas } from './gate-schemas.ts';
import { objectSchema, type Part, ref } from './model.ts';

const text: Part = { type: 'string' };
const optionalText: Part = { type: ['string', 'null'] };
const optionalCount: Part = { type: ['integer', 'null'] };
const address: Part = { type: 'string', format: 'uri-reference' };
const status: Part = { type: 'string', enum: ['ingesting', 'ready', 'failed'] };
const labels: Part = { type: 'object', additionalProperties: text };
const failure: Part = objectSchema({ title: text, detail: text });

// A part of a key: anything but `.` and `..`, without control characters.
const PLAIN = '[^/\\u0000-\\u001f\\u007f-\\u009f]';
const SEGMENT = `(\\.{0,2}${PLAIN.replace('/', '/.')}${PLAIN}*|\\.{3,}${PLAIN}*)`;
const UTC_OFFSET = '^(Z|[+-](0\\d|1[0-3]):?[0-5]\\d|[+-]14:?00)$';

/** The shapes of JSON answers, by name. */
export const schemas: Readonly<Record<string, Part>> = {
  Problem: {
    type: 'object',
    description: 'What was wrong with a request, or went wrong with it (RFC 9457).',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string', pattern: '^urn:stracelake:problem:[a-z-]+$' },
      title: { type: 'string', minLength: 1 },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: { type: 'string', minLength: 1, description: 'What happened and what to do.' },
      parameter: { type: 'string', description: 'Name of the parameter that cannot be used.' },
      session: text,
      request_id: { type: 'string', description: 'Under which the log of the service says more.' },
    },
    additionalProperties: true,
  },
  Pending: objectSchema(
    {
      status: { type: 'string', enum: ['ingesting', 'running'] },
      session: text,
      detail: text,
      location: { ...address, description: 'Ask here again after Retry-After seconds.' },
    },
    ['session'],
  ),
  ...gateSchemas,
  Health: objectSchema({ status: { const: 'ok' } }),
  Session: {
    type: 'object',
    description:
      'Manifest of a session: where it came from, what was read, which files hold it. The Glue table `sessions` has the same fields.',
    required: ['version', 'session', 'status', 'sources', 'labels', 'started_at', 'files'],
    properties: {
      ...Object.fromEntries(
        Object.entries(sessionColumns).map(([name, type]) => [name, hiveJsonSchema(type)]),
      ),
      session: text,
      status,
      labels,
      reports: { type: 'string', description: 'Where the reports on the session are.' },
    },
    additionalProperties: false,
  },
  Sessions: objectSchema(
    {
      key: { type: 'string', description: 'The key that was asked for.' },
      session: { type: 'string', description: 'Session that a log under this key becomes.' },
      sessions: {
        type: 'array',
        items: objectSchema(
          {
            session: text,
            status,
            started_at: text,
            finished_at: optionalText,
            start_time: optionalText,
            end_time: optionalText,
            lines: optionalCount,
            rows: optionalCount,
            calls: optionalCount,
            errors: optionalCount,
            log_bytes: optionalCount,
            labels,
            keys: { type: 'array', items: text },
            failure,
            url: address,
          },
          ['failure'],
        ),
      },
      next: { ...address, description: 'The next page, on all but the last.' },
    },
    ['key', 'session', 'next'],
  ),
  Reports: objectSchema({
    reports: {
      type: 'array',
      items: objectSchema(
        {
          name: text,
          title: text,
          description: text,
          parameters: {
            type: 'array',
            items: objectSchema({
              name: text,
              type: text,
              required: { type: 'boolean' },
              description: text,
            }),
          },
          columns: {
            type: 'array',
            items: objectSchema({ name: text, type: text, description: text }),
          },
          scope: {
            type: 'string',
            enum: ['session', 'sessions'],
            description: 'Whether it is about one session, or about those of some days.',
          },
          brief: {
            type: 'array',
            items: text,
            description: 'Columns that say most, the most telling first; not everywhere.',
          },
          key: {
            type: 'array',
            items: text,
            description:
              'Columns by which rows of two sessions are matched; only where there are some.',
          },
          measures: {
            type: 'array',
            items: text,
            description: 'Columns that are compared then, the most telling first.',
          },
          url: text,
          diff_url: { ...text, description: 'Where two sessions are compared by it.' },
        },
        ['brief', 'key', 'measures', 'diff_url'],
      ),
    },
  }),
  ResultColumns: {
    type: 'array',
    description: 'Columns of the rows, with the names of types that the query engine uses.',
    items: objectSchema({ name: text, type: text }),
  },
  SqlRequest: objectSchema(
    {
      sql: { type: 'string', examples: ['SELECT COUNT(*) AS calls FROM calls'] },
      session: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
    },
    ['session'],
  ),
  SqlRows: objectSchema({
    columns: shape('ResultColumns'),
    is_cut: { type: 'boolean', description: 'Whether there were more rows than these.' },
    rows: { type: 'array', items: { type: 'object' } },
  }),
  UploadRequest: {
    type: 'object',
    required: ['name', 'size_bytes'],
    properties: {
      name: {
        type: 'string',
        minLength: 1,
        maxLength: 1019,
        pattern: `^${SEGMENT}(/${SEGMENT})*$`,
        description: 'Name of the log below logs/.',
        examples: ['ci/42/app.log.gz'],
      },
      size_bytes: {
        type: 'integer',
        minimum: 1,
        // What S3 takes in one PUT; a deployment may take less.
        maximum: 5_000_000_000,
        description: 'Size of the file to be sent.',
      },
      session: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
      date: { type: 'string', format: 'date', description: 'Date of the first line.' },
      'utc-offset': { type: 'string', pattern: UTC_OFFSET, examples: ['+02:00'] },
    },
    patternProperties: { '^label-[a-z0-9-]+$': { type: 'string', pattern: '^[ -~]{1,200}$' } },
    additionalProperties: false,
  },
  UploadTicket: objectSchema({
    method: { const: 'PUT' },
    url: { type: 'string', format: 'uri' },
    headers: { type: 'object', additionalProperties: text },
    expires_at: { type: 'string', format: 'date-time' },
    key: text,
    session: text,
    session_url: address,
  }),
};

/** A link to a shape. */
export function shape(name: string): Part {
  return ref('schemas', name);
}
