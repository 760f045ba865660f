import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CatalogueError } from './errors.ts';
import type { Catalogue, Report } from './report.ts';
import { parseReport } from './report-header.ts';

/** Catalogue of reports; throws CatalogueError when one does not begin with the parameter `session`. */
export function createCatalogue(reports: Report[]): Catalogue {
  for (const { name, parameters } of reports)
    if (parameters[0]?.name !== 'session' || parameters[0].default !== undefined)
      throw new CatalogueError(`${name}.sql:1: first parameter is not a required session`);
  const sorted = reports.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(sorted.map((report) => [report.name, report]));
}

/** Reads every `*.sql` directly in the folder; throws CatalogueError on a bad one. */
export async function loadCatalogue(folder: string | URL): Promise<Catalogue> {
  const path = typeof folder === 'string' ? folder : folder.pathname;
  const files = (await readdir(path)).filter((file) => file.endsWith('.sql'));
  return createCatalogue(
    await Promise.all(
      files.map(async (file) =>
        parseReport(basename(file, '.sql'), await readFile(join(path, file), 'utf8'), file),
      ),
    ),
  );
}
