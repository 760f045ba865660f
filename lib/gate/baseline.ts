import { GateInputError } from './errors.ts';
import { type Fact, keyOf } from './facts.ts';

/** What earlier runs did, to compare others with. */
export interface Baseline {
  /** Name of each run, oldest first: when it was accepted, or a session. */
  runs: string[];
  facts: BaselineFact[];
}

/** A fact of any run of a baseline. */
interface BaselineFact extends Pick<Fact, 'kind' | 'program' | 'subject'> {
  /** How often in each run; null in those without it. */
  counts: (number | null)[];
}

const VERSION = 1;

/** A baseline of runs, each under its name; oldest first. */
export function baselineOf(runs: readonly NamedRun[]): Baseline {
  const facts = new Map<string, BaselineFact>();
  for (const [index, run] of runs.entries()) {
    for (const { kind, program, subject, count } of run.facts) {
      const key = keyOf({ kind, program, subject });
      const known = facts.get(key) ?? {
        kind,
        program,
        subject,
        counts: runs.map((): number | null => null),
      };
      known.counts[index] = count;
      facts.set(key, known);
    }
  }
  return { runs: runs.map(({ name }) => name), facts: sorted([...facts.values()]) };
}

/** A run under the name that it has in a baseline. */
export interface NamedRun {
  name: string;
  facts: readonly Fact[];
}

/** A baseline that knows these runs too; beyond `keep` runs the oldest are forgotten. */
export function acceptRuns(
  baseline: Baseline | undefined,
  runs: readonly NamedRun[],
  keep: number,
): Baseline {
  return baselineOf([...(baseline ? runsOf(baseline) : []), ...runs].slice(-keep));
}

/** The runs of a baseline, oldest first. */
export function runsOf(baseline: Baseline): NamedRun[] {
  return baseline.runs.map((name, i) => ({ name, facts: runOf(baseline, i) }));
}

function runOf(baseline: Baseline, index: number): Fact[] {
  return baseline.facts.flatMap(({ counts, ...fact }) => {
    const count = counts[index] ?? null;
    return count === null ? [] : [{ ...fact, count }];
  });
}

/** The text of a baseline's file: a fact a line, so that a review sees what was accepted. */
export function printBaseline({ runs, facts }: Baseline): string {
  const lines = facts.map(({ kind, program, subject, counts }) => {
    const isSame = counts.every((count) => count === counts[0]);
    return `    ${JSON.stringify([kind, program, subject, isSame ? counts[0] : counts])}`;
  });
  return `{
  "version": ${VERSION},
  "runs": ${JSON.stringify(runs)},
  "facts": [
${lines.join(',\n')}
  ]
}
`;
}

/** Reads a baseline's file; throws GateInputError that names it and says what to do. */
export function parseBaseline(text: string, name: string): Baseline {
  const content = parse(text, name);
  const { version, runs, facts } = content;
  if (version !== VERSION)
    throw new GateInputError(
      `${name} is of version ${version}, this reads ${VERSION}: make it again by stracelake ci accept`,
    );
  if (!isTexts(runs) || !Array.isArray(facts)) throw damaged(name, 'runs and facts are missing');
  return { runs, facts: facts.map((entry, i) => readFact(entry, runs.length, i, name)) };
}

function parse(text: string, name: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    throw damaged(name, (error as Error).message);
  }
}

function readFact(entry: unknown, runs: number, index: number, name: string): BaselineFact {
  const [kind, program, subject, value] = Array.isArray(entry) ? entry : [];
  const counts = Array.isArray(value) ? value : Array.from({ length: runs }, () => value);
  const isWhole =
    isTexts([kind, program, subject]) &&
    counts.length === runs &&
    counts.every((count) => count === null || typeof count === 'number');
  if (!isWhole) throw damaged(name, `fact ${index + 1} is ${JSON.stringify(entry)}`);
  return { kind, program, subject, counts };
}

function damaged(name: string, what: string): GateInputError {
  return new GateInputError(
    `${name} is damaged (${what}): restore it, or make it again by stracelake ci accept --replace`,
  );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function sorted(facts: BaselineFact[]): BaselineFact[] {
  const keyed = facts.map((fact) => ({ fact, key: keyOf(fact) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ fact }) => fact);
}
