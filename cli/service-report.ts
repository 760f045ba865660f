import { setTimeout } from 'node:timers/promises';
import type { ResultColumn, SqlValue } from '../lib/reports/engine.ts';
import type { Catalogue, Report } from '../lib/reports/report.ts';
import { UsageError, WorkError } from './errors.ts';
import type { ReportQuestion, ReportRows } from './report-rows.ts';

const MAX_PAGE_ROWS = 10_000;
const WAIT_MS = 15 * 60_000;

interface JsonPage {
  columns: ResultColumn[];
  rows: Record<string, SqlValue>[];
  next?: string;
}

/** A service to be asked over HTTP. */
export interface Service {
  url: string;
  /** Headers sent with each request. */
  headers: Record<string, string>;
}

/** Asks a service for a report on one of its sessions; waits while that is being ingested. */
export async function reportOnSession(
  service: Service,
  session: string,
  question: ReportQuestion,
): Promise<ReportRows> {
  const catalogue = await readCatalogue(service);
  const report = catalogue.get(question.report);
  if (!report) {
    const names = [...catalogue.keys()].join(', ');
    throw new UsageError(`report not found (there are ${names}): ${question.report}`);
  }
  const query = new URLSearchParams([...question.parameters]);
  query.set('format', 'json');
  const path = `/sessions/${encodeURIComponent(session)}/reports/${question.report}?${query}`;
  return { session, report, catalogue, pages: readPages(service, path, question.limit) };
}

async function readCatalogue(service: Service): Promise<Catalogue> {
  const { reports } = (await ask(service, '/reports')) as { reports: Omit<Report, 'sql'>[] };
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
    const page = (await ask(service, next)) as JsonPage;
    const names = page.columns.map((column) => column.name);
    const rows = page.rows.slice(0, left).map((row) => names.map((name) => row[name]));
    yield { columns: page.columns, rows };
    left -= rows.length;
    next = page.next;
  }
}

async function ask(service: Service, path: string): Promise<unknown> {
  const deadline = Date.now() + WAIT_MS;
  let target = path;
  for (;;) {
    const answer = await request(service, target);
    if (answer.status === 200) return await answer.json();
    const problem = (await answer.json().catch(() => ({}))) as Problem;
    if (answer.status !== 202) throw errorOf(answer.status, problem, service);
    if (Date.now() > deadline)
      throw new WorkError(`service was not done in time: ${problem.detail}`);
    target = answer.headers.get('location') ?? target;
    await setTimeout(1000 * Number(answer.headers.get('retry-after') ?? 1));
  }
}

interface Problem {
  title?: string;
  detail?: string;
  message?: string;
}

function errorOf(status: number, problem: Problem, { url }: Service): Error {
  const text = problem.detail ?? problem.message ?? `service answered ${status}: ${url}`;
  return status === 400 ? new UsageError(text) : new WorkError(text);
}

async function request({ url, headers }: Service, path: string): Promise<Response> {
  try {
    return await fetch(joinUrl(url, path), { headers });
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new WorkError(`service not reached (${why}; is it running?): ${url}`);
  }
}

/** A service may live below a stage, which links to further pages repeat. */
function joinUrl(url: string, path: string): string {
  const { origin, pathname } = new URL(url);
  const stage = pathname.replace(/\/$/, '');
  return path.startsWith(`${stage}/`) ? origin + path : origin + stage + path;
}
