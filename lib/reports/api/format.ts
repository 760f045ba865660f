import Negotiator from 'negotiator';
import { ParameterError, ProblemError } from '../errors.ts';
import type { ApiRequest } from './request.ts';

/** How a report can be had. */
export type Format = 'json' | 'csv' | 'text';

/** Content types of the formats; the first is the one for clients that take anything. */
export const contentTypes: Readonly<Record<Format, string>> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};

const formats = new Map<string, Format>([
  ['application/json', 'json'],
  ['text/csv', 'csv'],
  ['text/plain', 'text'],
]);

/** Format a request asks for: `?format=` before the Accept header; throws when there is none. */
export function chooseFormat({ query, headers }: ApiRequest): Format {
  const asked = query.get('format');
  if (asked !== undefined) {
    const format = [...formats.values()].find((name) => name === asked);
    if (format) return format;
    throw new ParameterError('format', 'Give json, csv or text.');
  }
  const available = [...formats.keys()];
  const [type] = new Negotiator({ headers }).mediaTypes(available);
  if (type !== undefined) return formats.get(type)!;
  throw new ProblemError({
    status: 406,
    kind: 'not-acceptable',
    title: 'No such format',
    detail: `Reports can be had as ${available.join(', ')}; ask for one in Accept or with format=json, csv or text.`,
  });
}
