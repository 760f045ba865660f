import { compareSchema } from '../../../gate/compare-request.ts';
import { objectSchema, type Part } from './model.ts';

const text: Part = { type: 'string' };
const optionalText: Part = { type: ['string', 'null'] };
const optionalNumber: Part = { type: ['number', 'null'] };
const optionalCount: Part = { type: ['integer', 'null'] };
const texts: Part = { type: 'array', items: text };

const evidence: Part = objectSchema({
  source: optionalText,
  line: optionalCount,
  process: optionalCount,
  commands: { ...texts, description: 'Commands that led to it, outermost first.' },
  call: optionalText,
  look: { ...optionalText, description: 'Address on the page of the service that shows it.' },
});

const item: Part = objectSchema({
  subject: text,
  program: text,
  count: { type: 'number' },
  base: { type: 'number' },
  runs: { type: 'integer' },
  evidence: { anyOf: [evidence, { type: 'null' }] },
});

const finding: Part = objectSchema(
  {
    assertion: text,
    level: { type: 'string', enum: ['warn', 'error'] },
    status: { type: 'string', enum: ['passed', 'warned', 'failed', 'unmeasured'] },
    scope: { type: 'object', additionalProperties: text },
    value: optionalNumber,
    base: optionalNumber,
    limit: optionalNumber,
    unit: { type: 'string', enum: ['ms', 'bytes'] },
    reason: text,
    items: { type: 'array', items: item },
  },
  ['scope', 'unit'],
);

/** Shapes of the gate's answers and bodies, by name. */
export const gateSchemas: Readonly<Record<string, Part>> = {
  CompareRequest: compareSchema as unknown as Part,
  Verdict: objectSchema({
    version: { const: 1 },
    result: { type: 'string', enum: ['passed', 'warned', 'failed'] },
    runs: { ...texts, description: 'Sessions that were judged.' },
    baseline: { type: ['array', 'null'], items: text, description: 'Sessions compared with.' },
    findings: { type: 'array', items: finding },
  }),
};
