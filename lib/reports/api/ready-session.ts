import type { SessionManifest } from '../../lake/manifest.ts';
import { readManifest } from '../../lake/manifests.ts';
import { listStats, type StatsFile, type StatsRange } from '../../lake/stats-listing.ts';
import { PendingError, ProblemError } from '../errors.ts';
import type { ReportDeps } from './deps.ts';

const INGEST_RETRY_SECONDS = 2;

/** Manifest of a session in whatever state; throws ProblemError (404) when there is none. */
export async function findSession(deps: ReportDeps, session: string): Promise<SessionManifest> {
  const manifest = await readManifest(deps.store, deps.lakeBucket, session);
  if (manifest) return manifest;
  throw new ProblemError({
    status: 404,
    kind: 'unknown-session',
    title: 'No such session',
    detail:
      `There is no session ${session}: nothing was uploaded under that name, or its ingest has not begun. ` +
      `Upload with aws s3 cp app.log s3://${deps.uploadsBucket}/logs/ and list sessions with GET /sessions.`,
  });
}

/** Manifest of a session that can be asked; throws PendingError or ProblemError for any other. */
export async function requireReady(deps: ReportDeps, session: string): Promise<SessionManifest> {
  const manifest = await findSession(deps, session);
  if (manifest.status === 'ready') return manifest;
  if (manifest.status === 'ingesting')
    throw new PendingError(
      'ingesting',
      session,
      INGEST_RETRY_SECONDS,
      `The log of session ${session} is still being ingested; ask again in a moment.`,
    );
  throw new ProblemError({
    status: 409,
    kind: 'ingest-failed',
    title: manifest.failure?.title ?? 'The log could not be ingested',
    detail: manifest.failure?.detail ?? `Upload the log of session ${session} again.`,
    members: { session },
  });
}

/** Throws ProblemError (409) when one of the sessions was ingested anew since its manifest was read. */
export async function requireUnchanged(
  deps: ReportDeps,
  sessions: readonly SessionManifest[],
): Promise<void> {
  await Promise.all(sessions.map((before) => requireSame(deps, before)));
}

async function requireSame(deps: ReportDeps, before: SessionManifest): Promise<void> {
  const now = await readManifest(deps.store, deps.lakeBucket, before.session);
  const isSame =
    now?.status === 'ready' &&
    now.generation === before.generation &&
    now.finished_at === before.finished_at;
  if (isSame) return;
  throw new ProblemError({
    status: 409,
    kind: 'session-replaced',
    title: 'The session was replaced meanwhile',
    detail: `A new log of session ${before.session} came while it was read; ask again, from the first page.`,
    headers: { 'retry-after': String(INGEST_RETRY_SECONDS) },
  });
}

/** Throws ProblemError (409) when the statistics of a range are not these any more. */
export async function requireSameStats(
  deps: ReportDeps,
  range: StatsRange,
  before: readonly StatsFile[],
): Promise<void> {
  const now = await listStats(deps.store, deps.lakeBucket, range);
  const isSame =
    now.length === before.length &&
    now.every(({ key, etag }, i) => key === before[i]!.key && etag === before[i]!.etag);
  if (isSame) return;
  throw new ProblemError({
    status: 409,
    kind: 'session-replaced',
    title: 'A session was replaced meanwhile',
    detail: 'A session of these days was replaced or removed while it was read; ask again.',
    headers: { 'retry-after': String(INGEST_RETRY_SECONDS) },
  });
}
