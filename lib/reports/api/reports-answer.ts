import { filtersOf } from '../parameters.ts';
import { isTrend, type Report } from '../report.ts';
import type { ReportDeps } from './deps.ts';
import { differencePathOf, pathOf } from './report-choice.ts';
import { type ApiResponse, jsonResponse } from './response.ts';

/** Answers `GET /reports`: every report with its title, description, parameters and columns. */
export async function answerReports(deps: ReportDeps): Promise<ApiResponse> {
  const catalogue = await deps.catalogue();
  return jsonResponse(200, { reports: [...catalogue.values()].map(describeReport) });
}

function describeReport(report: Report) {
  const { name, title, description, columns, key, measures, brief } = report;
  return {
    name,
    title,
    description,
    parameters: filtersOf(report).map((parameter) => ({
      name: parameter.name,
      type: parameter.type,
      required: parameter.default === undefined,
      description: parameter.description,
    })),
    columns,
    ...(brief && { brief }),
    ...(key && { key, measures: measures ?? [], diff_url: differencePathOf(report) }),
    scope: isTrend(report) ? 'sessions' : 'session',
    url: pathOf(report),
  };
}
