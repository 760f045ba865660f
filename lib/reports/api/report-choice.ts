import { ProblemError } from '../errors.ts';
import { isTrend, type Report } from '../report.ts';
import type { ReportDeps } from './deps.ts';

/** The report of a name, on one session or across sessions; throws ProblemError (404) when there is none. */
export async function findReport(
  deps: ReportDeps,
  name: string,
  kind: 'session' | 'trend',
): Promise<Report> {
  const catalogue = await deps.catalogue();
  const report = catalogue.get(name);
  if (report && isTrend(report) === (kind === 'trend')) return report;
  const reports = [...catalogue.values()]
    .filter((each) => isTrend(each) === (kind === 'trend'))
    .map((each) => each.name);
  const elsewhere = report && `It is at ${pathOf(report)}. `;
  throw new ProblemError({
    status: 404,
    kind: 'unknown-report',
    title: 'No such report',
    detail: `There is no report ${name} here. ${elsewhere ?? ''}There are ${reports.join(', ')}; GET /reports describes them.`,
    members: { reports },
  });
}

/** Where a report is asked for. */
export function pathOf(report: Report): string {
  return isTrend(report) ? `/reports/${report.name}` : `/sessions/{session}/reports/${report.name}`;
}
