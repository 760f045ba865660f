import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../lib/lake/object-store.ts';

/** Prefix of the lake bucket under which the embedded engine puts whole results as CSV. */
export const RESULTS_PREFIX = 'results/';

const MAX_AGE_MS = 24 * 3600 * 1000;
const MAX_FOLDER_BYTES = 2e9;

/** Deletes results that nobody read for a day, and the oldest while the folder is over 2 GB. */
export async function sweepFolder(folder: string, now: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.(parquet|partial)$/.test(name));
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      // A query that ends meanwhile renames its partial file.
      const found = await stat(path).catch(() => undefined);
      return { path, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? now };
    }),
  );
  let left = entries.reduce((sum, entry) => sum + entry.size, 0);
  for (const { path, size, usedAt } of entries.sort((a, b) => a.usedAt - b.usedAt)) {
    if (now - usedAt < MAX_AGE_MS && left < MAX_FOLDER_BYTES) break;
    await rm(path, { force: true });
    left -= size;
  }
}

/** Deletes results that were stored as CSV more than a day ago. */
export async function sweepObjects(store: ObjectStore, bucket: string, now: number) {
  const old = (await store.list(bucket, RESULTS_PREFIX)).filter(
    (head) => now - head.lastModified.getTime() >= MAX_AGE_MS,
  );
  if (old.length > 0)
    await store.remove(
      bucket,
      old.map((head) => head.key),
    );
}
