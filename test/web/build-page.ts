import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the page that the embedded stack serves, from the sources as they are. */
export default async function buildPage(): Promise<void> {
  const configFile = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'warn' });
}
