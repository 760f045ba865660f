import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Bundles the conversion as the ingest's function is bundled, into `folder`; returns the program's path. */
export function bundleConversion(folder: string): string {
  const convert = fileURLToPath(new URL('child/convert.ts', import.meta.url));
  const worker = fileURLToPath(new URL('../lib/lake/chunk-worker.ts', import.meta.url));
  buildSync({
    entryPoints: [convert, worker],
    entryNames: '[name]',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    keepNames: true,
    logLevel: 'warning',
  });
  return join(folder, 'convert.mjs');
}
