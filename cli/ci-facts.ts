import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type FactRows, factReports, type RunFacts, readFacts } from '../lib/gate/facts.ts';
import type { Normaliser } from '../lib/gate/normalise.ts';
import { createCatalogue, loadReports } from '../lib/reports/catalogue.ts';
import { bindParameters } from '../lib/reports/parameters.ts';
import { readResult, withSessions } from '../local/duckdb-connection.ts';
import { type LocalSession, openLog } from './converted-log.ts';
import { WorkError } from './errors.ts';
import { findLog } from './log-input.ts';
import type { LogOptions } from './options.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';

/** The facts of logs on this machine, one run each; throws WorkError when there is no such log. */
export async function factsOfLogs(
  names: readonly string[],
  options: LogOptions,
  normaliser: Normaliser,
  terminal: Terminal,
): Promise<RunFacts[]> {
  return await withTemporaryFolder(async (folder) => {
    const runs: RunFacts[] = [];
    for (const [index, name] of names.entries()) {
      const own = join(folder, String(index));
      await mkdir(own);
      const log = await findLog(name, terminal);
      if (!log) throw new WorkError(`log not found: ${name}`);
      const session = await openLog(log, options, own, terminal);
      const { unparsed } = session.manifest;
      const unparsedLines = (unparsed ?? []).reduce((sum, { count }) => sum + count, 0);
      const rows = await readFactRows(session, own);
      runs.push(readFacts(rows, normaliser, { source: name, unparsedLines }));
    }
    return runs;
  });
}

async function readFactRows({ manifest, files }: LocalSession, folder: string): Promise<FactRows> {
  const catalogue = createCatalogue(loadReports());
  const instance = await DuckDBInstance.create(':memory:', {
    temp_directory: join(folder, 'spill'),
  });
  try {
    const source = { session: manifest.session, files };
    return await withSessions(instance, [source], async (connection) => {
      const entries: [string, Record<string, unknown>[]][] = [];
      for (const name of factReports) {
        const report = catalogue.get(name);
        if (!report) throw new Error(`report not found: ${name}`);
        const parameters = bindParameters(report, new Map(), manifest);
        const { columns, rows } = await readResult(connection, report.sql, parameters);
        const records = rows.map((row) =>
          Object.fromEntries(columns.map((column, i) => [column.name, row[i]])),
        );
        entries.push([name, records]);
      }
      return Object.fromEntries(entries) as unknown as FactRows;
    });
  } finally {
    instance.closeSync();
  }
}
