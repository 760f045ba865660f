import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controls } from './controls.ts';
import { CatalogueError } from './errors.ts';
import { type Catalogue, isTrend, type Report } from './report.ts';
import { parseReport } from './report-header.ts';

/** Folder of the query files in the project's tree; a bundle has none and asks Athena. */
const queriesFolder = fileURLToPath(new URL('../../queries', import.meta.url));
const viewsFolder = join(queriesFolder, 'views');

/** Reads the reports on one session; throws CatalogueError on a bad file. */
export function loadReports(folder: string = queriesFolder): Report[] {
  return readFolder(folder).filter((report) => !isTrend(report));
}

/** Reads the reports across sessions; throws CatalogueError on a bad file. */
export function loadTrends(): Report[] {
  return readFolder(queriesFolder).filter(isTrend);
}

/** Reads every `*.sql` directly in a folder, in order of name. */
function readFolder(folder: string): Report[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return files
    .sort()
    .map((file) =>
      parseReport(file.slice(0, -'.sql'.length), readFileSync(join(folder, file), 'utf8'), file),
    );
}

/** Reads the file of one view, `queries/views/<name>.sql`: its columns, and its SELECT over `calls`. */
export function loadView(name: string): Report {
  const file = `${name}.sql`;
  return parseReport(name, readFileSync(join(viewsFolder, file), 'utf8'), file);
}

/** Reads every view, in order of name; none reads another. */
export function loadViews(): Report[] {
  return loadReports(viewsFolder);
}

/**
 * Catalogue of reports; throws CatalogueError when one begins neither with the parameter `session` nor
 * with a day, or has one named as a control of the API.
 */
export function createCatalogue(reports: readonly Report[]): Catalogue {
  const taken = new Set<string>(controls.map((control) => control.name));
  for (const report of reports) {
    const { name, parameters } = report;
    const isOnSession = parameters[0]?.name === 'session' && parameters[0].default === undefined;
    if (!isOnSession && !isTrend(report))
      throw new CatalogueError(`${name}.sql:1: first parameter is not a required session`);
    const clash = parameters.find((parameter) => taken.has(parameter.name));
    if (clash)
      throw new CatalogueError(`${name}.sql:1: parameter is a control of the API: ${clash.name}`);
  }
  const sorted = reports.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(sorted.map((report) => [report.name, report]));
}
