import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { convertToFolder } from '../../cli/converted-log.ts';
import { findLog } from '../../cli/log-input.ts';
import { loadReports } from '../../lib/reports/catalogue.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';
import { bindParameters } from '../../lib/reports/parameters.ts';
import { queryFiles } from '../../local/duckdb-files.ts';

/** Rows of a report, each by the names of its columns. */
export type Row = Record<string, SqlValue>;

/** Asks a report of the log that was recorded. */
type Ask = (report: string, given?: Record<string, string>) => Promise<Row[]>;

/** What ran under strace. */
export interface Traced {
  /** Lines it printed. */
  lines: string[];
  ask: Ask;
}

/** File of a program in `programs/`. */
export function programFile(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}

/** Output of a command; a command that is not there is an error that says how to install it. */
export function runTool(tool: string, words: string[], install: string): string {
  try {
    return execFileSync(tool, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw explain(error, tool, install);
  }
}

/**
 * Runs a command under strace until it ends. When it prints `ready PID`, `look` is called with the
 * pid, and then its stdin is closed, for which it waits.
 */
export async function trace(
  folder: string,
  command: string[],
  look: (pid: number) => void = () => {},
  options: string[] = ['-f', '-tt', '-T', '-y', '-yy'],
): Promise<Traced> {
  const log = join(folder, 'log.strace');
  const child = spawn('strace', [...options, '-o', log, ...command], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close').catch((error: unknown) => {
    throw explain(error, 'strace', 'apt-get install strace');
  });
  const lines: string[] = [];
  try {
    for await (const line of createInterface(child.stdout)) {
      const ready = /^ready (\d+)$/.exec(line);
      if (ready === null) lines.push(line);
      else look(Number(ready[1]));
      if (ready !== null) child.stdin.end();
    }
  } finally {
    child.stdin.end();
    await ended;
  }
  return { lines, ask: await openReports(log, join(folder, 'parquet')) };
}

async function openReports(log: string, folder: string): Promise<Ask> {
  mkdirSync(folder);
  const input = await findLog(log);
  const { manifest, files, summary } = await convertToFolder(input!, {}, folder);
  if (summary.unparsed.length > 0) throw new Error(`unparsed: ${JSON.stringify(summary.unparsed)}`);
  const source = { session: manifest.session, files: files.map(({ path }) => path) };
  return async (name, given = {}) => {
    const report = loadReports().find((each) => each.name === name)!;
    const parameters = bindParameters(report, new Map(Object.entries(given)), manifest);
    const { columns, rows } = await queryFiles(source, { sql: report.sql, parameters });
    return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i]!.name, value])));
  };
}

function explain(error: unknown, tool: string, install: string): unknown {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return isMissing ? new Error(`${tool} is missing: ${install}`, { cause: error }) : error;
}
