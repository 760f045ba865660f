import { type Normaliser, normalisePort } from './normalise.ts';

/** The first call that shows a fact. */
export interface FirstCall {
  /** Process that made it; null when the log names none. */
  process: number | null;
  /** Line of the log on which it completed, from 1; null when it is not known. */
  line: number | null;
  /** The call as printed, cut; null when it is not known. */
  call: string | null;
}

/** One thing that a program did in a run, and how often. */
export interface Fact {
  /** What kind of thing: the column `fact` of the report gate_facts, process, leak or inherit. */
  kind: string;
  /** Program, normalised; empty when it is not known. */
  program: string;
  /** What it was done to, normalised. */
  subject: string;
  /** How often; bytes, microseconds or what a total says for kinds that sum these. */
  count: number;
  /** Longest call in microseconds, of kind call. */
  maxUs?: number;
  first?: FirstCall;
}

/** A process of a run, to tell who did something. */
interface RunProcess {
  process: number;
  parent: number | null;
  command: string | null;
  firstLine: number;
}

/** What one run did. */
export interface RunFacts {
  facts: Fact[];
  processes: RunProcess[];
  /** Where its log is: a file, or a session. */
  source?: string;
  /** Address that shows a line of it, {line} standing for its number. */
  link?: string;
}

/** Rows of one report by column. */
type Rows = readonly Readonly<Record<string, unknown>>[];

/** Reports whose rows are the facts of a run. */
export const factReports = ['gate_facts', 'process_table', 'fd_leaks', 'inherited_fds'] as const;

/** How facts are made of rows: raised with every change of it, so that none made otherwise are used again. */
export const FACTS_VERSION = 2;

/** Rows of each of the fact reports. */
export type FactRows = Readonly<Record<(typeof factReports)[number], Rows>>;

/** What is known of a run beside the rows of its log. */
export interface RunExtras {
  source?: string;
  link?: string;
  unparsedLines?: number;
}

const copies = new Set(['dup', 'dup2', 'dup3', 'fcntl', 'fcntl64']);
const endpointKinds = new Set(['connect', 'listen']);
const namesPeer = / (TCP|UDP)\w* /;
const pathKinds = new Set([
  'read',
  'list',
  'write',
  'bytes_written',
  'missing',
  'missing_open',
  'denied',
  'device',
  'exec',
  'exec_failure',
  'world_writable',
]);

/** The facts of a run from the rows of its reports, names normalised and like facts summed. */
export function readFacts(
  rows: FactRows,
  normaliser: Normaliser,
  extras: RunExtras = {},
): RunFacts {
  const own = rows.gate_facts.map((row) => factOf(row, normaliser));
  const findUse = createUseFinder(own);
  const leaks = [
    ...rows.fd_leaks.map((row) => leakOf(row, 'leak', 'open_at_end', normaliser, findUse)),
    ...rows.inherited_fds
      .filter((row) => Number(row.used) < Number(row.descriptors))
      .map((row) => leakOf(row, 'inherit', 'descriptors', normaliser, findUse)),
  ];
  const facts = [...own, ...processFacts(rows.process_table, normaliser), ...leaks];
  if (extras.unparsedLines !== undefined) facts.push(total('unparsed_lines', extras.unparsedLines));
  const processes = rows.process_table.filter(({ kind }) => kind === 'process').map(processOf);
  const { source, link } = extras;
  const isSearch = createSearchFilter(facts);
  return { facts: sumFacts(facts.filter((fact) => !isSearch(fact))), processes, source, link };
}

/** Commands that led to a call, outermost first, at most four; empty when the log names none. */
export function commandsOf({ processes }: RunFacts, { process, line }: FirstCall): string[] {
  const commands: string[] = [];
  let wanted = process;
  let before = line ?? Number.POSITIVE_INFINITY;
  while (wanted !== null && commands.length < 4) {
    const found = processes.findLast((each) => each.process === wanted && each.firstLine <= before);
    if (!found) break;
    if (found.command !== null && found.command !== commands[0]) commands.unshift(found.command);
    wanted = found.parent === found.process ? null : found.parent;
    before = found.firstLine;
  }
  return commands;
}

/** Facts of one kind, program and subject made one, in a fixed order. */
function sumFacts(facts: readonly Fact[]): Fact[] {
  const sums = new Map<string, Fact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...fact });
    else {
      sum.count += fact.count;
      if (fact.maxUs !== undefined) sum.maxUs = Math.max(sum.maxUs ?? 0, fact.maxUs);
      if ((fact.first?.line ?? Number.POSITIVE_INFINITY) < (sum.first?.line ?? 0))
        sum.first = fact.first;
    }
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
}

