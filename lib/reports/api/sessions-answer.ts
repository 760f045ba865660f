import type { SessionManifest } from '../../lake/manifest.ts';
import { recordedAt } from '../../lake/recorded-at.ts';
import { sessionIdOf } from '../../lake/session-id.ts';
import { ParameterError } from '../errors.ts';
import { parseInstant } from '../instants.ts';
import { badCursor, readCursor, readLimit, writeCursor } from './cursor.ts';
import type { ReportDeps } from './deps.ts';
import { findSession } from './ready-session.ts';
import { type ApiRequest, linkTo } from './request.ts';
import { type ApiResponse, jsonResponse } from './response.ts';
import { type ListPlace, listSessions } from './session-listing.ts';

const DEFAULT_LIMIT = 100;
/** Sessions a page has at most. */
export const MAX_SESSIONS = 1000;
const INGEST_RETRY_SECONDS = 2;
const LABEL = 'label.';
const statuses = ['ready', 'ingesting', 'failed'];

/** Answers `GET /sessions/{session}`: its manifest, in whatever state it is. */
export async function answerSession(
  deps: ReportDeps,
  request: ApiRequest,
  session: string,
): Promise<ApiResponse> {
  refuseUnknown(request, []);
  const manifest = await findSession(deps, session);
  const waits = manifest.status === 'ingesting';
  return jsonResponse(
    200,
    { ...manifest, reports: `${request.path.replace(/\/$/, '')}/reports/{report}` },
    waits ? { 'retry-after': String(INGEST_RETRY_SECONDS) } : {},
  );
}

/**
 * Answers `GET /sessions`: sessions, the newest ingest first, that pass the filters prefix, status,
 * key (of a source), from and to (time of the log) and label.NAME. With `key` it also tells the
 * session that the key would give.
 */
export async function answerSessions(deps: ReportDeps, request: ApiRequest): Promise<ApiResponse> {
  const { query } = request;
  refuseUnknown(request, ['prefix', 'status', 'key', 'from', 'to', 'limit', 'cursor']);
  const { sessions, last } = await listSessions(deps, {
    prefix: query.get('prefix') ?? '',
    after: readAfter(request),
    limit: readLimit(query.get('limit'), DEFAULT_LIMIT, MAX_SESSIONS),
    passes: filterOf(query),
  });
  const next = last && linkTo(request, { cursor: writeCursor(textsOf(last)) });
  const key = query.get('key');
  return jsonResponse(
    200,
    {
      ...(key !== undefined && { key, session: sessionIdOf(key) }),
      sessions: sessions.map((manifest) => summarize(manifest, request)),
      ...(next && { next }),
    },
    next ? { link: `<${next}>; rel="next"` } : {},
  );
}

function filterOf(query: ReadonlyMap<string, string>): (manifest: SessionManifest) => boolean {
  const from = readTime(query, 'from');
  const to = readTime(query, 'to');
  const labels = [...query].filter(([name]) => name.startsWith(LABEL));
  const status = query.get('status');
  const key = query.get('key');
  return (manifest) => {
    if (status !== undefined && manifest.status !== status) return false;
    if (key !== undefined && !manifest.sources.some((source) => source.key === key)) return false;
    if (labels.some(([name, value]) => manifest.labels[name.slice(LABEL.length)] !== value))
      return false;
    if (from === undefined && to === undefined) return true;
    const time = parseInstant(recordedAt(manifest));
    if (time === undefined) return false;
    return (from === undefined || time >= from) && (to === undefined || time <= to);
  };
}

function readTime(query: ReadonlyMap<string, string>, name: 'from' | 'to'): bigint | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  const time = parseInstant(text);
  if (time !== undefined) return time;
  throw new ParameterError(name, 'Give a time such as 2026-11-23T09:23:46Z, or a date.');
}

function summarize(manifest: SessionManifest, request: ApiRequest) {
  const { session, status, started_at, finished_at, labels, failure } = manifest;
  const { rows, calls, errors, lines, log_bytes, start_time, end_time, sources } = manifest;
  return {
    session,
    status,
    started_at,
    finished_at,
    start_time: start_time ?? null,
    end_time: end_time ?? null,
    lines: lines ?? null,
    rows: rows ?? null,
    calls: calls ?? null,
    errors: errors ?? null,
    log_bytes: log_bytes ?? null,
    labels,
    keys: sources.map((source) => source.key),
    ...(failure && { failure }),
    url: `${request.path.replace(/\/$/, '')}/${encodeURIComponent(session)}`,
  };
}

function textsOf({ written, started_at, session }: ListPlace): Record<string, string> {
  return { written: new Date(written).toISOString(), started_at, session };
}

function readAfter(request: ApiRequest): ListPlace | undefined {
  const cursor = request.query.get('cursor');
  if (cursor === undefined) return undefined;
  const { started_at, session, ...place } = readCursor(cursor, [
    'written',
    'started_at',
    'session',
  ]);
  const written = Date.parse(place.written);
  if (!Number.isNaN(written)) return { written, started_at, session };
  throw badCursor();
}

function refuseUnknown({ query }: ApiRequest, known: string[]) {
  for (const [name, value] of query) {
    if (name === 'status' && known.includes(name) && !statuses.includes(value))
      throw new ParameterError(name, `Give ${statuses.join(', ')}.`);
    if (known.includes(name) || (known.length > 0 && name.startsWith(LABEL))) continue;
    const taken = known.length > 0 ? `${known.join(', ')} and label.NAME` : 'none';
    throw new ParameterError(name, `It is not known here; the parameters are: ${taken}.`);
  }
}
