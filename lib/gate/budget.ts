import { Ajv, type ErrorObject } from 'ajv';
import {
  type Assertion,
  type AssertionOptions,
  type Budget,
  budgetJsonSchema,
  type Level,
  type Scope,
} from './budget-schema.ts';
import { GateInputError } from './errors.ts';
import { countMetrics, setMetrics } from './metrics.ts';
import { ignoredPaths, presets } from './presets.ts';

/** One thing that must hold. */
export interface Demand {
  /** Name of the assertion, such as `new_programs` or `syscalls:fsync`. */
  name: string;
  level: Exclude<Level, 'off'>;
  options: AssertionOptions;
}

/** A budget ready to judge by. */
export interface ReadyBudget {
  demands: Demand[];
  aggregate: 'median' | 'union';
  /** Globs of paths that nothing looks at. */
  ignore: string[];
  runs: number;
  baseline: { file?: string; labels?: Record<string, string>; runs: number };
  normalise: NonNullable<Budget['normalise']>;
  roots: Record<string, string>;
}

/** Where a baseline is when a budget does not tell. */
export const BASELINE_FILE = 'stracelake.baseline.json';
const BASELINE_RUNS = 10;

let compiled: ReturnType<typeof compile> | undefined;

/** Reads a budget's text; throws GateInputError that says where in `name` and what to do. */
export function parseBudget(text: string, name: string): Budget {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new GateInputError(`${name} is no JSON: ${(error as Error).message}`);
  }
  compiled ??= compile();
  const validate = compiled;
  if (validate(content)) return content;
  const lines = [...new Set((validate.errors ?? []).flatMap(explain))];
  throw new GateInputError(
    `${name} cannot be used:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}

/** A budget with its presets and defaults filled in; one that says nothing is `recommended`. */
export function readyBudget(budget: Budget): ReadyBudget {
  const names = budget.extends ?? (budget.assert || budget.scopes ? [] : ['recommended' as const]);
  const asserts: Record<string, Assertion> = Object.assign(
    { exit_code: ['error', { max: 0 }] },
    ...names.map((name) => presets[name]),
    budget.assert,
  );
  const scoped = (budget.scopes ?? []).flatMap(({ scope, assert }) => demandsOf(assert, scope));
  return {
    demands: [...demandsOf(asserts), ...scoped],
    aggregate: budget.aggregate ?? 'median',
    ignore: [...ignoredPaths, ...(budget.ignore ?? [])],
    runs: budget.runs ?? 1,
    baseline: { ...budget.baseline, runs: budget.baseline?.runs ?? BASELINE_RUNS },
    normalise: budget.normalise ?? [],
    roots: budget.roots ?? {},
  };
}

function demandsOf(asserts: Readonly<Record<string, Assertion>>, scope?: Scope): Demand[] {
  return Object.entries(asserts).flatMap(([name, assertion]) => {
    const [level, options] = Array.isArray(assertion) ? assertion : [assertion, {}];
    if (level === 'off') return [];
    const whole = scope ? { ...options, scope: { ...scope, ...options.scope } } : options;
    return [{ name, level, options: whole }];
  });
}

function compile() {
  const ajv = new Ajv({ allErrors: true, strict: true, strictTuples: false, verbose: true });
  ajv.addFormat('regex', { validate: isRegularExpression });
  return ajv.compile<Budget>(budgetJsonSchema());
}

/** What is wrong at one place, in words of the budget rather than of JSON Schema. */
function explain(error: ErrorObject): string[] {
  const where =
    error.instancePath === '' ? 'top' : error.instancePath.slice(1).replaceAll('/', '.');
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = params.additionalProperty as string;
      const known = where.endsWith('assert')
        ? [
            ...Object.keys(setMetrics).flatMap((key) => [key, `new_${key}`]),
            ...Object.keys(countMetrics),
          ]
        : Object.keys((error.parentSchema?.properties ?? {}) as object);
      return [`${where}: nothing is called ${name}; ${suggest(name, known)}`];
    }
    case 'enum':
      // a level that is none is also no array; one message is enough
      return typeof error.data === 'string' || !where.includes('assert')
        ? [`${where}: ${JSON.stringify(error.data)} is none of ${params.allowedValues.join(', ')}`]
        : [];
    case 'anyOf':
      return typeof error.data === 'string' || Array.isArray(error.data)
        ? []
        : [`${where}: give off, warn or error, or a pair such as ["error", {"max": 0}]`];
    case 'type':
      return where.includes('assert') && typeof error.data === 'string' && params.type === 'array'
        ? []
        : params.type === 'array' && where.includes('assert') && !Array.isArray(error.data)
          ? []
          : [`${where}: must be ${params.type}, this is ${JSON.stringify(error.data)}`];
    case 'format':
      return [`${where}: is no regular expression: ${JSON.stringify(error.data)}`];
    default:
      return [`${where}: ${error.message}`];
  }
}

/** The known names that have a word in common with one that is not known, else all. */
function suggest(name: string, known: readonly string[]): string {
  const wordsOf = (text: string) =>
    text
      .split(/[_:]/)
      .filter((word) => word !== '' && word !== 'new')
      .map((word) => word.slice(0, 4));
  const words = new Set(wordsOf(name));
  const near = known.filter((each) => wordsOf(each).some((word) => words.has(word)));
  return near.length > 0 ? `is it one of ${near.join(', ')}` : `there are ${known.join(', ')}`;
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
