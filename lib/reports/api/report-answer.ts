import { createHash } from 'node:crypto';
import type { SessionManifest } from '../../lake/manifest.ts';
import type { StatsRange } from '../../lake/stats-listing.ts';
import { controls } from '../controls.ts';
import type { Query } from '../engine.ts';
import { ParameterError, PendingError, ProblemError } from '../errors.ts';
import { executionKey } from '../execution-key.ts';
import { bindParameters, filtersOf } from '../parameters.ts';
import type { Report } from '../report.ts';
import { arrangeReport } from './arrangement.ts';
import { pickColumns, readColumns } from './column-choice.ts';
import { readCursor, readLimit, writeCursor } from './cursor.ts';
import type { ReportDeps } from './deps.ts';
import { chooseFormat, contentTypes, type Format } from './format.ts';
import { readCutPage } from './page-cut.ts';
import { requireReady, requireSameStats, requireUnchanged } from './ready-session.ts';
import { renderPage } from './rendering.ts';
import { findReport } from './report-choice.ts';
import { type ApiRequest, linkTo } from './request.ts';
import { type ApiResponse, revalidate } from './response.ts';

/** Rows a page has at most. */
export const MAX_ROWS = 10_000;
const JSON_ROWS = 1000;
const RUNNING_RETRY_SECONDS = 3;
/** Milliseconds a request waits for what takes long before it answers 202. */
export const WAIT_MS = 25_000;
const MAX_BODY_BYTES = 5_000_000;

/** A request for a report, understood and checked. */
export interface ReportRequest {
  request: ApiRequest;
  /** The session it is about; undefined when it is about many. */
  manifest?: SessionManifest;
  report: Report;
  query: Query;
  /** Names the query and the ingests it reads. */
  key: string;
  format: Format;
  /** Columns to give; undefined for all. */
  columns: string[] | undefined;
  /** Whose statistics it reads when it is about many sessions. */
  range?: StatsRange;
}

/** Answers `GET /sessions/{session}/reports/{report}`: one page of the report. */
export async function answerReport(
  deps: ReportDeps,
  request: ApiRequest,
  session: string,
  name: string,
): Promise<ApiResponse> {
  const format = chooseFormat(request);
  return await answerPage(deps, await readReportRequest(deps, request, session, name, format));
}

/** Answers `GET /sessions/{session}/diffs/{report}`: one page of what differs from the session `base`. */
export async function answerDifference(
  deps: ReportDeps,
  request: ApiRequest,
  session: string,
  name: string,
): Promise<ApiResponse> {
  const format = chooseFormat(request);
  const report = await findReport(deps, name, 'difference');
  return await answerPage(deps, await readRequestFor(deps, request, session, report, format));
}

/** Understands and checks a request for a report; throws the problem it has. */
export async function readReportRequest(
  deps: ReportDeps,
  request: ApiRequest,
  session: string,
  name: string,
  format: Format,
): Promise<ReportRequest> {
  const report = await findReport(deps, name, 'session');
  return await readRequestFor(deps, request, session, report, format);
}

async function readRequestFor(
  deps: ReportDeps,
  request: ApiRequest,
  session: string,
  report: Report,
  format: Format,
): Promise<ReportRequest> {
  const manifest = await requireReady(deps, session);
  const given = new Map(request.query);
  for (const control of controls) given.delete(control.name);
  const parameters = bindParameters(report, given, manifest);
  const others = filtersOf(report).filter(({ type }) => type === 'session');
  const sessions = [
    manifest,
    ...(await Promise.all(others.map(({ name }) => requireReady(deps, given.get(name)!)))),
  ];
  const choice = { sort: request.query.get('sort'), where: request.query.get('where') };
  const query = { ...arrangeReport(report, parameters, choice), sessions };
  const columns = readColumns(report, request.query.get('columns'));
  return { request, manifest, report, query, key: executionKey(query), format, columns };
}

