import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { acceptRuns, type Baseline, printBaseline } from '../lib/gate/baseline.ts';
import { type ReadyBudget, readyBudget } from '../lib/gate/budget.ts';
import type { Budget } from '../lib/gate/budget-schema.ts';
import type { Fact, RunFacts } from '../lib/gate/facts.ts';
import { firstBudget } from '../lib/gate/first-budget.ts';
import { judge } from '../lib/gate/judge.ts';
import { createNormaliser, type RunFolders, rootsOfRun } from '../lib/gate/normalise.ts';
import { printMarkdown } from '../lib/gate/print/markdown.ts';
import { printTerminal } from '../lib/gate/print/terminal.ts';
import type { Verdict } from '../lib/gate/verdict.ts';
import { factsOfLogs } from './ci-facts.ts';
import {
  baselineFileOf,
  makeResultFolder,
  readBaselineFile,
  readBudgetFile,
  readLastFacts,
  readLastRuns,
  schemaBeside,
  write,
  writeFacts,
  writeVerdict,
} from './ci-files.ts';
import { recordRuns } from './ci-record.ts';
import {
  checkGateName,
  findGateService,
  type GateServiceOptions,
  judgeSessions,
  uploadRuns,
} from './ci-service.ts';
import { CommandEndedError, UsageError, WorkError } from './errors.ts';
import { fitTable } from './fitted-table.ts';
import type { Service } from './service-request.ts';
import type { Terminal } from './terminal.ts';

/** The gate could not judge; the gate said no is 1. */
const CANNOT = 2;

/** Columns of the table in the log of a CI system, where lines have no end. */
const TABLE_WIDTH = 150;
const identity = (text: string) => text;

interface RunOptions extends GateServiceOptions {
  config: string;
  log?: string[];
  session?: string[];
  runs?: number;
  baseline?: string;
  work?: string;
  out: string;
}

interface CiOptions extends RunOptions {
  format: 'text' | 'markdown' | 'json';
}

/** Judges a command, logs or sessions by the budget and the baseline. */
export async function ci(command: string[], options: CiOptions, terminal: Terminal): Promise<void> {
  await judging(terminal, async () => {
    const budget = await readBudget(options, terminal);
    const service = await findGateService(options, terminal);
    await makeResultFolder(options.out);
    const verdict = service
      ? await judgeRemotely(service, command, options, budget, terminal)
      : await judgeHere(command, options, readyBudget(budget), terminal);
    await writeVerdict(options.out, verdict, options.config);
    await terminal.print(printed(verdict, options.format, terminal));
    if (verdict.result === 'failed') throw new CommandEndedError(1);
  });
}

async function judgeHere(
  command: string[],
  options: RunOptions,
  budget: ReadyBudget,
  terminal: Terminal,
): Promise<Verdict> {
  const file = baselineFileOf(options.baseline, options.config, budget);
  const baseline = await readBaselineFile(file);
  if (!baseline)
    terminal.note(`no baseline yet: stracelake ci accept makes it from this run (${file})`);
  const head = await factsOf(command, options, budget, terminal);
  await writeFacts(options.out, head);
  return judge({ budget, head, baseline });
}

async function judgeRemotely(
  service: Service,
  command: string[],
  options: RunOptions,
  budget: Budget,
  terminal: Terminal,
): Promise<Verdict> {
  checkGateName(options.name);
  const sessions = options.session ?? (await uploadOf(command, options, budget, terminal));
  const verdict = await judgeSessions(service, sessions, budget, options);
  if (!verdict.baseline)
    terminal.note(`no baseline yet: no session with its labels has passed; this one may be it`);
  return verdict;
}

async function uploadOf(
  command: string[],
  options: RunOptions,
  budget: Budget,
  terminal: Terminal,
): Promise<string[]> {
  const logs = await logsOf(command, options, readyBudget(budget), terminal);
  return await uploadRuns(logs, options, foldersOf(options, terminal), terminal);
}

/** Writes a first budget and baseline; with a service its sessions are the baseline. */
export async function ciInit(
  command: string[],
  options: RunOptions & { force?: boolean },
  terminal: Terminal,
): Promise<void> {
  await judging(terminal, async () => {
    const budget = readyBudget({});
    const file = options.url ? undefined : baselineFileOf(options.baseline, options.config, budget);
    const files = file ? [options.config, file] : [options.config];
    for (const each of options.force ? [] : files)
      if (existsSync(each))
        throw new UsageError(`is there already (--force writes over it): ${each}`);
    const head = await factsOf(command, options, budget, terminal);
    const baseline = accepted(undefined, head, budget);
    await write(options.config, firstBudget(baseline, schemaBeside(options.config)));
    if (file) await write(file, printBaseline(baseline));
    terminal.note(
      file
        ? `wrote ${options.config} and ${file} (${baseline.facts.length} facts of ${runsText(baseline)}): commit both`
        : `wrote ${options.config}: commit it; the baseline are the sessions of main that pass`,
    );
  });
}

