import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { mergeSplitLogs, type SplitLog } from '../../lib/strace/split-logs.ts';
import { logNames, readTestLog } from '../recorded-logs.ts';
import { type ParsedLog, parseChunks, parseLog, type Row } from './parsed-log.ts';

/** Kinds of line of which each gives exactly one row. */
const ROW_KINDS = ['signal', 'exit'] as const;

describe.each(logNames)('%s', (name) => {
  const log = parseLog(readTestLog(name));

  it('has no line that cannot be read', () => {
    expect(log.census.unparsed).toEqual([]);
    expect(log.census.counts.output).toBe(0);
  });

  it('counts every line once', () => {
    expectEveryLineCounted(log);
  });

  it('numbers every row by a line of its own', () => {
    const seqs = log.rows.map((row) => row.seq);
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(Math.min(...seqs)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...seqs)).toBeLessThanOrEqual(log.lines);
  });

  it('knows every call of a thread but those under way at its end', () => {
    const calls = log.rows.filter((row) => row.kind === 'call').length;
    const { complete, unfinished, resumed } = log.census.counts;
    expect(calls).toBeGreaterThanOrEqual(complete + resumed);
    expect(calls).toBeLessThanOrEqual(complete + unfinished);
  });
});

describe('a program of many calls', () => {
  /** `-e trace=openat` and `-e inject` change what the program does; the last is no run of it. */
  const others = ['torture_k.log', 'torture_inj.log', 'torture_mid.log'];
  const runs = logNames.filter((name) => name.startsWith('torture') && !others.includes(name));

  it.each(runs)('makes the same calls before its first thread in %s', (name) => {
    const calls = firstCalls(name).map(printCall);
    expect(calls).toHaveLength(117);
    expect(calls).toEqual(firstCalls('torture_f_ttt_T.log').map(printCall));
  });

  it('has the files without -y that it has with -y', () => {
    const followed = firstCalls('torture_f_ttt_T.log').map(fileOf);
    const told = firstCalls('torture_Y.log').map(fileOf);
    expect(followed).toEqual(told);
  });

  it('is one session in the files of -ff', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of mergeSplitLogs(await readSplitLogs('torture_ff.tar'))) {
      chunks.push(chunk);
    }
    const log = parseChunks(chunks);
    expect(log.census.unparsed).toEqual([]);
    expectEveryLineCounted(log);
    expect(log.lines).toBe(458);
    const pids = new Set(log.rows.map((row) => row.pid));
    expect(pids.size).toBe(11);
    // the exec of a thread begins in its own file and returns in that of its process
    const rows = log.rows.filter((row) => row.syscall !== 'execve');
    const times = rows.map((row) => row.time_ns as bigint);
    expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(log.rows.filter((row) => row.executable === null)).toEqual([]);
    const exits = log.rows.filter((row) => row.kind === 'exit');
    expect(exits.map((row) => row.ret_text).sort()).toEqual([
      ...Array(6).fill('exited with 0'),
      'exited with 3',
      'exited with 7',
      'killed by SIGKILL',
      'killed by SIGSEGV',
      'superseded by execve in pid 15810',
    ]);
  });
});

function expectEveryLineCounted({ census, lines }: ParsedLog): void {
  const { counts } = census;
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(lines);
}

it.each(ROW_KINDS)('gives a row for every %s', (kind) => {
  for (const name of logNames) {
    const { rows, census } = parseLog(readTestLog(name));
    expect(rows.filter((row) => row.kind === kind)).toHaveLength(census.counts[kind]);
  }
});

/** Calls of the first process before it makes a thread: those do not depend on timing. */
function firstCalls(name: string): Row[] {
  const { rows } = parseLog(readTestLog(name));
  const { pid } = rows[0];
  const calls = rows.filter((row) => row.pid === pid && row.kind === 'call');
  return calls.slice(
    0,
    calls.findIndex((row) => row.syscall === 'clone3'),
  );
}

/** What is the same in every run: not an address, nor a pid. */
function printCall({ syscall, error, ret }: Row): string {
  const isSame = ret !== null && ret < 0xffffn && !/pid|tid/.test(syscall as string);
  return `${syscall} = ${error ?? (isSame ? ret : '...')}`;
}

/** The file of a call where -y says the same thing as the call that opened it. */
function fileOf({ syscall, fd, path, protocol, bytes }: Row): unknown {
  // /lib is a link to /usr/lib, a memfd has no path, an address of a socket is told by -yy alone
  const isFile = protocol === null && !path?.startsWith('/memfd:');
  const resolved = path?.replace(/^\/lib\//, '/usr/lib/');
  return { syscall, fd, path: isFile ? (resolved ?? null) : null, bytes };
}

async function readSplitLogs(tar: string): Promise<SplitLog[]> {
  const archive = extract();
  archive.end(readTestLog(tar));
  const logs: SplitLog[] = [];
  for await (const entry of archive) {
    const bytes = await buffer(entry);
    const pid = Number(/\.(\d+)$/.exec(entry.header.name)?.[1]);
    if (pid > 0) {
      logs.push({
        pid,
        async *open() {
          yield bytes;
        },
      });
    }
  }
  return logs;
}
