import { ascii, indexOfLiteral, matchesAt } from './ascii.ts';

/** One line of strace's own table: what -c or -C counted for one system call. */
export interface SummaryRow {
  syscall: string;
  calls: number | null;
  errors: number | null;
  seconds: number | null;
}

/** Calls and errors that the parser counted for one system call. */
export interface SyscallCount {
  syscall: string;
  calls: number;
  errors: number;
}

/** A count in which strace's table and the parsed lines differ. */
export interface SummaryDifference {
  syscall: string;
  column: 'calls' | 'errors';
  strace: number;
  parsed: number;
}

const SYSCALL = ascii('syscall');
/** What stands above a table of one personality of several. */
const TITLE = 'System call usage summary for ';
const TITLE_BYTES = ascii(TITLE);
const MAX_LINES = 5000;
const decoder = new TextDecoder();

/** The lines of the tables that -c and -C print at the end of a log, one table a personality. */
export class SummaryTable {
  readonly lines: string[];

  constructor(lines: string[] = []) {
    this.lines = lines;
  }

  /** Keeps a line of a table. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.lines.length < MAX_LINES) {
      this.lines.push(decoder.decode(bytes.subarray(start, Math.min(end, start + 500))));
    }
  }

  /** Rows of all tables, totals left out; the columns may be any that -U chose. */
  get rows(): SummaryRow[] {
    const rows: SummaryRow[] = [];
    let columns: { name: string; from: number; to: number }[] = [];
    for (const [i, line] of this.lines.entries()) {
      if (/^-+( -+)*$/.test(line)) {
        const head = this.lines[i - 1] ?? '';
        if (/[a-z]/.test(head) && head.includes('syscall')) columns = readColumns(head, line);
      } else if (line.startsWith(TITLE)) {
        columns = [];
      } else if (columns.length > 0 && /^\s*[\d.]|\d/.test(line) && !line.includes('syscall')) {
        const row = readRow(line, columns);
        if (row.syscall !== 'total' && row.syscall !== '') rows.push(row);
      }
    }
    return rows;
  }
}

/** Whether a line is the head of a table: its title, or titles of columns, as -U chose them. */
export function isSummaryHead(bytes: Uint8Array, start: number, end: number): boolean {
  if (matchesAt(bytes, start, end, TITLE_BYTES)) return true;
  if (end - start > 200 || indexOfLiteral(bytes, start, end, SYSCALL) < 0) return false;
  const titles = decoder.decode(bytes.subarray(start, end)).trim();
  return /^((% time|shortest|longest|seconds|usecs\/call|calls|errors|syscall|wall-\w+)\s*)+$/.test(
    titles,
  );
}

function readColumns(head: string, dashes: string): { name: string; from: number; to: number }[] {
  return [...dashes.matchAll(/-+/g)].map((span, i, spans) => {
    const from = span.index;
    const to = i === spans.length - 1 ? Number.POSITIVE_INFINITY : from + span[0].length;
    return { name: head.slice(from, to).trim(), from, to };
  });
}

function readRow(line: string, columns: { name: string; from: number; to: number }[]): SummaryRow {
  const cells = new Map(columns.map(({ name, from, to }) => [name, line.slice(from, to).trim()]));
  return {
    syscall: cells.get('syscall') ?? '',
    calls: readCount(cells.get('calls')),
    errors: cells.has('errors') ? (readCount(cells.get('errors')) ?? 0) : null,
    seconds: readCount(cells.get('seconds') ?? cells.get('total-time')),
  };
}

function readCount(cell: string | undefined): number | null {
  return cell === undefined || cell === '' ? null : Number(cell);
}

/** Calls that strace prints but does not count: unknown numbers (before 7.1) and restarts. */
const UNCOUNTED = /^(restart_syscall|syscall_(0x[0-9a-f]+|\d+))$/;

/**
 * Counts in which strace's table and the parsed calls, by name, differ; empty when they agree. strace counts
 * what returned: a call that never did (exit_group, a killed pause) is in neither count.
 */
export function compareSummary(
  rows: SummaryRow[],
  parsed: ReadonlyMap<string, SyscallCount>,
): SummaryDifference[] {
  const counted = addUp(rows);
  const names = new Set([...counted.keys(), ...parsed.keys()]);
  return [...names].sort().flatMap((name) => {
    if (UNCOUNTED.test(name) && !counted.has(name)) return [];
    const ours = parsed.get(name);
    const theirs = counted.get(name) ?? { calls: 0, errors: 0 };
    return [
      ...difference(name, 'calls', theirs.calls, ours?.calls ?? 0),
      ...difference(name, 'errors', theirs.errors, ours?.errors ?? 0),
    ];
  });
}

/**
 * Which calls -z, -Z or -e status= kept out of a log, though its table counts them (strace up to 6.1 counts all):
 * 'failed' or 'successful'; undefined when all were printed, none was (-c), or something else differs.
 */
export function hiddenCalls(
  rows: SummaryRow[],
  parsed: ReadonlyMap<string, SyscallCount>,
): 'failed' | 'successful' | undefined {
  const pairs = [...addUp(rows)].map(([syscall, { calls, errors }]) => {
    const ours = parsed.get(syscall) ?? { calls: 0, errors: 0 };
    return { calls: calls ?? 0, errors: errors ?? 0, ours };
  });
  if (parsed.size === 0 || pairs.every(({ calls, ours }) => calls === ours.calls)) return undefined;
  if (
    pairs.every(({ calls, errors, ours }) => ours.calls === calls - errors && ours.errors === 0)
  ) {
    return 'failed';
  }
  const isFailed = pairs.every(
    ({ errors, ours }) => ours.calls === errors && ours.errors === errors,
  );
  return isFailed ? 'successful' : undefined;
}

/** Calls and errors by name: strace prints a table for each personality, so a name may come twice. */
function addUp(rows: SummaryRow[]): Map<string, { calls: number | null; errors: number | null }> {
  const counted = new Map<string, { calls: number | null; errors: number | null }>();
  for (const { syscall, calls, errors } of rows) {
    const known = counted.get(syscall);
    counted.set(syscall, {
      calls: known === undefined ? calls : (known.calls ?? 0) + (calls ?? 0),
      errors: known === undefined ? errors : (known.errors ?? 0) + (errors ?? 0),
    });
  }
  return counted;
}

function difference(
  syscall: string,
  column: 'calls' | 'errors',
  strace: number | null,
  parsed: number,
): SummaryDifference[] {
  return strace === null || strace === parsed ? [] : [{ syscall, column, strace, parsed }];
}