/** Answers with one page, from the request's cursor on. */
export async function answerPage(deps: ReportDeps, asked: ReportRequest): Promise<ApiResponse> {
  const { request, manifest, report, query, format, columns } = asked;
  const limit = readLimit(
    request.query.get('limit'),
    format === 'json' ? JSON_ROWS : MAX_ROWS,
    MAX_ROWS,
  );
  const cursor = readPlace(asked);
  const place = request.query.get('cursor') ?? '';
  const etag = etagOf([asked.key, format, String(limit), place, columns?.join() ?? '*']);
  const headers = { etag, 'cache-control': revalidate, vary: 'accept' };
  if (isMatch(request, etag)) return { statusCode: 304, headers };
  const execution = cursor?.execution ?? (await deps.engine.start(asked.query, limit));
  await requireSuccess(deps, asked, execution);
  const context = { format, session: manifest?.session, report, catalogue: await deps.catalogue() };
  const page = await readCutPage(pickColumns(deps.engine, columns), {
    execution,
    token: cursor?.token,
    limit,
    maxBytes: maxBodyBytes(deps),
    render: (columns, rows) => renderPage(context, columns, rows),
  });
  await requireUnchanged(deps, query.sessions);
  // Days are counted from today, and tomorrow the next page would be of others.
  const days = asked.range && { from: asked.range.from, to: asked.range.to };
  const next =
    page.next && linkTo(request, { ...days, cursor: writePlace(asked, execution, page.next) });
  return {
    statusCode: 200,
    headers: {
      ...headers,
      'content-type': contentTypes[format],
      'x-content-type-options': 'nosniff',
      ...(next && { link: `<${next}>; rel="next"` }),
    },
    body: renderPage(context, page.columns, page.rows, next),
  };
}

/** Waits for an execution; throws PendingError when it runs on, ProblemError when it failed. */
export async function requireSuccess(
  deps: ReportDeps,
  { manifest, report, request, query, range }: ReportRequest,
  execution: string,
): Promise<void> {
  const state = await deps.engine.wait(execution, deps.waitMs ?? WAIT_MS);
  if (state.status === 'succeeded') return;
  if (state.status === 'running')
    throw new PendingError(
      'running',
      manifest?.session,
      RUNNING_RETRY_SECONDS,
      `The report ${report.name} is still being made; ask again in a moment at the same address.`,
    );
  await requireUnchanged(deps, query.sessions);
  if (range) await requireSameStats(deps, range, query.stats ?? []);
  if (state.status === 'unknown' && request.query.has('cursor'))
    throw cursorExpired('The result it pages through is gone');
  const message = state.status === 'failed' ? state.message : `execution not found: ${execution}`;
  if (request.query.has('path_regex') && isPatternFailure(message))
    throw new ParameterError('path_regex', 'The query engine does not take this expression.');
  deps.onFailure?.(new Error(`query failed: ${message}`));
  throw new ProblemError({
    status: 502,
    kind: 'query-failed',
    title: 'The query failed',
    detail:
      'The query engine could not make the report. Try again in a minute; the log of the service says why under request_id.',
    members: { request_id: request.id },
  });
}

/** Bytes a body may have. */
export function maxBodyBytes(deps: ReportDeps): number {
  return deps.maxBodyBytes ?? MAX_BODY_BYTES;
}

function writePlace({ query }: ReportRequest, execution: string, token: string): string {
  return writeCursor({ ingest: ingestOf(query.sessions), key: pagedKey(query), execution, token });
}

/** Pages of a trend go on when a session comes: they are of one result. */
function pagedKey(query: Query): string {
  return executionKey({ ...query, stats: undefined });
}

function readPlace({ request, query }: ReportRequest) {
  const text = request.query.get('cursor');
  if (text === undefined) return undefined;
  const place = readCursor(text, ['ingest', 'key', 'execution', 'token']);
  if (place.ingest !== ingestOf(query.sessions))
    throw cursorExpired('The session was replaced since');
  if (place.key !== pagedKey(query))
    throw new ParameterError('cursor', 'It belongs to another session, report or filter.');
  return place;
}

function ingestOf(sessions: readonly SessionManifest[]): string {
  return sessions
    .map(({ session, generation, finished_at }) => `${session} ${generation} ${finished_at}`)
    .join();
}

function cursorExpired(why: string): ProblemError {
  return new ProblemError({
    status: 410,
    kind: 'cursor-expired',
    title: 'The cursor has expired',
    detail: `${why}; start again from the first page, without cursor.`,
    members: { parameter: 'cursor' },
  });
}

function etagOf(parts: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `"${hash.slice(0, 32)}"`;
}

function isMatch({ headers }: ApiRequest, etag: string): boolean {
  const known = headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known?.some((tag) => tag === etag || tag === '*') ?? false;
}

/** RE2 in DuckDB and Athena say so when an expression that passed our check is none of theirs. */
function isPatternFailure(message: string): boolean {
  return /^Invalid Input Error|INVALID_FUNCTION_ARGUMENT/.test(message);
}
