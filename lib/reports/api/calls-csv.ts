import { ParameterError } from '../errors.ts';
import type { ReportDeps } from './deps.ts';
import { contentTypes } from './format.ts';
import { readCutPage } from './page-cut.ts';
import { requireUnchanged } from './ready-session.ts';
import { CALLS_REPORT, renderPage } from './rendering.ts';
import {
  answerPage,
  maxBodyBytes,
  type ReportRequest,
  readReportRequest,
  requireSuccess,
} from './report-answer.ts';
import type { ApiRequest } from './request.ts';
import type { ApiResponse } from './response.ts';

/** No row of the CSV is shorter: nine quoted fields, a time, a return value. */
const LEAST_ROW_BYTES = 60;

/**
 * Answers `GET /sessions/{session}/calls.csv` with the whole file: directly when it fits into a body,
 * else by a redirect to where it can be downloaded. With `limit` or `cursor` it is one page.
 */
export async function answerCallsCsv(
  deps: ReportDeps,
  request: ApiRequest,
  session: string,
): Promise<ApiResponse> {
  if ((request.query.get('format') ?? 'csv') !== 'csv')
    throw new ParameterError('format', `Ask for /sessions/${session}/reports/calls instead.`);
  if (request.query.has('columns'))
    throw new ParameterError('columns', `Ask for /sessions/${session}/reports/calls instead.`);
  const asked = await readReportRequest(deps, request, session, CALLS_REPORT, 'csv');
  if (request.query.has('limit') || request.query.has('cursor'))
    return await answerPage(deps, asked);
  const execution = await deps.engine.start(asked.query);
  await requireSuccess(deps, asked, execution);
  const body = await readWhole(deps, asked, execution);
  const answer =
    body === undefined
      ? await redirectToWhole(deps, session, execution)
      : {
          statusCode: 200,
          headers: {
            'content-type': contentTypes.csv,
            'content-disposition': `attachment; filename="${session}.csv"`,
            'cache-control': 'no-store',
          },
          body,
        };
  await requireUnchanged(deps, asked.query.sessions);
  return answer;
}

/** The whole file, or undefined when it does not fit. */
async function readWhole(
  deps: ReportDeps,
  { request, manifest, report, format }: ReportRequest,
  execution: string,
): Promise<string | undefined> {
  const maxBytes = maxBodyBytes(deps);
  const isFiltered = request.query.size > (request.query.has('format') ? 1 : 0);
  // Signals and exits are rows of the session too, but few.
  const isSurelyLarge = !isFiltered && ((manifest?.rows ?? 0) / 2) * LEAST_ROW_BYTES > maxBytes;
  if (isSurelyLarge) return undefined;
  const context = { format, session: manifest?.session, report, catalogue: await deps.catalogue() };
  const page = await readCutPage(deps.engine, {
    execution,
    limit: Number.POSITIVE_INFINITY,
    maxBytes,
    render: (columns, rows) => renderPage(context, columns, rows),
  });
  return page.next === undefined ? renderPage(context, page.columns, page.rows) : undefined;
}

async function redirectToWhole(
  deps: ReportDeps,
  session: string,
  execution: string,
): Promise<ApiResponse> {
  const object = await deps.engine.csvObject(execution);
  const location = await deps.presign(object, `${session}.csv`, contentTypes.csv);
  return {
    statusCode: 303,
    headers: { location, 'content-type': contentTypes.text, 'cache-control': 'no-store' },
    body: 'The file is too large for one answer: follow the redirect (curl -L), or page with limit.\n',
  };
}
