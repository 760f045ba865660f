import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChunks, type Row } from './parsed-log.ts';
import {
  type ExpectedRow,
  LogPrinter,
  options,
  type PrintOptions,
  type Step,
  schedule,
} from './printed-log.ts';

describe('calls printed under any options', () => {
  it('are read back as they were made', () => {
    fc.assert(
      fc.property(options, schedule, fc.integer({ min: 1, max: 300 }), (how, steps, size) => {
        const printer = new LogPrinter(how);
        printer.print(steps);
        const { log, rows } = printer;
        const parsed = parseChunks(cut(log, size));
        expect(parsed.census.unparsed).toEqual([]);
        expect(parsed.rows.map(pick)).toEqual(rows);
      }),
      { numRuns: 800 },
    );
  });

  it('are the same calls of each process however the processes take turns', () => {
    const turns = fc.array(fc.nat(2), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(options, schedule, turns, (how, steps, order) => {
        const traced = { ...how, pids: 'column' as const, clock: 'none' as const, relative: false };
        expect(callsOf(traced, takeTurns(steps, order))).toEqual(callsOf(traced, steps));
      }),
      { numRuns: 300 },
    );
  });
});

function cut(log: Buffer, size: number): Buffer[] {
  const count = Math.ceil(log.length / size);
  return Array.from({ length: count }, (_, i) => log.subarray(i * size, (i + 1) * size));
}

function pick(row: Row): ExpectedRow {
  const { pid, comm, syscall, args, ret, ret_text, error, time_ns, duration_ns } = row;
  return {
    pid,
    comm,
    syscall: syscall as string,
    args: args as string,
    ret,
    ret_text,
    error,
    time_ns,
    duration_ns,
  };
}

/** The same steps in another order, each process's own in theirs. */
function takeTurns(steps: Step[], order: number[]): Step[] {
  const queues = [0, 1, 2].map((process) => steps.filter((step) => step.process === process));
  return [...order, 0, 1, 2].flatMap((process, i) =>
    queues[process].splice(0, i < order.length ? 1 : queues[process].length),
  );
}

/** Calls by pid, in the order in which each process made them. */
function callsOf(how: PrintOptions, steps: Step[]): Map<number | null, ExpectedRow[]> {
  const printer = new LogPrinter(how);
  printer.print(steps);
  const { rows } = parseChunks([printer.log]);
  return Map.groupBy(rows.map(pick), (row) => row.pid);
}
