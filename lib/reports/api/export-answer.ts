import { setTimeout as delay } from 'node:timers/promises';
import { type ExportFormat, exportFormats } from '../../exports/export-format.ts';
import { exportKey } from '../../exports/export-keys.ts';
import { readExportState, writeExportState } from '../../exports/export-state.ts';
import type { SessionManifest } from '../../lake/manifest.ts';
import { ParameterError, PendingError, ProblemError } from '../errors.ts';
import type { ReportDeps } from './deps.ts';
import { contentTypes } from './format.ts';
import { requireReady, requireUnchanged } from './ready-session.ts';
import { WAIT_MS } from './report-answer.ts';
import type { ApiRequest } from './request.ts';
import type { ApiResponse } from './response.ts';

const RETRY_SECONDS = 3;
const FIRST_POLL_MS = 50;
const SLOWEST_POLL_MS = 1000;
/** Longer than a Lambda may run: who began it is gone. */
const GIVEN_UP_MS = 16 * 60_000;
/** A failure younger than this is the answer; after it the export is tried again. */
const FAILURE_KEPT_MS = 60_000;

/**
 * Answers `GET /sessions/{session}/exports/{format}` with a redirect to the file, which is made when it
 * is not there yet; 202 when that takes longer than a request may.
 */
export async function answerExport(
  deps: ReportDeps,
  request: ApiRequest,
  session: string,
  name: string,
): Promise<ApiResponse> {
  for (const parameter of request.query.keys())
    throw new ParameterError(parameter, 'It is not known here; exports take no parameters.');
  const format = findFormat(name);
  const manifest = await requireReady(deps, session);
  requireFitting(format, manifest);
  const key = await provide(deps, manifest, format);
  const fileName = `${session}.${format.extension}`;
  const object = { bucket: deps.lakeBucket, key };
  const location = await deps.presign(object, fileName, format.contentType);
  return {
    statusCode: 303,
    headers: { location, 'content-type': contentTypes.text, 'cache-control': 'no-store' },
    body: 'The file is ready: follow the redirect (curl -L).\n',
  };
}

function findFormat(name: string): ExportFormat {
  const format = exportFormats.get(name);
  if (format) return format;
  const formats = [...exportFormats.keys()];
  throw new ProblemError({
    status: 404,
    kind: 'unknown-export',
    title: 'No such export',
    detail: `There is no export ${name}. There are ${formats.join(', ')}.`,
    members: { formats },
  });
}

function requireFitting(format: ExportFormat, manifest: SessionManifest) {
  const lack = format.lack?.(manifest);
  if (lack === undefined) return;
  throw new ProblemError({
    status: 409,
    kind: 'export-lacks-data',
    title: 'The log does not tell what the export needs',
    detail: lack,
    members: { session: manifest.session },
  });
}

/** Key of the file, once it is there; throws PendingError while it is made. */
async function provide(
  deps: ReportDeps,
  manifest: SessionManifest,
  format: ExportFormat,
): Promise<string> {
  // The one file of a session is what an export of it would be.
  if (format.name === 'parquet' && manifest.files.length === 1) return manifest.files[0]!.key;
  const key = exportKey(manifest, format);
  const { store, lakeBucket } = deps;
  if (await store.head(lakeBucket, key)) return key;
  await begin(deps, manifest, format, key);
  const deadline = Date.now() + (deps.waitMs ?? WAIT_MS);
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, SLOWEST_POLL_MS)) {
    if (await store.head(lakeBucket, key)) return key;
    const state = await readExportState(store, lakeBucket, key);
    if (state?.status === 'failed') throw await explain(deps, manifest, state.message);
    const left = deadline - Date.now();
    if (left <= 0) break;
    await delay(Math.min(pause, left));
  }
  throw new PendingError(
    'running',
    manifest.session,
    RETRY_SECONDS,
    `The export ${format.name} is still being made; ask again in a moment at the same address.`,
  );
}

async function begin(
  deps: ReportDeps,
  manifest: SessionManifest,
  format: ExportFormat,
  key: string,
): Promise<void> {
  const { store, lakeBucket } = deps;
  const state = await readExportState(store, lakeBucket, key);
  const age = state ? Date.now() - Date.parse(state.at) : Number.POSITIVE_INFINITY;
  if (age < (state?.status === 'failed' ? FAILURE_KEPT_MS : GIVEN_UP_MS)) return;
  const at = new Date().toISOString();
  await writeExportState(store, lakeBucket, key, { status: 'making', at });
  try {
    await deps.startExport({ session: manifest.session, format: format.name, key });
  } catch (error) {
    const message = (error as Error).message;
    await writeExportState(store, lakeBucket, key, { status: 'failed', at, message });
  }
}

async function explain(
  deps: ReportDeps,
  manifest: SessionManifest,
  message: string | undefined,
): Promise<Error> {
  await requireUnchanged(deps, [manifest]);
  deps.onFailure?.(new Error(`export failed: ${message}`));
  return new ProblemError({
    status: 502,
    kind: 'export-failed',
    title: 'The export failed',
    detail: 'The file could not be made. Try again in a minute; the log of the service says why.',
  });
}
