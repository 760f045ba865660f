import type { Part } from './model.ts';
import { shape } from './schemas.ts';

/** Response headers by name. */
export const headers: Readonly<Record<string, Part>> = {
  'retry-after': {
    description: 'Seconds after which to ask again.',
    schema: { type: 'integer', minimum: 1 },
  },
  location: {
    description: 'Where to ask next.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  etag: {
    description: 'Names this answer; send it back as If-None-Match.',
    schema: { type: 'string' },
  },
  link: { description: 'The next page, as rel="next".', schema: { type: 'string' } },
  allow: { description: 'Methods that are possible.', schema: { type: 'string' } },
};

function pickHeaders(...names: string[]): Part {
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}

function problem(description: string, ...names: string[]): Part {
  return {
    description,
    ...(names.length > 0 && { headers: pickHeaders(...names) }),
    content: { 'application/problem+json': { schema: shape('Problem') } },
  };
}

/** Answers that several operations share, by name. */
export const responses: Readonly<Record<string, Part>> = {
  Pending: {
    description: 'Not there yet: ask the same address again.',
    headers: pickHeaders('location', 'retry-after'),
    content: { 'application/json': { schema: shape('Pending') } },
  },
  NotModified: {
    description: 'The caller has this answer already.',
    headers: pickHeaders('etag'),
  },
  Elsewhere: {
    description: 'A file of its own: it can be downloaded from Location, without credentials.',
    headers: pickHeaders('location'),
    content: { 'text/plain': { schema: { type: 'string' } } },
  },
  BadRequest: problem('A parameter cannot be used; `parameter` names it.'),
  Unauthorized: {
    description: 'Nobody knows who asks: sign the request, or send a token.',
    content: { 'application/json': { schema: { type: 'object' } } },
  },
  Forbidden: {
    description: 'Who asks may not.',
    content: {
      'application/problem+json': { schema: shape('Problem') },
      'application/json': { schema: { type: 'object' } },
    },
  },
  NotFound: problem('There is nothing of that name.'),
  NotAcceptable: problem('None of the formats that are acceptable can be had.'),
  Conflict: problem(
    'The log could not be ingested, was replaced while it was read, or lacks what is asked.',
  ),
  Gone: problem('The cursor has expired; start again from the first page.'),
  TooLarge: problem('The body is larger than the service takes.'),
  UnsupportedType: problem('The type of the body is none that is understood.'),
  TooMuch: problem('The query takes too much time or memory.'),
  Internal: problem('Something went wrong in the service.'),
  QueryFailed: problem('The query engine could not make the answer.'),
  Busy: problem('The query engine takes no more queries now.', 'retry-after'),
};

/** A JSON answer of a shape. */
export function jsonAnswer(description: string, name: string, ...headerNames: string[]): Part {
  return {
    description,
    ...(headerNames.length > 0 && { headers: pickHeaders(...headerNames) }),
    content: { 'application/json': { schema: shape(name) } },
  };
}
