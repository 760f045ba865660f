import type { Fact } from './facts.ts';

/** Something that a run has any number of, such as files read: items that a budget allows or not. */
export interface SetMetric {
  /** What one item is, as in `new program`. */
  item: string;
  /** What a reader can find out about it, a sentence without its end. */
  description: string;
  /** Kinds of facts whose subjects are the items. */
  kinds: readonly string[];
  /** Whether items are told apart by program too, which the kind of item needs. */
  isByProgram?: boolean;
  /** Whether items are paths, in which a star of a glob ends at a slash. */
  isPath?: boolean;
}

/** A number that a run has. */
export interface CountMetric {
  description: string;
  unit?: 'ms' | 'bytes';
  /** What `:<argument>` after its name says; a metric without takes none. */
  argument?: 'syscall' | 'glob';
  /** Kinds of facts that make it up: those that grew explain it. */
  kinds: readonly string[];
  /** Its value, from the facts in scope, null when the log does not tell; else the sum of the facts. */
  measure?(facts: readonly Fact[], matches: (subject: string) => boolean): number | null;
  /** What a sum is divided by to be in the unit. */
  divisor?: number;
}

/** What a run has any number of, by name. */
export const setMetrics: Readonly<Record<string, SetMetric>> = {
  programs: {
    item: 'program',
    description: 'Programs executed',
    kinds: ['exec'],
    isPath: true,
  },
  exec_failures: {
    item: 'failed execution',
    description: 'Programs that could not be executed, those along PATH too',
    kinds: ['exec_failure'],
    isPath: true,
  },
  endpoints: {
    item: 'endpoint',
    description:
      'Peers connected to or sent datagrams, such as TCP 10.0.0.1:443 or UNIX-STREAM /run/x',
    kinds: ['connect'],
  },
  listeners: {
    item: 'listener',
    description: 'Addresses listened on',
    kinds: ['listen'],
  },
  files_read: {
    item: 'file read',
    description: 'Files read or mapped',
    kinds: ['read'],
    isPath: true,
  },
  folders_listed: {
    item: 'folder listed',
    description: 'Folders whose entries were read',
    kinds: ['list'],
    isPath: true,
  },
  files_written: {
    item: 'file written',
    description: 'Files written, created, removed or changed',
    kinds: ['write'],
    isPath: true,
  },
  missing_files: {
    item: 'file looked for in vain',
    description: 'Files asked for that are not there',
    kinds: ['missing', 'missing_open'],
    isPath: true,
  },
  paths: {
    item: 'path touched',
    description: 'Files read, listed, written, executed, denied or looked for in vain',
    kinds: ['read', 'list', 'write', 'missing', 'missing_open', 'denied', 'exec'],
    isPath: true,
  },
  permission_denied: {
    item: 'denial',
    description: 'Files and calls that were denied (EACCES, EPERM, EROFS)',
    kinds: ['denied'],
    isPath: true,
  },
  devices: {
    item: 'device',
    description: 'Device files used',
    kinds: ['device'],
    isPath: true,
  },
  world_writable_files: {
    item: 'world-writable file',
    description: 'Files and folders made or changed so that anybody may write to them',
    kinds: ['world_writable'],
    isPath: true,
  },
  syscalls: {
    item: 'system call',
    description: 'System calls made, by name',
    kinds: ['call'],
  },
  errors: {
    item: 'error',
    description:
      'Calls that failed, by program, such as "read EIO"; missing and denied files are apart',
    kinds: ['error'],
    isByProgram: true,
  },
  retries: {
    item: 'retry loop',
    description:
      'Calls that failed the same way at least ten times in a row, such as "read EAGAIN"',
    kinds: ['retry'],
    isByProgram: true,
  },
  fatal_signals: {
    item: 'fatal signal',
    description: 'Signals that killed a process, whether its parent told or not',
    kinds: ['signal'],
    isByProgram: true,
  },
  failed_processes: {
    item: 'failed process',
    description: 'Processes that ended with a status other than 0, such as "exit 1"',
    kinds: ['exit'],
    isByProgram: true,
  },
  leaked_fds: {
    item: 'leaked descriptor',
    description: 'Descriptors opened and never closed, by what they refer to',
    kinds: ['leak'],
    isByProgram: true,
  },
  inherited_fds: {
    item: 'inherited descriptor',
    description: 'Descriptors that a program was started with and did not use',
    kinds: ['inherit'],
    isByProgram: true,
  },
  secrets: {
    item: 'secret',
    description: 'Tokens and keys, told by their form, that were written or given as arguments',
    kinds: ['secret'],
  },
};

