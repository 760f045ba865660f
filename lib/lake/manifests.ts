import { manifestKey, SESSIONS_PREFIX } from './keys.ts';
import type { SessionManifest } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import { isSessionId } from './session-id.ts';

const READS_AT_ONCE = 16;

/** Which manifests to list: at most `limit`, of sessions whose id sorts after `after` (UTF-8 order). */
export interface ManifestRange {
  after?: string;
  limit?: number;
}

/** Manifest of a session, or undefined when there is none (or the name cannot be a session's). */
export async function readManifest(
  store: ObjectStore,
  lakeBucket: string,
  session: string,
): Promise<SessionManifest | undefined> {
  if (!isSessionId(session)) return undefined;
  const text = await store.readText(lakeBucket, manifestKey(session));
  return text === undefined ? undefined : (JSON.parse(text) as SessionManifest);
}

/** Manifests of all sessions, or of a range of them, in order of session id. */
export async function listManifests(
  store: ObjectStore,
  lakeBucket: string,
  range: ManifestRange = {},
): Promise<SessionManifest[]> {
  const sessions = (await store.list(lakeBucket, SESSIONS_PREFIX))
    .filter((head) => head.key.endsWith('.json'))
    .map((head) => head.key.slice(SESSIONS_PREFIX.length, -'.json'.length))
    .filter((session) => range.after === undefined || session > range.after)
    .sort(byText)
    .slice(0, range.limit);
  const manifests: SessionManifest[] = [];
  for (let from = 0; from < sessions.length; from += READS_AT_ONCE) {
    const batch = sessions.slice(from, from + READS_AT_ONCE);
    const read = await Promise.all(batch.map((id) => readManifest(store, lakeBucket, id)));
    // One that was there a moment ago may be gone by now.
    manifests.push(...read.filter((manifest) => manifest !== undefined));
  }
  return manifests;
}

/** Stores a manifest as one line of JSON, as the Glue table `sessions` reads it. */
export async function writeManifest(
  store: ObjectStore,
  lakeBucket: string,
  manifest: SessionManifest,
): Promise<void> {
  const text = `${JSON.stringify(manifest)}\n`;
  await store.writeText(lakeBucket, manifestKey(manifest.session), text, 'application/json');
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
