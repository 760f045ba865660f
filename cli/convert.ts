import { createReadStream } from 'node:fs';
import { copyFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { CALLS_REPORT } from '../lib/reports/api/rendering.ts';
import { createCatalogue, loadReports } from '../lib/reports/catalogue.ts';
import { bindParameters } from '../lib/reports/parameters.ts';
import { copyResult, csvOptions, withSessions } from '../local/duckdb-connection.ts';
import { type ConvertedLog, convertToFolder, warnOfUnparsed } from './converted-log.ts';
import { UsageError, WorkError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import { findLog } from './log-input.ts';
import type { LogOptions } from './options.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';
import { writeWhole } from './whole-file.ts';

const PARQUET_OPTIONS = 'FORMAT parquet, COMPRESSION zstd';

/** Writes a log as CSV (stracepy's columns) or, to a name that ends in .parquet, as Parquet. */
export async function convert(
  name: string,
  options: LogOptions & { out: string; redact?: string[]; json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const log = await findLog(name, terminal);
  if (!log) throw new WorkError(`log not found: ${name}`);
  if (log.parquet) throw new UsageError(`log is converted already (see export): ${name}`);
  const { out, json } = options;
  if (out === '-' && json) throw new UsageError('--json wants a file: give --out another than -');
  if (await isSameFile(name, out)) throw new UsageError(`--out would overwrite the log: ${out}`);
  const summary = await withTemporaryFolder(async (folder) => {
    const converted = await convertToFolder(log, options, folder, terminal);
    if (out === '-') await printCsv(converted, folder, terminal);
    else await writeWhole(out, (partial) => writeFileOf(converted, out, partial));
    return converted.summary;
  });
  const { lines, rows, unparsed } = summary;
  if (json) {
    const content = { session: log.session, file: out, lines, rows, unparsed };
    await terminal.print(jsonLine(content));
  } else if (out !== '-') terminal.note(`wrote ${out} from ${lines} lines`);
  warnOfUnparsed(summary, terminal);
}

async function printCsv(
  converted: ConvertedLog,
  folder: string,
  terminal: Terminal,
): Promise<void> {
  const file = join(folder, 'calls.csv');
  await writeCsv(converted, file);
  await pipeline(createReadStream(file), terminal.streams.stdout, { end: false });
}

async function writeFileOf(converted: ConvertedLog, out: string, partial: string): Promise<void> {
  const { files } = converted;
  if (!out.endsWith('.parquet')) await writeCsv(converted, partial);
  else if (files.length === 1) await copyFile(files[0].path, partial);
  else
    await copy(converted, { sql: 'SELECT * FROM calls', parameters: [] }, partial, PARQUET_OPTIONS);
}

async function writeCsv(converted: ConvertedLog, file: string): Promise<void> {
  const report = createCatalogue(loadReports()).get(CALLS_REPORT);
  if (!report) throw new Error(`report not found: ${CALLS_REPORT}`);
  const parameters = bindParameters(report, new Map(), converted.manifest);
  await copy(converted, { sql: report.sql, parameters }, file, csvOptions);
}

async function copy(
  { manifest, files }: ConvertedLog,
  query: Parameters<typeof copyResult>[1],
  file: string,
  options: string,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { temp_directory: `${file}.spill` });
  try {
    const source = { session: manifest.session, files: files.map(({ path }) => path) };
    await withSessions(instance, [source], (connection) =>
      copyResult(connection, query, file, options),
    );
  } finally {
    instance.closeSync();
    await rm(`${file}.spill`, { recursive: true, force: true });
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [a, b].map((path) => realpath(path).catch(() => undefined)),
  );
  return one !== undefined && one === other;
}
