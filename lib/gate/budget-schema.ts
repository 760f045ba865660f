import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { countMetrics, setMetrics } from './metrics.ts';

const levelSchema = {
  enum: ['off', 'warn', 'error'],
  description: 'off asks nothing, warn tells, error fails the gate.',
} as const satisfies JSONSchema;

const globs = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
} as const;

const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    max: { type: 'number', description: 'Most that is allowed; of a set, items.' },
    min: { type: 'number', description: 'Least that is allowed.' },
    maxIncrease: {
      type: 'number',
      minimum: 0,
      description: 'Most that it may be above the highest of the baseline runs.',
    },
    maxRatio: {
      type: 'number',
      minimum: 1,
      description:
        'Most that it may be of the highest of the baseline runs; with maxIncrease, the looser of the two holds.',
    },
    allow: { ...globs, description: 'Globs: items that match one are fine, all others are not.' },
    deny: { ...globs, description: 'Globs: items that match one are not fine, all others are.' },
    ignore: { ...globs, description: 'Globs: items that match one are not looked at.' },
    scope: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      description: 'What is looked at only; all of it must match.',
      properties: {
        executable: { type: 'string', description: 'Glob: path or last name of the program.' },
        path: { type: 'string', description: 'Glob: path of the file.' },
        syscall: { type: 'string', description: 'Glob: name of the system call.' },
      },
    },
  },
} as const satisfies JSONSchema;

const assertionSchema = {
  anyOf: [
    levelSchema,
    {
      type: 'array',
      minItems: 2,
      maxItems: 2,
      items: [levelSchema, optionsSchema],
      additionalItems: false,
    },
  ],
} as const satisfies JSONSchema;

/** The same for editors, which read the options once. */
const assertionWithReference = {
  anyOf: [
    levelSchema,
    { ...assertionSchema.anyOf[1], items: [levelSchema, { $ref: '#/definitions/options' }] },
  ],
};

const presetNames = [
  'recommended',
  'no-network',
  'hermetic-build',
  'startup',
  'supply-chain',
  'no-leaks',
] as const;

const rootsSchema = {
  type: 'object',
  propertyNames: { pattern: '^\\$[A-Z][A-Z0-9_]*$' },
  additionalProperties: { type: 'string' },
  description:
    'Folders that paths are told from, such as {"$CACHE": "/var/cache/x"}; $WORK and $HOME are there.',
} as const satisfies JSONSchema;

const budgetSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    extends: {
      description:
        'Presets whose assertions hold unless this budget says otherwise; later ones win.',
      type: 'array',
      items: { enum: presetNames },
      uniqueItems: true,
    },
    baseline: {
      description:
        'What runs are compared with: a file, or the latest sessions of a service with these labels.',
      type: 'object',
      additionalProperties: false,
      properties: {
        file: { type: 'string', minLength: 1, description: 'From the folder of the budget.' },
        labels: {
          type: 'object',
          additionalProperties: { type: 'string' },
          minProperties: 1,
          description: 'Labels that sessions of the baseline carry, such as {"branch": "main"}.',
        },
        runs: {
          type: 'integer',
          minimum: 1,
          maximum: 50,
          description: 'How many runs a baseline keeps or looks at: the latest ones.',
        },
      },
    },
    runs: {
      type: 'integer',
      minimum: 1,
      maximum: 50,
      description: 'How often the command is run.',
    },
    aggregate: {
      enum: ['median', 'union'],
      description:
        'Of several runs: median has the items that at least half of them have and the median of counts, union all items and the highest.',
    },
    ignore: {
      ...globs,
      description: 'Globs: paths that nothing looks at, beside those always left out.',
    },
    roots: rootsSchema,
    normalise: {
      description:
        'Replacements in paths, programs and endpoints, in order, after the built-in ones.',
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['pattern', 'replace'],
        properties: {
          pattern: { type: 'string', format: 'regex', description: 'Regular expression.' },
          replace: {
            type: 'string',
            description: 'What stands there instead; $1 is the first group.',
          },
        },
      },
    },
    assert: {
      type: 'object',
      additionalProperties: assertionSchema,
    },
    scopes: {
      description: 'Further assertions, each for some programs or files only.',
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['scope', 'assert'],
        properties: {
          scope: optionsSchema.properties.scope,
          assert: { type: 'object', additionalProperties: assertionSchema },
        },
      },
    },
  },
} as const satisfies JSONSchema;

/** How grave it is when an assertion does not hold. */
export type Level = FromSchema<typeof levelSchema>;

/** What an assertion allows. */
export type AssertionOptions = FromSchema<typeof optionsSchema>;

/** What an assertion looks at only. */
export type Scope = NonNullable<AssertionOptions['scope']>;

/** A budget's assertion: a level, or a level with options. */
export type Assertion = FromSchema<typeof assertionSchema>;

/** A budget as `stracelake.budget.json` holds it. */
export type Budget = FromSchema<typeof budgetSchema>;

/** Name of a set of assertions that come with the gate. */
export type PresetName = (typeof presetNames)[number];

/** The JSON Schema (draft 7) of a budget, with every assertion by name, as editors and ajv read it. */
export function budgetJsonSchema(): Record<string, unknown> {
  const assert = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(namedAssertions()),
    patternProperties: Object.fromEntries(
      Object.entries(countMetrics)
        .filter(([, { argument }]) => argument)
        .map(([name, { description }]) => [`^${name}.+$`, describe(description)]),
    ),
  };
  const { properties } = budgetSchema;
  const definitions = { options: optionsSchema, assertion: assertionWithReference };
  const scopes = { ...properties.scopes, items: { ...properties.scopes.items } };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Budget of stracelake ci',
    ...budgetSchema,
    properties: {
      ...properties,
      assert: { ...assert, description: 'What must hold, by name.' },
      scopes: {
        ...scopes,
        items: {
          ...scopes.items,
          properties: {
            scope: { $ref: '#/definitions/options/properties/scope' },
            assert: { $ref: '#/properties/assert' },
          },
        },
      },
    },
    definitions,
  };
}

function namedAssertions(): [string, object][] {
  return [
    ...Object.entries(setMetrics).flatMap(([name, { item, description }]): [string, object][] => [
      [`new_${name}`, describe(`Any ${item} that no run of the baseline had`)],
      [name, describe(description)],
    ]),
    ...Object.entries(countMetrics)
      .filter(([, { argument }]) => !argument)
      .map(([name, { description }]): [string, object] => [name, describe(description)]),
  ];
}

function describe(description: string): object {
  return { allOf: [{ $ref: '#/definitions/assertion' }], description: `${description}.` };
}
