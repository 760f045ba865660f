import type { SessionManifest } from '../lib/lake/manifest.ts';
import { readColumns } from '../lib/reports/api/column-choice.ts';
import type { ResultColumn, SqlValue } from '../lib/reports/engine.ts';
import type { Catalogue, Report } from '../lib/reports/report.ts';
import { parseJson } from './json-text.ts';
import { type ReportQuestion, type ReportRows, reportAsked } from './report-rows.ts';
import { ask, askJson, type Service } from './service-request.ts';

const MAX_PAGE_ROWS = 10_000;

interface JsonPage {
  columns: ResultColumn[];
  rows: Record<string, SqlValue>[];
  next?: string;
}

/** Asks a service for a report on one of its sessions; waits while that is being ingested. */
export async function reportOnSession(
  service: Service,
  session: string,
  question: ReportQuestion,
): Promise<ReportRows> {
  const kind = question.isDifference ? 'diffs' : 'reports';
  const folder = `/sessions/${encodeURIComponent(session)}/${kind}`;
  const path = `/sessions/${encodeURIComponent(session)}`;
  return {
    session,
    ...(await askService(service, folder, question)),
    ...(question.where === undefined && {
      manifest: () => askJson<SessionManifest>(service, path),
    }),
  };
}

/** Asks a service for a report across its sessions. */
export async function reportAcrossSessions(
  service: Service,
  question: ReportQuestion,
): Promise<ReportRows> {
  return await askService(service, '/reports', question);
}

async function askService(
  service: Service,
  folder: string,
  question: ReportQuestion,
): Promise<ReportRows> {
  const catalogue = await readCatalogue(service);
  const report = reportAsked(catalogue, question);
  const isChosen = readColumns(report, question.columns) !== undefined;
  const query = new URLSearchParams([...question.parameters]);
  query.set('format', 'json');
  for (const name of ['columns', 'sort', 'where'] as const) {
    const value = question[name];
    if (value !== undefined) query.set(name, value);
  }
  const path = `${folder}/${question.report}?${query}`;
  return { report, catalogue, isChosen, pages: readPages(service, path, question.limit) };
}

async function readCatalogue(service: Service): Promise<Catalogue> {
  const { reports } = (await (await ask(service, '/reports')).json()) as {
    reports: Omit<Report, 'sql'>[];
  };
  return new Map(reports.map((report) => [report.name, { ...report, sql: '' }]));
}

async function* readPages(
  service: Service,
  path: string,
  limit = Number.POSITIVE_INFINITY,
): ReportRows['pages'] {
  let left = limit;
  let next: string | undefined = `${path}&limit=${Math.min(limit, MAX_PAGE_ROWS)}`;
  while (next !== undefined && left > 0) {
    const page = parseJson(await (await ask(service, next)).text()) as JsonPage;
    const names = page.columns.map((column) => column.name);
    const rows = page.rows.slice(0, left).map((row) => names.map((name) => row[name]));
    yield { columns: page.columns, rows };
    left -= rows.length;
    next = page.next;
  }
}
