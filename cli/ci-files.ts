import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Baseline,
  baselineOf,
  parseBaseline,
  printBaseline,
  runsOf,
} from '../lib/gate/baseline.ts';
import { BASELINE_FILE, parseBudget, type ReadyBudget } from '../lib/gate/budget.ts';
import type { Budget } from '../lib/gate/budget-schema.ts';
import type { RunFacts } from '../lib/gate/facts.ts';
import { printBadge, printShield } from '../lib/gate/print/badge.ts';
import { printJunit } from '../lib/gate/print/junit.ts';
import { printMarkdown } from '../lib/gate/print/markdown.ts';
import { printSarif } from '../lib/gate/print/sarif.ts';
import type { Verdict } from '../lib/gate/verdict.ts';
import { WorkError } from './errors.ts';

const FACTS_FILE = 'facts.json';

/** The budget of a file; undefined when there is none. Throws GateInputError when it cannot be used. */
export async function readBudgetFile(file: string): Promise<Budget | undefined> {
  const text = await readOptional(file);
  return text === undefined ? undefined : parseBudget(text, file);
}

/** Where the schema of a budget is, from its folder; undefined when this package is outside of the project. */
export function schemaBeside(config: string): string | undefined {
  const folder = resolve(dirname(config));
  const linked = 'node_modules/stracelake/docs/budget.schema.json';
  if (existsSync(join(folder, linked))) return `./${linked}`;
  const own = fileURLToPath(new URL('../docs/budget.schema.json', import.meta.url));
  const path = relative(folder, own);
  return path.startsWith('..') ? undefined : `./${path}`;
}

/** Where the baseline is: told by an option, else by the budget, else beside it. */
export function baselineFileOf(
  option: string | undefined,
  config: string,
  { baseline }: ReadyBudget,
): string {
  return option ?? join(dirname(config), baseline.file ?? BASELINE_FILE);
}

/** The baseline of a file; undefined when there is none. */
export async function readBaselineFile(file: string): Promise<Baseline | undefined> {
  const text = await readOptional(file);
  return text === undefined ? undefined : parseBaseline(text, file);
}

/** Makes the folder of results, which keeps itself out of the repository. */
export async function makeResultFolder(folder: string): Promise<void> {
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  if (isNew) await writeFile(join(folder, '.gitignore'), '*\n');
}

/** Keeps what runs did, for `stracelake ci accept`. */
export async function writeFacts(folder: string, runs: readonly RunFacts[]): Promise<void> {
  const named = runs.map(({ facts, source }, i) => ({ name: source ?? `run ${i + 1}`, facts }));
  await write(join(folder, FACTS_FILE), printBaseline(baselineOf(named)));
}

/** What the runs of the last `stracelake ci` did; throws WorkError when there was none. */
export async function readLastFacts(folder: string): Promise<Pick<RunFacts, 'facts'>[]> {
  const file = join(folder, FACTS_FILE);
  const baseline = await readBaselineFile(file);
  if (!baseline)
    throw new WorkError(
      `nothing to accept (run stracelake ci first, or give --log or a command behind --): ${file}`,
    );
  return runsOf(baseline).map(({ facts }) => ({ facts: [...facts] }));
}

/** The runs that the last `stracelake ci` judged; throws WorkError when there was none. */
export async function readLastRuns(folder: string): Promise<string[]> {
  const file = join(folder, 'verdict.json');
  const text = await readOptional(file);
  if (text === undefined)
    throw new WorkError(
      `nothing to accept (run stracelake ci first, or name a session by --session): ${file}`,
    );
  return (JSON.parse(text) as Verdict).runs;
}

/** Writes a verdict in every form, each under its own name in the folder. */
export async function writeVerdict(
  folder: string,
  verdict: Verdict,
  budgetFile: string,
): Promise<void> {
  const files: Record<string, string> = {
    'verdict.json': `${JSON.stringify(verdict, null, 2)}\n`,
    'verdict.md': printMarkdown(verdict),
    'junit.xml': printJunit(verdict),
    'verdict.sarif': printSarif(verdict, budgetFile),
    'badge.svg': printBadge(verdict),
    'badge.json': printShield(verdict),
  };
  for (const [name, text] of Object.entries(files)) await write(join(folder, name), text);
}

/** Writes a file, its folder too. */
export async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new WorkError(`file could not be read (${(error as Error).message}): ${file}`);
  }
}
