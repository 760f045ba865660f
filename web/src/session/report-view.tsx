import { useEffect, useMemo } from 'preact/hooks';
import type { Report } from '../api/catalogue.ts';
import type { Session } from '../api/types.generated.ts';
import { printNumber } from '../format.ts';
import { Plot, plotOf } from '../plots/plot.tsx';
import { hrefWith, route } from '../route.ts';
import { ColumnChooser, chooseColumns } from '../table/column-choice.tsx';
import { ReportTable } from '../table/report-table.tsx';
import { RowSource } from '../table/row-source.ts';
import { ExportButtons } from './export-buttons.tsx';
import { FilterBar } from './filter-bar.tsx';
import { applyFilters, isTimed, readFilters, reportPath } from './filters.ts';
import { hasValue, ParameterForm } from './parameter-form.tsx';

/** A report: what it tells, its parameters, and its rows as a table or, where that says more, a plot. */
export function ReportView({ session, report }: { session?: Session; report: Report }) {
  const { query } = route.value;
  const lacks = report.parameters.filter(({ name, required }) => required && !hasValue(name));
  const { ignored } = applyFilters(report, readFilters(query));
  return (
    <div class="report">
      <header class="report-head">
        <h1>{report.title}</h1>
        <p class="lead">{firstSentence(report.description)}</p>
        <div class="report-more">
          <details class="about">
            <summary>What it tells</summary>
            <p>{report.description}</p>
            <dl class="columns">
              {report.columns.map(({ name, description }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{description}</dd>
                </div>
              ))}
            </dl>
          </details>
          <ParameterForm report={report} />
        </div>
      </header>
      <FilterBar ignored={ignored} isTimed={isTimed(report)} />
      {lacks.length > 0 ? (
        <p class="note">This report needs {lacks.map(({ name }) => name).join(', ')}.</p>
      ) : (
        <ReportRows path={reportPath(session?.session, report, query)} report={report} />
      )}
    </div>
  );
}

/** What a report tells in short; the rest is a click away. */
function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/s.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

function ReportRows({ path, report }: { path: string; report: Report }) {
  const plot = plotOf(report.name);
  const isPlot = plot !== undefined && route.value.query.get('view') === 'plot';
  const source = useMemo(() => new RowSource(path, isPlot), [path, isPlot]);
  useEffect(() => () => source.close(), [source]);
  const rows = source.rows.value;
  const hasRows = rows.length > 0;
  const cols = route.value.query.get('cols');
  const columns = useMemo(() => chooseColumns(report, rows), [source, hasRows, cols]);
  const shown = useMemo(() => ({ title: report.title, columns }), [columns]);
  return (
    <>
      <div class="bar bar-foot">
        <output class="count">
          {source.isLoading.value && rows.length === 0
            ? 'asking…'
            : `${printNumber(rows.length)}${source.isWhole.value ? '' : ' or more'} rows`}
        </output>
        {plot && (
          <span class="choice">
            <a href={hrefWith({ view: null })} aria-current={isPlot ? undefined : 'true'}>
              Table
            </a>
            <a href={hrefWith({ view: 'plot' })} aria-current={isPlot ? 'true' : undefined}>
              Plot
            </a>
          </span>
        )}
        {!isPlot && hasRows && <ColumnChooser report={report} shown={columns} />}
        <ExportButtons path={path} report={report} source={source} />
      </div>
      {isPlot ? (
        <Plot kind={plot} source={source} />
      ) : (
        <ReportTable key={path} report={shown} source={source} />
      )}
    </>
  );
}
