import type { SessionManifest } from './manifest.ts';

/** When a log was recorded, ISO 8601: its first time, or that of its upload when it has no times. */
export function recordedAt(
  manifest: Pick<SessionManifest, 'start_time' | 'sources' | 'started_at'>,
): string {
  if (manifest.start_time) return manifest.start_time;
  const uploads = manifest.sources.map((source) => source.last_modified).sort();
  return uploads[0] || manifest.started_at;
}
