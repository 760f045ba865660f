import { createHash } from 'node:crypto';
import type { SessionManifest } from '../lake/manifest.ts';
import type { ExportFormat } from './export-format.ts';

/** Prefix of the lake bucket under which exports lie; they are deleted after a day. */
export const EXPORTS_PREFIX = 'results/exports/';

/** Changes whenever an export of the same session would hold other bytes. */
const VERSION = 1;

/** Key of a session's export: another one for each ingest. */
export function exportKey(manifest: SessionManifest, { extension }: ExportFormat): string {
  const { session, generation, finished_at } = manifest;
  const hash = createHash('sha256').update(JSON.stringify([VERSION, generation, finished_at]));
  return `${EXPORTS_PREFIX}${session}/${hash.digest('hex').slice(0, 16)}.${extension}`;
}

/** Key of what is known of an export that is not there. */
export function exportStateKey(key: string): string {
  return `${key}.state.json`;
}
