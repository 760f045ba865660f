import { comparisonOf } from '../comparison.ts';
import { ProblemError } from '../errors.ts';
import { isTrend, type Report } from '../report.ts';
import type { ReportDeps } from './deps.ts';

/** What a report is about: a session, the difference between two, or the sessions of some days. */
export type ReportScope = 'session' | 'difference' | 'trend';

/** The report of a name with that scope; throws ProblemError (404) when there is none. */
export async function findReport(
  deps: ReportDeps,
  name: string,
  scope: ReportScope,
): Promise<Report> {
  const catalogue = await deps.catalogue();
  const known = catalogue.get(name);
  const report = known && inScope(known, scope);
  if (report) return report;
  const reports = [...catalogue.values()]
    .filter((each) => inScope(each, scope))
    .map((each) => each.name);
  const elsewhere = known && `It is at ${pathOf(known)}. `;
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

/** Where the difference that a report finds between two sessions is asked for. */
export function differencePathOf({ name }: Report): string {
  return `/sessions/{session}/diffs/${name}`;
}

function inScope(report: Report, scope: ReportScope): Report | undefined {
  if (scope === 'difference') return comparisonOf(report);
  return isTrend(report) === (scope === 'trend') ? report : undefined;
}
