import { mkdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { SqlRefusedError } from '../local/errors.ts';
import { renderSql } from '../local/sql-answer.ts';
import { flattenCell } from '../local/sql-cells.ts';
import type { SqlJob, SqlResult } from '../local/sql-job.ts';
import { openSandbox, runSql } from '../local/sql-sandbox.ts';
import type { LocalSession } from './converted-log.ts';
import { UsageError, WorkError } from './errors.ts';
import { openLogs } from './local-sessions.ts';
import type { LogOptions } from './options.ts';
import { type OutputFormat, printTable } from './report-output.ts';
import { renderTabLines } from './tab-lines.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';

const DEFAULT_ROWS = 1000;
const BYTES_A_MB = 1 << 20;

/** Prints the rows of one SELECT over logs on this machine, each of which is a session. */
export async function sqlOnLogs(
  query: string,
  logs: readonly string[],
  options: LogOptions & { format: OutputFormat; limit?: number; session?: string },
  terminal: Terminal,
): Promise<void> {
  const { format, limit, session } = options;
  if (session !== undefined) throw new UsageError('--session is for sessions of a service');
  const result = await withTemporaryFolder(async (folder) => {
    const sessions = await openLogs(logs, options, folder, terminal);
    return await run(await jobOf(query, sessions, folder, limit ?? DEFAULT_ROWS));
  });
  if (format === 'text' && terminal.width !== undefined) {
    const rows = result.rows.map((row) => row.map(flattenCell));
    await printTable(
      result.columns.map(({ name }) => name),
      rows,
      terminal,
    );
    if (result.isCut) terminal.note('(there are more rows: --limit)');
  } else if (format === 'tsv') await terminal.print(renderTabLines(result.rows));
  else await terminal.print(renderSql(result, format));
}

async function jobOf(
  sql: string,
  sessions: readonly LocalSession[],
  folder: string,
  maxRows: number,
): Promise<SqlJob> {
  const manifests = await Promise.all(
    sessions.map(async ({ manifest }, i) => {
      const file = join(folder, `${i}.json`);
      await writeFile(file, `${JSON.stringify(manifest)}\n`);
      return file;
    }),
  );
  const spill = join(folder, 'spill');
  await mkdir(spill);
  return {
    sql,
    sessions: sessions.map(({ manifest, files }) => ({ session: manifest.session, files })),
    manifests,
    folder: spill,
    maxRows,
    maxBytes: Number.POSITIVE_INFINITY,
    engineMb: Math.floor(totalmem() / BYTES_A_MB / 2),
  };
}

async function run(job: SqlJob): Promise<SqlResult> {
  const connection = await openSandbox(job);
  try {
    return await runSql(connection, job);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof SqlRefusedError) throw new UsageError(message);
    if (/^(Out of Memory|IO|Internal|Fatal) Error/i.test(message)) throw new WorkError(message);
    throw new UsageError(message);
  } finally {
    connection.closeSync();
  }
}
