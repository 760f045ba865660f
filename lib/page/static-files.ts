import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** One file of the built page. */
export interface StaticFile {
  text: string;
  contentType: string;
  /** Names the content. */
  etag: string;
  /** Whether its name changes with its content, so that it may be kept for good. */
  isImmutable: boolean;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Files of the built page by their path in a URL, `/` for the page itself; empty when it was not built. */
export function loadStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const name of listFolder(folder)) {
    const contentType = contentTypes[extname(name)];
    if (contentType === undefined) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    const path = `/${name.split(sep).join('/')}`;
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
    files.set(path === '/index.html' ? '/' : path, {
      text,
      contentType,
      etag: `"${hash}"`,
      isImmutable: path.startsWith('/assets/'),
    });
  }
  return files;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
