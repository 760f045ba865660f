import type { Argument, Command, Option } from 'commander';
import { loadReports } from '../lib/reports/catalogue.ts';
import { filtersOf } from '../lib/reports/parameters.ts';
import { findService } from './service-choice.ts';
import { askJson } from './service-request.ts';
import type { Terminal } from './terminal.ts';

const SESSIONS = 200;
/** Nobody waits longer for a word. */
const PATIENCE_MS = 1500;

/** A word that is possible, and what it is. */
type Word = readonly [word: string, description: string];

interface Possible {
  words: Word[];
  /** True when files are possible too. */
  files: boolean;
}

/** What stands before the word to complete. */
interface Typed {
  command: Command;
  positionals: string[];
  options: Map<string, string>;
  /** The option whose value is wanted. */
  pending?: Option;
  isPastDashes: boolean;
}

/** Prints what the last word may become: `word<TAB>description` lines, and `:files` for files. */
export async function complete(
  program: Command,
  words: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const typed = readTyped(program, words.slice(0, -1));
  const current = words.at(-1) ?? '';
  const possible = await findPossible(typed, current, terminal);
  const lines = possible.words
    .filter(([word]) => word.startsWith(current))
    .map(([word, description]) => `${word}\t${description.replace(/\s+/g, ' ')}\n`);
  await terminal.print(lines.join('') + (possible.files ? ':files\n' : ''));
}

function readTyped(program: Command, words: readonly string[]): Typed {
  const typed: Typed = {
    command: program,
    positionals: [],
    options: new Map(),
    isPastDashes: false,
  };
  // bash hands over the sign between an option and its value as a word of its own.
  for (const word of words.filter((each) => each !== '=')) {
    const { command, pending } = typed;
    if (typed.isPastDashes) typed.positionals.push(word);
    else if (pending) {
      typed.options.set(pending.attributeName(), word);
      typed.pending = undefined;
    } else if (word === '--') typed.isPastDashes = true;
    else if (word.startsWith('-')) {
      const [flag, value] = word.split(/=(.*)/s);
      const option = command.options.find(({ long, short }) => flag === long || flag === short);
      if (value !== undefined && option) typed.options.set(option.attributeName(), value);
      else if (option?.required) typed.pending = option;
    } else {
      const inner = command.commands.find((each) => each.name() === word);
      if (inner && typed.positionals.length === 0) typed.command = inner;
      else typed.positionals.push(word);
    }
  }
  return typed;
}

async function findPossible(typed: Typed, current: string, terminal: Terminal): Promise<Possible> {
  const { command, positionals, pending, isPastDashes } = typed;
  if (pending) return await valuesOf(pending, typed, current, terminal);
  if (current.startsWith('-') && !isPastDashes) return { words: optionsOf(typed), files: false };
  const { registeredArguments: all } = command;
  const next = all[positionals.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  const possible = next
    ? await wordsOf(next, typed, current, terminal)
    : { words: [], files: false };
  const inner = positionals.length === 0 && !isPastDashes ? commandsOf(command) : [];
  return { words: [...inner, ...possible.words], files: possible.files };
}

function commandsOf(command: Command): Word[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => [each.name(), each.description()]);
}

function optionsOf({ command, positionals }: Typed): Word[] {
  const all = loadReports();
  const report = command.name() === 'report' && all.find(({ name }) => name === positionals[1]);
  const [known, taken] = [filterNames(all), filterNames(report ? [report] : all)];
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long && (!known.has(long) || taken.has(long)))
    .map(({ long, description }) => [long!, description]);
}

function filterNames(reports: ReturnType<typeof loadReports>): Set<string> {
  const names = reports.flatMap((report) => filtersOf(report).map(({ name }) => name));
  return new Set(names.map((name) => `--${name.replaceAll('_', '-')}`));
}

async function valuesOf(
  { argChoices, long }: Option,
  typed: Typed,
  current: string,
  terminal: Terminal,
): Promise<Possible> {
  if (argChoices) return { words: argChoices.map((word) => [word, '']), files: false };
  if (long === '--report') return { words: reportsThatCompare(), files: false };
  if (long === '--session' && typed.command.name() === 'sql')
    return { words: await findSessions(typed, current, terminal), files: false };
  return { words: [], files: ['--out', '--data-dir'].includes(String(long)) };
}

async function wordsOf(
  argument: Argument,
  typed: Typed,
  current: string,
  terminal: Terminal,
): Promise<Possible> {
  if (argument.argChoices)
    return { words: argument.argChoices.map((word) => [word, '']), files: false };
  switch (argument.name()) {
    case 'report':
      return { words: loadReports().map(({ name, title }) => [name, title]), files: false };
    case 'prefix':
      return { words: await findSessions(typed, current, terminal), files: false };
    case 'log|session':
    case 'base':
    case 'head':
      return { words: await findSessions(typed, current, terminal), files: true };
    case 'query':
    case 'key':
      return { words: [], files: false };
    default:
      return { words: [], files: true };
  }
}

function reportsThatCompare(): Word[] {
  const reports = loadReports();
  return [
    ...reports
      .filter(({ name }) => name.startsWith('diff_'))
      .map(({ name, title }): Word => [name.slice('diff_'.length), title]),
    ...reports.filter(({ key }) => key).map(({ name, title }): Word => [name, title]),
  ];
}

async function findSessions(
  { command, options }: Typed,
  prefix: string,
  terminal: Terminal,
): Promise<Word[]> {
  const dataDir = command.options.find(({ long }) => long === '--data-dir')?.defaultValue;
  const url = options.get('url') ?? terminal.streams.env.STRACELAKE_URL;
  const choice = { url, dataDir: options.get('dataDir') ?? String(dataDir) };
  try {
    const service = await findService(choice, terminal);
    if (!service) return [];
    const path = `/sessions?${new URLSearchParams({ prefix, limit: String(SESSIONS) })}`;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const found = await askJson<{ sessions: { session: string; status: string }[] }>(
      service,
      path,
      {
        signal,
      },
    );
    return found?.sessions.map(({ session, status }) => [session, `session, ${status}`]) ?? [];
  } catch {
    // A shell that completes has no place for errors.
    return [];
  }
}
