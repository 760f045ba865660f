import { type Control, controls } from '../../controls.ts';
import { MAX_PARAMETER_LENGTH, parameterPatterns } from '../../parameters.ts';
import type { ParameterType, ReportParameter } from '../../report.ts';
import type { Part } from './model.ts';

const SESSION_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$';
const TIME_OF_DAY = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?';
const DAYS = [
  '02-(0[1-9]|1\\d|2[0-8])',
  '(0[469]|11)-(0[1-9]|[12]\\d|30)',
  '(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])',
];
const DATE = `(1[789]|2[01])\\d{2}-(${DAYS.join('|')})`;
const INSTANT = `${DATE}(T${TIME_OF_DAY}(Z|[+-][01]\\d:?[0-5]\\d)?)?`;
const TIME_PATTERN = `^(${TIME_OF_DAY}|${INSTANT})$`;

/** A time that has its date, or a date alone. */
export const instantSchema: Part = {
  type: 'string',
  pattern: `^${INSTANT}$`,
  examples: ['2026-11-23T09:23:46.107746Z', '2026-11-23'],
};

/** Parameters that several operations share, by name. */
export const sharedParameters: Readonly<Record<string, Part>> = {
  session: {
    name: 'session',
    in: 'path',
    required: true,
    description: 'Id of a session; GET /sessions lists them.',
    schema: { type: 'string', pattern: SESSION_PATTERN },
    example: 'sample',
  },
  ifNoneMatch: {
    name: 'if-none-match',
    in: 'header',
    description: 'ETags that the caller has; 304 when the answer is still one of them.',
    schema: { type: 'string' },
  },
  format: {
    name: 'format',
    in: 'query',
    description: controlText('format'),
    schema: { type: 'string', enum: ['json', 'csv', 'text'] },
  },
  where: {
    name: 'where',
    in: 'query',
    description: controlText('where'),
    schema: { type: 'string', contentMediaType: 'application/json' },
    example: '[["executable","is_not",null]]',
  },
  cursor: {
    name: 'cursor',
    in: 'query',
    description: controlText('cursor'),
    schema: { type: 'string', minLength: 1 },
  },
};

/** What a control of the answer does. */
export function controlText(name: Control['name']): string {
  return controls.find((control) => control.name === name)!.description;
}

/** A page's size, up to `maximum` rows. */
export function limitParameter(maximum: number, description: string): Part {
  return {
    name: 'limit',
    in: 'query',
    description,
    schema: { type: 'integer', minimum: 1, maximum },
  };
}

/** Parameter of a report as OpenAPI has it. */
export function reportParameter(parameter: ReportParameter): Part {
  const { name, type, description } = parameter;
  if (type === 'labels') return labelsParameter(description);
  // The default of a time is a number of nanoseconds, which no caller can give.
  const hasDefault =
    parameter.default !== undefined && !['time', 'day'].includes(type) && parameter.default !== '';
  return {
    name,
    in: 'query',
    required: parameter.default === undefined,
    description,
    schema: {
      ...schemaOf[type],
      ...boundsOf(parameter),
      ...(hasDefault && { default: defaultOf(parameter) }),
    },
  };
}

/** Labels by name: `label.branch=main`. */
export function labelsParameter(description: string): Part {
  return {
    name: 'labels',
    in: 'query',
    description,
    style: 'form',
    explode: true,
    schema: {
      type: 'object',
      propertyNames: { pattern: '^label\\.[a-z0-9-]+$' },
      additionalProperties: { type: 'string', pattern: '^[^\\u0000\\r\\n]*$' },
    },
  };
}

function boundsOf({ range }: ReportParameter): Part {
  return range ? { minimum: range[0], maximum: range[1] } : {};
}

function defaultOf({ type, default: text }: ReportParameter): string | number {
  return type === 'integer' ? Number(text) : text!;
}

const schemaOf: Readonly<Record<ParameterType, Part>> = {
  string: { type: 'string', maxLength: MAX_PARAMETER_LENGTH, pattern: '^[^\\u0000]*$' },
  regex: { type: 'string', maxLength: MAX_PARAMETER_LENGTH, format: 'regex' },
  integer: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999 },
  integers: listSchema('integers'),
  names: listSchema('names'),
  time: {
    type: 'string',
    pattern: TIME_PATTERN,
    examples: ['2026-11-23T09:23:46.107746Z', '09:23:46'],
  },
  session: { type: 'string', pattern: SESSION_PATTERN },
  day: {
    type: 'string',
    pattern: `^(${DATE}|-?\\d{1,4})$`,
    examples: ['2026-11-23', '-7'],
  },
  labels: { type: 'object' },
  period: { type: 'string', enum: ['day', 'session'] },
};

function listSchema(type: 'integers' | 'names'): Part {
  const pattern = parameterPatterns[type].source;
  return { type: 'string', maxLength: MAX_PARAMETER_LENGTH, pattern };
}
