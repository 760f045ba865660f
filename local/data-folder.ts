import { join } from 'node:path';

/** Buckets of the embedded stack. */
export const UPLOADS_BUCKET = 'stracelake-uploads';
export const LAKE_BUCKET = 'stracelake-lake';

/** Folder of the buckets below a data folder. */
export function bucketsFolder(dataDir: string): string {
  return join(dataDir, 's3');
}
