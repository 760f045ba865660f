import type { Row } from './parsed-log.ts';

/** What the table of `strace -C` says of one system call. */
export interface Counted {
  calls: number;
  errors: number;
  seconds: number;
}

const NUMBERED = /^syscall_(0x[0-9a-f]+|\d+)$/;

/** Why a call that strace prints is not in its table. */
export const uncounted: Record<string, (row: Row) => boolean> = {
  'a call that never returned': (row) => row.ret === null && row.error === null,
  'a number without a name (before 7.1)': (row) => NUMBERED.test(row.syscall as string),
};

/** Reads the table of `strace -C`, whichever columns -U chose; without the numbers that it has from 7.1 on. */
export function readTable(log: Buffer): Map<string, Counted> {
  const lines = log.toString('latin1').split('\n');
  const rules = lines.flatMap((line, i) => (/^-+( -+)*$/.test(line) ? [i] : []));
  const [first, last] = rules.slice(-2);
  const spans = [...lines[first].matchAll(/-+/g)].map(({ index, 0: { length } }, i, all) => ({
    from: index,
    to: i === all.length - 1 ? undefined : index + length,
  }));
  const cells = (line: string) => spans.map(({ from, to }) => line.slice(from, to).trim());
  const names = cells(lines[first - 1]);
  const counts = new Map<string, Counted>(
    lines.slice(first + 1, last).map((line) => {
      const values = Object.fromEntries(cells(line).map((cell, i) => [names[i], cell]));
      const { syscall, calls, errors, seconds } = values;
      return [
        syscall,
        { calls: Number(calls), errors: Number(errors), seconds: Number(seconds ?? Number.NaN) },
      ];
    }),
  );
  return new Map([...counts].filter(([syscall]) => !NUMBERED.test(syscall)));
}

/** The same counts from the rows of the parser. */
export function countRows(rows: Row[]): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const row of rows) {
    if (row.kind !== 'call' || reasonOf(row) !== undefined) continue;
    const count = counts.get(row.syscall as string) ?? { calls: 0, errors: 0, seconds: 0 };
    counts.set(row.syscall as string, count);
    count.calls++;
    if (row.error !== null) count.errors++;
    count.seconds += (row.duration_ns ?? 0) / 1e9;
  }
  return counts;
}

function reasonOf(row: Row): string | undefined {
  return Object.keys(uncounted).find((reason) => uncounted[reason](row));
}

/** Reasons for which calls of these rows are not in the table. */
export function reasonsOf(rows: Row[]): string[] {
  const calls = rows.filter((row) => row.kind === 'call');
  const found = new Set(calls.map(reasonOf));
  return Object.keys(uncounted).filter((reason) => found.has(reason));
}

/** Calls and errors as text, a line a system call. */
export function withoutTimes(counts: Map<string, Counted>): string[] {
  return [...counts]
    .map(([syscall, { calls, errors }]) => `${syscall}: ${calls} calls, ${errors} errors`)
    .sort();
}
