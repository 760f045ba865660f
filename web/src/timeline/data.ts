import type { Row } from '../api/catalogue.ts';
import { askJson } from '../api/service.ts';

/** One call, or several that are too near to each other to be told apart. */
export interface Mark {
  /** Nanoseconds since the session began. */
  start: number;
  end: number;
  calls: number;
  errors: number;
  /** Nanoseconds in these calls. */
  busy: number;
  /** The longest of them. */
  syscall: string;
  spentOn: string;
  error: string | null;
  seq: number;
}

/** What one thread did, in the order of time. */
export interface Lane {
  pid: number | null;
  marks: Mark[];
}

/** A thread as the table of processes has it. */
export interface Thread {
  pid: number | null;
  process: number | null;
  isProcess: boolean;
  executable: string;
  command: string;
}

interface Page {
  rows: Row[];
  next?: string;
}

/** Marks of every thread, from a path that asks for the report `timeline`. */
export async function fetchLanes(path: string, base: bigint, signal: AbortSignal): Promise<Lane[]> {
  const lanes = new Map<number | null, Lane>();
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: Page = await askJson<Page>(next, { signal });
    for (const row of page.rows) {
      const pid = row.pid as number | null;
      const lane = lanes.get(pid) ?? { pid, marks: [] };
      lanes.set(pid, lane);
      lane.marks.push(markOf(row, base));
    }
    next = page.next;
  }
  return [...lanes.values()];
}

/** Every thread of a session, processes in the order in which they began and their threads behind them. */
export async function fetchThreads(session: string, signal: AbortSignal): Promise<Thread[]> {
  const columns = 'pid,process,kind,executable,command';
  const path = `/sessions/${encodeURIComponent(session)}/reports/process_table`;
  const { rows } = await askJson<Page>(`${path}?columns=${columns}&limit=10000`, { signal });
  const threads = rows.map((row) => ({
    pid: row.pid as number | null,
    process: row.process as number | null,
    isProcess: row.kind === 'process',
    executable: String(row.executable ?? ''),
    command: String(row.command ?? ''),
  }));
  const place = new Map<number | null, number>();
  for (const { process } of threads) if (!place.has(process)) place.set(process, place.size);
  return threads.toSorted((a, b) => place.get(a.process)! - place.get(b.process)!);
}

function markOf(row: Row, base: bigint): Mark {
  const since = (value: unknown) => Number(BigInt(value as string) - base);
  return {
    start: since(row.start_ns),
    end: since(row.end_ns),
    calls: row.calls as number,
    errors: row.errors as number,
    busy: row.busy_ns as number,
    syscall: String(row.syscall),
    spentOn: String(row.spent_on),
    error: row.error as string | null,
    seq: row.seq as number,
  };
}

/** The mark at a time, or the nearest one not farther than `reach` nanoseconds. */
export function findMark({ marks }: Lane, time: number, reach: number): Mark | undefined {
  let best: Mark | undefined;
  let bestDistance = reach;
  for (const mark of marks) {
    if (mark.start > time + reach) break;
    const distance = Math.max(mark.start - time, time - mark.end, 0);
    // Of marks that lie over each other the shorter one is drawn above.
    const isShorter = best && mark.end - mark.start < best.end - best.start;
    if (distance < bestDistance || (distance === bestDistance && (!best || isShorter))) {
      best = mark;
      bestDistance = distance;
    }
  }
  return best;
}
