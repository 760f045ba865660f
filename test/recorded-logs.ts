import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const folder = new URL('logs/', import.meta.url);

/** Names of the logs in test/logs, without `.gz`. */
export const logNames: readonly string[] = readdirSync(folder)
  .filter((name) => /\.log(\.gz)?$/.test(name))
  .map((name) => name.replace(/\.gz$/, ''));

/** Bytes of a log (or tar) of test/logs, by its name without `.gz`. */
export function readTestLog(name: string): Buffer {
  const isPlain = readdirSync(folder).includes(name);
  if (isPlain) return readFileSync(new URL(name, folder));
  return gunzipSync(readFileSync(new URL(`${name}.gz`, folder)));
}
