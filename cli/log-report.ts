import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createCatalogue, loadReports } from '../lib/reports/catalogue.ts';
import type { Query } from '../lib/reports/engine.ts';
import { bindParameters } from '../lib/reports/parameters.ts';
import { copyResult, readResult, withSessions } from '../local/duckdb-connection.ts';
import { textLiteral } from '../local/duckdb-dialect.ts';
import { warnOfUnparsed } from './convert.ts';
import { type ConvertedLog, convertToFolder, type LogOptions } from './converted-log.ts';
import { UsageError } from './errors.ts';
import type { LogInput } from './log-input.ts';
import type { ReportQuestion, ReportRows } from './report-rows.ts';

const PAGE_ROWS = 10_000;

/** Makes a report on a log on this machine; its files go into `folder`. */
export async function reportOnLog(
  log: LogInput,
  question: ReportQuestion,
  options: LogOptions,
  folder: string,
): Promise<ReportRows> {
  const catalogue = createCatalogue(loadReports());
  const report = catalogue.get(question.report);
  if (!report) {
    const names = [...catalogue.keys()].join(', ');
    throw new UsageError(`report not found (there are ${names}): ${question.report}`);
  }
  const other = report.parameters.find(({ type }) => type === 'session');
  if (other)
    throw new UsageError(
      `a report with ${other.name} compares sessions of a service, this is a log: ${log.session}`,
    );
  const converted = await convertToFolder(log, options, folder);
  warnOfUnparsed(converted.summary);
  const parameters = bindParameters(report, question.parameters, converted.manifest);
  const pages = readPages(converted, { sql: report.sql, parameters }, question.limit, folder);
  return { session: log.session, report, catalogue, pages };
}

async function* readPages(
  { manifest, files }: ConvertedLog,
  query: Pick<Query, 'sql' | 'parameters'>,
  limit: number | undefined,
  folder: string,
): ReportRows['pages'] {
  const result = join(folder, 'result.parquet');
  const instance = await DuckDBInstance.create(':memory:', {
    temp_directory: join(folder, 'spill'),
  });
  try {
    const source = { session: manifest.session, files: files.map(({ path }) => path) };
    await withSessions(instance, [source], (connection) =>
      copyResult(connection, query, result, 'FORMAT parquet'),
    );
    const connection = await instance.connect();
    for (let offset = 0; ; offset += PAGE_ROWS) {
      const wanted = Math.min(PAGE_ROWS, (limit ?? Number.POSITIVE_INFINITY) - offset);
      const page = await readResult(
        connection,
        `SELECT * FROM read_parquet(${textLiteral(result)}) LIMIT ${wanted} OFFSET ${offset}`,
      );
      yield page;
      if (page.rows.length < PAGE_ROWS) break;
    }
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}