/** Adds runs to the baseline. */
export async function ciAccept(
  command: string[],
  options: RunOptions & { replace?: boolean },
  terminal: Terminal,
): Promise<void> {
  await judging(terminal, async () => {
    const text = await readBudget(options, terminal);
    const service = await findGateService(options, terminal);
    if (service) return await acceptRemotely(service, text, options, terminal);
    const budget = readyBudget(text);
    const file = baselineFileOf(options.baseline, options.config, budget);
    const isLast = command.length === 0 && !options.log;
    const runs = isLast
      ? await readLastFacts(options.out)
      : await factsOf(command, options, budget, terminal);
    const known = options.replace ? undefined : await readBaselineFile(file);
    const baseline = accepted(known, runs, budget);
    await write(file, printBaseline(baseline));
    const before = known?.facts.length ?? 0;
    terminal.note(
      `wrote ${file}: ${baseline.facts.length} facts of ${runsText(baseline)} (${before} facts before)`,
    );
  });
}

/** A session compared with itself is one of the baseline: what it does is known. */
async function acceptRemotely(
  service: Service,
  budget: Budget,
  options: RunOptions,
  terminal: Terminal,
): Promise<void> {
  checkGateName(options.name);
  const session = options.session ?? (await readLastRuns(options.out));
  const verdict = await judgeSessions(service, session, budget, options, session);
  if (verdict.result === 'failed')
    throw new WorkError(
      `budget forbids what the session does, whatever the baseline: ${verdict.findings[0]!.reason}`,
    );
  const { labels = { branch: 'main', gate: options.name } } = budget.baseline ?? {};
  const wanted = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  terminal.note(
    `accepted: ${session.join(', ')} (of the baseline are sessions with ${wanted.join(', ')})`,
  );
}

function runsText({ runs }: Baseline): string {
  return `${runs.length} run${runs.length === 1 ? '' : 's'}`;
}

function accepted(
  known: Baseline | undefined,
  runs: readonly { facts: Fact[] }[],
  { baseline }: ReadyBudget,
): Baseline {
  const at = new Date().toISOString();
  const named = runs.map(({ facts }, i) => ({
    name: runs.length === 1 ? at : `${at} ${i + 1}`,
    facts,
  }));
  return acceptRuns(known, named, baseline.runs);
}

async function readBudget({ config }: RunOptions, terminal: Terminal): Promise<Budget> {
  const budget = await readBudgetFile(config);
  if (!budget) terminal.note(`no budget (${config}): judging by the preset recommended`);
  return budget ?? {};
}

async function factsOf(
  command: string[],
  options: RunOptions,
  budget: ReadyBudget,
  terminal: Terminal,
): Promise<RunFacts[]> {
  const roots = { ...rootsOfRun(foldersOf(options, terminal)), ...budget.roots };
  const logs = await logsOf(command, options, budget, terminal);
  const normaliser = createNormaliser(roots, budget.normalise);
  return await factsOfLogs(logs, options, normaliser, terminal);
}

async function logsOf(
  command: string[],
  { log, runs, out }: RunOptions,
  budget: ReadyBudget,
  terminal: Terminal,
): Promise<string[]> {
  if (command.length > 0 === (log !== undefined))
    throw new UsageError('give either a command behind -- or logs by --log');
  if (log) return log;
  await makeResultFolder(out);
  return await recordRuns(command, runs ?? budget.runs, out, terminal);
}

function foldersOf({ work }: RunOptions, terminal: Terminal): RunFolders {
  const { HOME, TMPDIR } = terminal.streams.env;
  const tmp = TMPDIR && resolve(TMPDIR);
  return {
    work: resolve(work ?? '.'),
    ...(HOME && { home: HOME }),
    ...(tmp && tmp !== '/tmp' && { tmp }),
  };
}

function printed(verdict: Verdict, format: CiOptions['format'], terminal: Terminal): string {
  if (format === 'json') return `${JSON.stringify(verdict, null, 2)}\n`;
  if (format === 'markdown') return printMarkdown(verdict);
  const { width } = terminal;
  const paint = { header: identity, rule: (text: string) => terminal.paint('dim', text) };
  return printTerminal(verdict, {
    paint: (style, text) => terminal.paint(style, text),
    table: (headers, rows) => fitTable(headers, rows, width ?? TABLE_WIDTH, paint),
    width,
  });
}

/** Whatever keeps the gate from judging ends the command with 2, so that 1 is its no. */
async function judging(terminal: Terminal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CommandEndedError) throw error;
    terminal.note(`stracelake: ${error instanceof Error ? error.message : error}`);
    throw new CommandEndedError(CANNOT);
  }
}
