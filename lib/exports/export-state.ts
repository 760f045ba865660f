import type { ObjectStore } from '../lake/object-store.ts';
import { exportStateKey } from './export-keys.ts';

/** How the making of an export goes, beside the export itself. */
export interface ExportState {
  status: 'making' | 'failed';
  /** When it was begun, or failed; ISO 8601. */
  at: string;
  /** Why it failed; not for the caller. */
  message?: string;
}

/** State of an export, or undefined when nobody began to make it. */
export async function readExportState(
  store: ObjectStore,
  bucket: string,
  key: string,
): Promise<ExportState | undefined> {
  const text = await store.readText(bucket, exportStateKey(key));
  return text === undefined ? undefined : (JSON.parse(text) as ExportState);
}

/** Writes down how it goes. */
export async function writeExportState(
  store: ObjectStore,
  bucket: string,
  key: string,
  state: ExportState,
): Promise<void> {
  await store.writeText(bucket, exportStateKey(key), JSON.stringify(state), 'application/json');
}
