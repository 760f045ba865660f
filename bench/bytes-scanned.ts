/**
 * How much of a session's files each report reads, measured on a real Trino, which is what Athena is:
 * prints the table of docs/cost.md. Needs what `npm run test:trino` and `npm run bench` need.
 *
 *     npx node bench/bytes-scanned.ts [--log PATH] [--report NAME]...
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { loadReports } from '../lib/reports/catalogue.ts';
import type { Report } from '../lib/reports/report.ts';
import { QueriedLake } from '../test/trino/lake.ts';
import { literalsOf } from '../test/trino/report-values.ts';
import { joinMix, recordMix } from './recorded-mix.ts';

const MEGABYTE = 1_000_000;
const MIX_BYTES = 120 * MEGABYTE;
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { log: { type: 'string' }, report: { type: 'string', multiple: true } },
});

/** What one report reads of a session, in bytes. */
interface Reading {
  report: string;
  /** Of the columns that the query needs, each once. */
  needed: number;
  /** In all: more than needed when the query goes through the calls several times. */
  read: number;
}

const lake = await QueriedLake.start();
try {
  // The session that those reports compare with which compare sessions.
  await lake.ingest('logs/torture_nsT.log', readFileSync(`${root}test/logs/torture_nsT.log`));
  const { session } = await lake.ingest('logs/bytes.log', readFileSync(values.log ?? recordLog()));
  const sizes = await columnSizes(session);
  const readings: Reading[] = [];
  const reports = loadReports().filter(({ name }) => values.report?.includes(name) ?? true);
  for (const report of reports) readings.push(await measure(report, session, sizes));
  print(session, readings);
} finally {
  await lake.stop();
}

function recordLog(): string {
  const folder = `${root}.cache/bench`;
  return joinMix(folder, recordMix(folder, MIX_BYTES)).path;
}

/** Bytes of each column in the session's files. */
async function columnSizes(session: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const file of lake.filesOf(lake.sessions.get(session)!)) {
    const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(file));
    for (const { meta_data } of row_groups.flatMap(({ columns }) => columns)) {
      const [name] = meta_data!.path_in_schema;
      sizes.set(name!, (sizes.get(name!) ?? 0) + Number(meta_data!.total_compressed_size));
    }
  }
  return sizes;
}

async function measure(
  report: Report,
  session: string,
  sizes: ReadonlyMap<string, number>,
): Promise<Reading> {
  const manifest = lake.sessions.get(session)!;
  const result = await lake.askTrino(report.sql, literalsOf(report, manifest, {}));
  const columns = new Set(await lake.columnsRead(result));
  const needed = [...columns].reduce((sum, column) => sum + (sizes.get(column) ?? 0), 0);
  process.stderr.write(`${report.name}: ${[...columns].join(' ')}\n`);
  return { report: report.name, needed, read: result.inputBytes };
}

function print(session: string, readings: Reading[]): void {
  const { rows, log_bytes, files } = lake.sessions.get(session)!;
  const size = files.reduce((sum, file) => sum + file.size_bytes, 0);
  const percent = (bytes: number) => Math.round((100 * bytes) / size);
  const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(1);
  console.log(
    `${rows} rows, ${megabytes(log_bytes!)} MB of log, ${megabytes(size)} MB of Parquet\n\n` +
      '| report | its columns, % of the file | read, % of the file |\n|---|---:|---:|',
  );
  for (const { report, needed, read } of readings.sort((a, b) => b.read - a.read))
    console.log(`| \`${report}\` | ${percent(needed)} | ${percent(read)} |`);
}
