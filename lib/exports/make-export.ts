import { readManifest } from '../lake/manifests.ts';
import type { ObjectStore } from '../lake/object-store.ts';
import { exportFormats } from './export-format.ts';
import { exportKey } from './export-keys.ts';
import { writeExportState } from './export-state.ts';

/** One export to be made. */
export interface ExportJob {
  session: string;
  /** Name of the format. */
  format: string;
  /** Key under which it is waited for; another one when the session was replaced meanwhile. */
  key: string;
}

/** What the making of exports works with. */
export interface ExportPorts {
  store: ObjectStore;
  lakeBucket: string;
  now(): Date;
}

/**
 * Makes an export: the object appears when it is whole. An error is written down beside it, for who
 * waits, and thrown.
 */
export async function makeExport(job: ExportJob, ports: ExportPorts): Promise<void> {
  const { store, lakeBucket: bucket, now } = ports;
  try {
    await write(job, ports);
  } catch (error) {
    const message = (error as Error).message;
    await writeExportState(store, bucket, job.key, {
      status: 'failed',
      at: now().toISOString(),
      message,
    });
    throw error;
  }
}

async function write(job: ExportJob, { store, lakeBucket: bucket }: ExportPorts): Promise<void> {
  const format = exportFormats.get(job.format);
  if (!format) throw new Error(`export format not found: ${job.format}`);
  const manifest = await readManifest(store, bucket, job.session);
  if (manifest?.status !== 'ready' || exportKey(manifest, format) !== job.key)
    throw new Error(`session was replaced before its export: ${job.session}`);
  const source = { store, bucket, files: manifest.files };
  await store.writeStream(bucket, job.key, format.write(source, manifest), format.contentType);
}
