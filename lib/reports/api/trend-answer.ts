import { listStats, type StatsRange } from '../../lake/stats-listing.ts';
import { controls } from '../controls.ts';
import { ParameterError } from '../errors.ts';
import { executionKey } from '../execution-key.ts';
import { bindParameters } from '../parameters.ts';
import type { Report } from '../report.ts';
import { arrangeReport } from './arrangement.ts';
import { readColumns } from './column-choice.ts';
import type { ReportDeps } from './deps.ts';
import { chooseFormat } from './format.ts';
import { answerPage } from './report-answer.ts';
import { findReport } from './report-choice.ts';
import type { ApiRequest } from './request.ts';
import type { ApiResponse } from './response.ts';

const LABEL = 'label.';

/** Answers `GET /reports/{report}`: one page of a report across the sessions of some days. */
export async function answerTrend(
  deps: ReportDeps,
  request: ApiRequest,
  name: string,
): Promise<ApiResponse> {
  const format = chooseFormat(request);
  const report = await findReport(deps, name, 'trend');
  const today = (deps.now?.() ?? new Date()).toISOString().slice(0, 10);
  const parameters = bindParameters(report, readGiven(request.query), { session: '', today });
  const range = rangeOf(report, parameters);
  const stats = await listStats(deps.store, deps.lakeBucket, range);
  const choice = { sort: request.query.get('sort'), where: request.query.get('where') };
  const query = { ...arrangeReport(report, parameters, choice), sessions: [], stats };
  const columns = readColumns(report, request.query.get('columns'));
  return await answerPage(deps, {
    request,
    report,
    query,
    key: executionKey(query),
    format,
    columns,
    range,
  });
}

/** The report's parameters as they were given, `label.NAME=VALUE` as lines of the one for labels. */
function readGiven(query: ReadonlyMap<string, string>): Map<string, string> {
  const given = new Map(query);
  for (const control of controls) given.delete(control.name);
  if (given.has('labels'))
    throw new ParameterError('labels', 'Give each label by its name: label.branch=main.');
  const labels: string[] = [];
  for (const [name, value] of query) {
    if (!name.startsWith(LABEL)) continue;
    if (/[\r\n]/.test(value)) throw new ParameterError(name, 'No label has a line end.');
    given.delete(name);
    labels.push(`${name.slice(LABEL.length)}=${value}`);
  }
  if (labels.length > 0) given.set('labels', labels.join('\n'));
  return given;
}

function rangeOf(report: Report, values: readonly (string | bigint)[]): StatsRange {
  const read = (name: string) =>
    String(values[report.parameters.findIndex((parameter) => parameter.name === name)]);
  return { from: read('from'), to: read('to'), prefix: read('prefix') };
}