const lookups = new Set(
  (
    'open openat openat2 stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat ' +
    'stat64 lstat64 fstatat64 execve'
  ).split(' '),
);

/** Numbers that a run has, by name. */
export const countMetrics: Readonly<Record<string, CountMetric>> = {
  syscalls_total: { description: 'System calls made', kinds: ['call'] },
  'syscalls:': {
    description: 'System calls made of one name',
    argument: 'syscall',
    kinds: ['call'],
  },
  errors_total: {
    description: 'Calls that failed, in whatever way',
    kinds: ['error', 'denied', 'missing', 'missing_open', 'exec_failure'],
  },
  failed_opens: { description: 'Opens of files that are not there', kinds: ['missing_open'] },
  wasted_lookup_ratio: {
    description: 'Share of opens, stats and the like that found nothing, 0 to 1',
    kinds: ['missing', 'missing_open'],
    measure: (facts) => {
      const all = sumOf(facts, ['call'], (name) => lookups.has(name));
      const misses = sumOf(facts, ['missing', 'missing_open']);
      return all === 0 ? 0 : Math.round((misses / all) * 1000) / 1000;
    },
  },
  bytes_written: {
    description: 'Bytes written to files',
    unit: 'bytes',
    kinds: ['bytes_written'],
  },
  'bytes_written:': {
    description: 'Bytes written to files whose paths match a glob',
    unit: 'bytes',
    argument: 'glob',
    kinds: ['bytes_written'],
  },
  tiny_io_calls: { description: 'Reads and writes that moved 1 to 16 bytes', kinds: ['tiny'] },
  sleep_ms: {
    description: 'Time that sleeps asked for (nanosleep, select and poll of nothing)',
    unit: 'ms',
    kinds: ['sleep'],
    divisor: 1000,
  },
  processes: { description: 'Processes', kinds: ['process'] },
  peak_threads: totalMetric('Threads of the process that has most', 'peak_threads'),
  peak_fds: totalMetric('Different descriptors of the process that uses most', 'peak_fds'),
  'max_syscall_ms:': {
    description: 'Longest call of one name; not kept in a baseline',
    unit: 'ms',
    argument: 'syscall',
    kinds: ['call'],
    measure: (facts, matches) => {
      const longest = facts
        .filter((fact) => fact.kind === 'call' && matches(fact.subject))
        .flatMap((fact) => fact.maxUs ?? []);
      return longest.length === 0 ? null : Math.max(...longest) / 1000;
    },
  },
  wall_ms: {
    ...totalMetric('Time from the first call to the end of the last', 'wall_us', 1000),
    unit: 'ms',
  },
  startup_ms: {
    ...totalMetric('Time until something was first written or sent', 'startup_us', 1000),
    unit: 'ms',
  },
  exit_code: totalMetric('Exit status of the command; 128 when a signal killed it', 'exit_code'),
  unparsed_lines: totalMetric('Lines of the log that could not be read', 'unparsed_lines'),
};

/** Value of a count, from the facts in scope; null when the log does not tell. */
export function measureCount(
  { kinds, measure, divisor = 1 }: CountMetric,
  facts: readonly Fact[],
  matches: (subject: string) => boolean,
): number | null {
  return measure ? measure(facts, matches) : sumOf(facts, kinds, matches) / divisor;
}

/** An assertion's name taken apart; undefined when there is no such thing to assert. */
export function findMetric(name: string): FoundMetric | undefined {
  const isNew = name.startsWith('new_');
  const set = setMetrics[isNew ? name.slice('new_'.length) : name];
  if (set) return { kind: 'set', set, isNew };
  const at = name.indexOf(':');
  const count = countMetrics[at < 0 ? name : name.slice(0, at + 1)];
  if (!count) return undefined;
  const argument = at < 0 ? undefined : name.slice(at + 1);
  if ((count.argument !== undefined) !== (argument !== undefined && argument !== ''))
    return undefined;
  return { kind: 'count', count, argument };
}

/** What the name of an assertion refers to. */
export type FoundMetric =
  | { kind: 'set'; set: SetMetric; isNew: boolean }
  | { kind: 'count'; count: CountMetric; argument?: string };

function totalMetric(description: string, subject: string, divisor = 1): CountMetric {
  return {
    description,
    kinds: [],
    measure: (facts) => {
      const found = facts.find((fact) => fact.kind === 'total' && fact.subject === subject);
      return found ? found.count / divisor : null;
    },
  };
}

function sumOf(
  facts: readonly Fact[],
  kinds: readonly string[],
  matches: (subject: string) => boolean = () => true,
): number {
  return facts
    .filter((fact) => kinds.includes(fact.kind) && matches(fact.subject))
    .reduce((all, { count }) => all + count, 0);
}
