import type { SessionManifest } from '../../lake/manifest.ts';
import { listManifests } from '../../lake/manifests.ts';
import { sessionIdOf } from '../../lake/session-id.ts';
import { ParameterError } from '../errors.ts';
import { readCursor, readLimit, writeCursor } from './cursor.ts';
import type { ReportDeps } from './deps.ts';
import { findSession } from './ready-session.ts';
import { type ApiRequest, linkTo } from './request.ts';
import { type ApiResponse, jsonResponse } from './response.ts';

const DEFAULT_LIMIT = 100;
/** Sessions a page has at most. */
export const MAX_SESSIONS = 1000;
const INGEST_RETRY_SECONDS = 2;
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
 * key (of a source) and label.NAME. With `key` it also tells the session that the key would give.
 */
export async function answerSessions(deps: ReportDeps, request: ApiRequest): Promise<ApiResponse> {
  refuseUnknown(request, ['prefix', 'status', 'key', 'limit', 'cursor']);
  const limit = readLimit(request.query.get('limit'), DEFAULT_LIMIT, MAX_SESSIONS);
  const after = readAfter(request);
  const found = (await listManifests(deps.store, deps.lakeBucket))
    .filter((manifest) => passes(manifest, request.query))
    .filter((manifest) => after === undefined || compareAge(manifest, after) > 0)
    .sort(compareAge);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next =
    last && found.length > shown.length
      ? linkTo(request, {
          cursor: writeCursor({ started_at: last.started_at, session: last.session }),
        })
      : undefined;
  const key = request.query.get('key');
  return jsonResponse(
    200,
    {
      ...(key !== undefined && { key, session: sessionIdOf(key) }),
      sessions: shown.map((manifest) => summarize(manifest, request)),
      ...(next && { next }),
    },
    next ? { link: `<${next}>; rel="next"` } : {},
  );
}

function passes(manifest: SessionManifest, query: ReadonlyMap<string, string>): boolean {
  for (const [name, value] of query) {
    if (name === 'prefix' && !manifest.session.startsWith(value)) return false;
    if (name === 'status' && manifest.status !== value) return false;
    if (name === 'key' && !manifest.sources.some((source) => source.key === value)) return false;
    if (name.startsWith('label.') && manifest.labels[name.slice('label.'.length)] !== value)
      return false;
  }
  return true;
}

function summarize(manifest: SessionManifest, request: ApiRequest) {
  const { session, status, started_at, finished_at, labels, failure } = manifest;
  const { rows, lines, log_bytes, start_time, end_time, sources } = manifest;
  return {
    session,
    status,
    started_at,
    finished_at,
    start_time: start_time ?? null,
    end_time: end_time ?? null,
    lines: lines ?? null,
    rows: rows ?? null,
    log_bytes: log_bytes ?? null,
    labels,
    keys: sources.map((source) => source.key),
    ...(failure && { failure }),
    url: `${request.path.replace(/\/$/, '')}/${encodeURIComponent(session)}`,
  };
}

type Age = Pick<SessionManifest, 'started_at' | 'session'>;

/** Newest first; sessions of one instant in order of name. */
function compareAge(a: Age, b: Age): number {
  if (a.started_at !== b.started_at) return a.started_at > b.started_at ? -1 : 1;
  return a.session < b.session ? -1 : a.session > b.session ? 1 : 0;
}

function readAfter(request: ApiRequest): Age | undefined {
  const cursor = request.query.get('cursor');
  return cursor === undefined ? undefined : readCursor(cursor, ['started_at', 'session']);
}

function refuseUnknown({ query }: ApiRequest, known: string[]) {
  for (const [name, value] of query) {
    if (name === 'status' && known.includes(name) && !statuses.includes(value))
      throw new ParameterError(name, `Give ${statuses.join(', ')}.`);
    if (known.includes(name) || (known.length > 0 && name.startsWith('label.'))) continue;
    const taken = known.length > 0 ? `${known.join(', ')} and label.NAME` : 'none';
    throw new ParameterError(name, `It is not known here; the parameters are: ${taken}.`);
  }
}
