import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const OBJECT_SUFFIX = '._S3rver_object';

/** Keys below `prefix` in a bucket's folder, in S3's order (that of their UTF-8 bytes). */
export async function listKeys(bucketFolder: string, prefix: string): Promise<string[]> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const keys: string[] = [];
  await collect(bucketFolder, folder, prefix, keys);
  return keys
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .sort((a, b) => a.bytes.compare(b.bytes))
    .map(({ key }) => key);
}

async function collect(
  bucketFolder: string,
  folder: string,
  prefix: string,
  keys: string[],
): Promise<void> {
  const entries = await readdir(join(bucketFolder, folder), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    },
  );
  for (const entry of entries) {
    const path = folder + entry.name;
    if (entry.isDirectory()) {
      const isWanted = `${path}/`.startsWith(prefix) || prefix.startsWith(`${path}/`);
      if (isWanted) await collect(bucketFolder, `${path}/`, prefix, keys);
    } else if (path.endsWith(OBJECT_SUFFIX)) {
      const key = path.slice(0, -OBJECT_SUFFIX.length);
      if (key.startsWith(prefix)) keys.push(key);
    }
  }
}
