import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { manifestKey } from '../lib/lake/keys.ts';
import type { SessionManifest } from '../lib/lake/manifest.ts';
import { listManifests } from '../lib/lake/manifests.ts';
import { compressAnswer } from '../lib/reports/api/compression.ts';
import { readLimit } from '../lib/reports/api/cursor.ts';
import type { ReportDeps } from '../lib/reports/api/deps.ts';
import { chooseFormat, contentTypes, type Format } from '../lib/reports/api/format.ts';
import { MAX_SQL_ROWS } from '../lib/reports/api/openapi/sql-operation.ts';
import { requireReady, requireUnchanged } from '../lib/reports/api/ready-session.ts';
import { type ApiRequest, readRequest } from '../lib/reports/api/request.ts';
import { type ApiResponse, errorResponse } from '../lib/reports/api/response.ts';
import { ProblemError } from '../lib/reports/errors.ts';
import { renderCsv } from '../lib/reports/render/csv.ts';
import { renderTable } from '../lib/reports/render/table.ts';
import { flattenCell, printCell } from './sql-cells.ts';
import type { SqlFailure, SqlResult } from './sql-job.ts';
import { readQuestion } from './sql-question.ts';
import type { SqlRunner } from './sql-runner.ts';

const DEFAULT_ROWS = 1000;
const MAX_BYTES = 5_000_000;

/** What ad hoc SQL works with. */
export interface SqlDeps {
  reports: ReportDeps;
  runner: SqlRunner;
  /** File on disk of an object in the lake bucket. */
  fileOf(key: string): string;
}

/** True for the requests that answerSql takes. */
export function isSql({ rawPath, requestContext }: APIGatewayProxyEventV2): boolean {
  return rawPath === '/sql' && requestContext.http.method === 'POST';
}

/** Answers `POST /sql`: the rows of one SELECT over the calls of one session, or of all. */
export async function answerSql(
  event: APIGatewayProxyEventV2,
  deps: SqlDeps,
): Promise<ApiResponse> {
  let request: ApiRequest | undefined;
  try {
    request = readRequest(event);
    refuseForeign(request);
    const answer = await answerQuery(request, event, deps);
    return await compressAnswer(answer, request.headers['accept-encoding']);
  } catch (error) {
    const response = errorResponse(error, request);
    if (response.statusCode === 500) deps.reports.onFailure?.(error);
    return response;
  }
}

async function answerQuery(
  request: ApiRequest,
  event: APIGatewayProxyEventV2,
  { reports, runner, fileOf }: SqlDeps,
): Promise<ApiResponse> {
  const format = chooseFormat(request);
  const maxRows = readLimit(request.query.get('limit'), DEFAULT_ROWS, MAX_SQL_ROWS);
  const { sql, session } = readQuestion(request, event);
  const manifests =
    session !== undefined
      ? [await requireReady(reports, session)]
      : await listManifests(reports.store, reports.lakeBucket);
  const ready = manifests.filter(({ status }) => status === 'ready');
  const outcome = await runner.run({
    sql,
    sessions: ready.map((manifest) => ({
      session: manifest.session,
      files: manifest.files.map(({ key }) => fileOf(key)),
    })),
    stats: ready.flatMap(({ stats }) => (stats ? [fileOf(stats.key)] : [])),
    manifests: manifests.map((manifest) => fileOf(manifestKey(manifest.session))),
    maxRows,
    maxBytes: MAX_BYTES,
  });
  if ('failure' in outcome) throw await explain(outcome.failure, reports, ready);
  return {
    statusCode: 200,
    headers: {
      'content-type': contentTypes[format],
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      vary: 'accept',
    },
    body: renderSql(outcome.result, format),
  };
}

/** A page of another origin could send text here unasked; it must not even take our time. */
function refuseForeign({ headers }: ApiRequest) {
  const { origin, host } = headers;
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return;
  throw new ProblemError({
    status: 403,
    kind: 'foreign-origin',
    title: 'Not from another page',
    detail: `SQL is answered to programs and to pages of this service, not to those of ${origin}.`,
  });
}

async function explain(
  { kind, message }: SqlFailure,
  reports: ReportDeps,
  sessions: readonly SessionManifest[],
): Promise<Error> {
  if (kind === 'refused' || kind === 'invalid')
    return new ProblemError({
      status: 400,
      kind: 'bad-sql',
      title: 'The query cannot be run',
      detail: message,
    });
  if (kind === 'limit')
    return new ProblemError({
      status: 422,
      kind: 'sql-limit',
      title: 'The query takes too much',
      detail: `${message} Ask one session (session=…), fewer rows, or less of each.`,
    });
  // Says so when a file is gone because its session was replaced.
  await requireUnchanged(reports, sessions);
  return new Error(`ad hoc query failed: ${message}`);
}

/** The rows of an ad hoc query in a format. */
export function renderSql({ columns, rows, isCut }: SqlResult, format: Format): string {
  const names = columns.map((column) => column.name);
  if (format === 'json') {
    const objects = rows.map(
      (row) => `{${row.map((cell, i) => `${JSON.stringify(names[i])}:${printCell(cell)}`)}}`,
    );
    const head = JSON.stringify({ columns, is_cut: isCut }).slice(0, -1);
    return `${head},"rows":[${objects.join(',')}]}\n`;
  }
  const flat = rows.map((row) => row.map(flattenCell));
  if (format === 'csv') return renderCsv(names, flat, 'minimal');
  if (flat.length === 0) return '';
  return `${renderTable(names, flat)}\n${isCut ? '(there are more rows)\n' : ''}`;
}
