import { Ajv } from 'ajv';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { parseBudget, type ReadyBudget, readyBudget } from './budget.ts';
import { GateInputError } from './errors.ts';

const session = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' } as const;
const sessions = { type: 'array', items: session, minItems: 1, maxItems: 50 } as const;

/** JSON Schema of the body of POST /compare; the budget has a schema of its own. */
export const compareSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['sessions'],
  properties: {
    sessions: { ...sessions, description: 'Sessions to judge: several are runs of one thing.' },
    baseline: {
      ...sessions,
      description: 'Sessions to compare with; without, those that the budget tells by labels.',
    },
    budget: { type: 'object', description: 'A budget, as docs/budget.schema.json tells.' },
  },
} as const satisfies JSONSchema;

/** What POST /compare asks. */
export interface CompareRequest {
  sessions: string[];
  baseline: string[] | undefined;
  budget: ReadyBudget;
}

let validate: ReturnType<typeof compile> | undefined;

/** Reads the body of POST /compare; throws GateInputError. */
export function readCompareRequest(text: string): CompareRequest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new GateInputError(`The body is no JSON: ${(error as Error).message}`);
  }
  validate ??= compile();
  if (!validate(content)) {
    const [{ instancePath, message }] = validate.errors!;
    throw new GateInputError(
      `The body cannot be used: ${instancePath.slice(1).replaceAll('/', '.') || 'it'} ${message}`,
    );
  }
  const { sessions, baseline, budget = {} } = content;
  return {
    sessions: [...new Set(sessions)],
    baseline,
    budget: readyBudget(parseBudget(JSON.stringify(budget), 'budget')),
  };
}

function compile() {
  return new Ajv({ strict: true }).compile<FromSchema<typeof compareSchema>>(compareSchema);
}
