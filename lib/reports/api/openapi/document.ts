import type { Catalogue } from '../../report.ts';
import { exportOperation } from './export-operation.ts';
import { gateOperations } from './gate-operations.ts';
import { answers, type Operation, type Part } from './model.ts';
import { sharedParameters } from './parameters.ts';
import { reportOperations } from './report-operations.ts';
import { responses } from './responses.ts';
import { schemas } from './schemas.ts';
import { serviceOperations } from './service-operations.ts';
import { sqlOperation } from './sql-operation.ts';

/** What one deployment of the service has that another may lack. */
export interface ApiFeatures {
  /** Who may ask: anybody who reaches it, or callers that sign or bring a token. */
  access: 'open' | 'authorized';
  /** Whether POST /sql is there. */
  sql?: boolean;
}

const securitySchemes: Part = {
  sigv4: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'AWS Signature Version 4 for the service execute-api (curl --aws-sigv4).',
  },
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Token of the OpenID Connect issuer that the deployment trusts.',
  },
};

const tags = [
  { name: 'sessions', description: 'Logs that were uploaded.' },
  { name: 'reports', description: 'Questions about one session.' },
  { name: 'differences', description: 'What a report finds that two sessions do not share.' },
  { name: 'trends', description: 'Questions about the sessions of some days.' },
  { name: 'service', description: 'The service itself.' },
];

/** The service as an OpenAPI 3.1 document; `base` is the path below which it is reached. */
export function describeApi(catalogue: Catalogue, features: ApiFeatures, base: string): Part {
  const isOpen = features.access === 'open';
  const operations = [
    ...serviceOperations,
    ...gateOperations,
    exportOperation,
    ...(features.sql ? [sqlOperation] : []),
    ...reportOperations(catalogue),
  ];
  const paths = pathsOf(isOpen ? operations : operations.map(withRefusals));
  return {
    openapi: '3.1.0',
    info: {
      title: 'stracelake',
      version: '1',
      summary: 'Reports on recorded strace sessions.',
      description:
        'Upload an strace log; it becomes a session; ask for reports on it. Every GET can be asked as HEAD, and answers come compressed (br, gzip) where Accept-Encoding allows. Problems are application/problem+json (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: base === '' ? '/' : base }],
    security: isOpen ? [] : [{ sigv4: [] }, { token: [] }],
    tags,
    paths,
    components: {
      ...pickUsed(paths, { schemas, responses, parameters: sharedParameters }),
      ...(!isOpen && { securitySchemes }),
    },
  };
}

function pathsOf(operations: readonly Operation[]): Part {
  const paths: Record<string, Part> = {};
  for (const { path, method, content } of operations)
    paths[path] = { ...paths[path], [method]: content };
  return paths;
}

/** What API Gateway and the claims gate answer to who may not ask. */
function withRefusals(operation: Operation): Operation {
  const { content } = operation;
  if (content.security !== undefined) return operation;
  const refusals = answers({ 401: 'Unauthorized', 403: 'Forbidden' });
  return {
    ...operation,
    content: { ...content, responses: { ...(content.responses as Part), ...refusals } },
  };
}

type Components = Record<string, Readonly<Record<string, Part>>>;

/** The components that the paths come to, also by way of each other. */
function pickUsed(paths: Part, all: Components): Components {
  const used: Record<string, Record<string, Part>> = {};
  const left: unknown[] = [paths];
  while (left.length > 0) {
    const text = JSON.stringify(left.pop());
    for (const [, section, name] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      if (used[section!]?.[name!] !== undefined) continue;
      const component = all[section!]![name!]!;
      used[section!] = { ...used[section!], [name!]: component };
      left.push(component);
    }
  }
  return used;
}