/** What makes two facts the same. */
export function keyOf({
  kind,
  program,
  subject,
}: Pick<Fact, 'kind' | 'program' | 'subject'>): string {
  return `${kind}\0${program}\0${subject}`;
}

function factOf(row: Rows[number], normaliser: Normaliser): Fact {
  const kind = String(row.fact);
  const max = numberOf(row.max_us);
  return {
    kind,
    program: programOf(row, normaliser),
    subject: normaliseSubject(kind, String(row.subject), normaliser),
    count: Number(row.count),
    ...(max !== null && { maxUs: max }),
    ...(kind !== 'total' && {
      first: {
        process: numberOf(row.process),
        line: numberOf(row.first_seq),
        call: row.example === null ? null : String(row.example),
      },
    }),
  };
}

function normaliseSubject(kind: string, subject: string, normaliser: Normaliser): string {
  if (pathKinds.has(kind)) return normaliser.path(subject);
  if (endpointKinds.has(kind)) return normaliser.endpoint(subject);
  const at = subject.indexOf(' /');
  if (at >= 0) return subject.slice(0, at + 1) + normaliser.path(subject.slice(at + 1));
  return namesPeer.test(subject) ? normalisePort(subject) : subject;
}

function processFacts(rows: Rows, normaliser: Normaliser): Fact[] {
  const threads = new Map<unknown, number>();
  for (const { process } of rows) threads.set(process, (threads.get(process) ?? 0) + 1);
  const processes = rows.filter(({ kind }) => kind === 'process');
  const facts = processes.map((row): Fact => {
    const program = programOf(row, normaliser);
    const first = { process: numberOf(row.process), line: numberOf(row.first_seq), call: null };
    return { kind: 'process', program, subject: program, count: 1, first };
  });
  const [outermost] = processes;
  const status = outermost && (outermost.signal === null ? numberOf(outermost.exit_status) : 128);
  return [
    ...facts,
    ...(typeof status === 'number' ? [total('exit_code', status)] : []),
    total('peak_threads', Math.max(0, ...threads.values())),
  ];
}

/** Whether a fact is a step of a search along PATH for a program that was found in the end. */
function createSearchFilter(facts: readonly Fact[]): (fact: Fact) => boolean {
  const programs = facts
    .filter(({ kind }) => kind === 'exec')
    .map(({ subject }) => nameOf(subject));
  const found = new Set(programs);
  return ({ kind, subject }) =>
    (kind === 'missing' || kind === 'exec_failure') && found.has(nameOf(subject));
}

function leakOf(
  row: Rows[number],
  kind: string,
  count: string,
  normaliser: Normaliser,
  findUse: (leak: Pick<Fact, 'program' | 'subject'>) => FirstCall | undefined,
): Fact {
  // fd_leaks has made numbers alike in its target, also those in names of folders that roots tell
  const target = row.example ?? row.target ?? row.fd_kind ?? row.opened_by;
  const program = programOf(row, normaliser);
  const subject = normaliseSubject('', ` ${target}`, normaliser).slice(1);
  const use = findUse({ program, subject });
  // a copy of what the command was handed is the same leak, whatever the caller handed
  const isHanded = !use && copies.has(String(row.opened_by));
  return {
    kind,
    program,
    // files that differ in numbers leak for one reason
    subject: isHanded ? 'copy of an inherited stream' : subject.replace(/[0-9]+/g, '#'),
    count: Number(row[count]),
    first: use ?? { process: numberOf(row.process), line: numberOf(row.first_seq), call: null },
  };
}

/** Finds the first call of a program on what a descriptor refers to, such as the open that leaks it. */
function createUseFinder(
  facts: readonly Fact[],
): (leak: Pick<Fact, 'program' | 'subject'>) => FirstCall | undefined {
  const kinds = new Set(['read', 'list', 'write', 'connect', 'listen', 'device']);
  const uses = facts.filter(({ kind }) => kinds.has(kind));
  return ({ program, subject }) =>
    uses.find((use) => use.subject === subject && use.program === program)?.first ??
    uses.find((use) => use.subject === subject)?.first;
}

function processOf(row: Rows[number]): RunProcess {
  return {
    process: Number(row.process),
    parent: numberOf(row.parent),
    command: row.command === null ? null : String(row.command),
    firstLine: Number(row.first_seq),
  };
}

function total(subject: string, count: number): Fact {
  return { kind: 'total', program: '', subject, count };
}

function programOf({ executable }: Rows[number], normaliser: Normaliser): string {
  return executable === null || executable === undefined ? '' : normaliser.path(String(executable));
}

/** Last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
