import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { arrangeReport } from '../lib/reports/api/arrangement.ts';
import { pickColumns, readColumns } from '../lib/reports/api/column-choice.ts';
import { createCatalogue, loadReports } from '../lib/reports/catalogue.ts';
import type { Query } from '../lib/reports/engine.ts';
import { bindParameters } from '../lib/reports/parameters.ts';
import { copyResult, readResult, withSessions } from '../local/duckdb-connection.ts';
import { textLiteral } from '../local/duckdb-dialect.ts';
import type { LocalSession } from './converted-log.ts';
import { UsageError } from './errors.ts';
import { type ReportQuestion, type ReportRows, reportAsked } from './report-rows.ts';

const PAGE_ROWS = 10_000;

/** Makes a report on sessions whose files are here, the first the one it is about; uses `folder`. */
export function reportOnFiles(
  sessions: readonly LocalSession[],
  question: ReportQuestion,
  folder: string,
): ReportRows {
  const catalogue = createCatalogue(loadReports());
  const report = reportAsked(catalogue, question);
  const [{ manifest }] = sessions;
  if (sessions.length === 1 && report.parameters.some(({ type }) => type === 'session'))
    throw new UsageError(
      `report compares two sessions (stracelake diff takes two logs): ${report.name}`,
    );
  const columns = readColumns(report, question.columns);
  const parameters = bindParameters(report, question.parameters, manifest);
  const { sort, where } = question;
  const query = arrangeReport(report, parameters, { sort, where });
  const result = join(folder, `${report.name}.parquet`);
  const pages = readPages(sessions, query, { columns, limit: question.limit, result });
  return {
    session: manifest.session,
    report,
    catalogue,
    ...(where === undefined && { manifest: async () => manifest }),
    isChosen: columns !== undefined,
    pages,
  };
}

async function* readPages(
  sessions: readonly LocalSession[],
  query: Pick<Query, 'sql' | 'parameters'>,
  { columns, limit, result }: { columns?: string[]; limit?: number; result: string },
): ReportRows['pages'] {
  const instance = await DuckDBInstance.create(':memory:', { temp_directory: `${result}.spill` });
  try {
    const sources = sessions.map(({ manifest, files }) => ({ session: manifest.session, files }));
    await withSessions(instance, sources, (connection) =>
      copyResult(connection, query, result, 'FORMAT parquet'),
    );
    const connection = await instance.connect();
    const source = pickColumns(
      {
        page: (_execution, rows, token = '0') =>
          readResult(
            connection,
            `SELECT * FROM read_parquet(${textLiteral(result)}) LIMIT ${rows} OFFSET ${token}`,
          ),
      },
      columns,
    );
    for (let offset = 0; ; offset += PAGE_ROWS) {
      const wanted = Math.min(PAGE_ROWS, (limit ?? Number.POSITIVE_INFINITY) - offset);
      const page = await source.page('', wanted, String(offset));
      yield page;
      if (page.rows.length < PAGE_ROWS) break;
    }
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}
