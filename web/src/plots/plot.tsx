import { useEffect } from 'preact/hooks';
import { printNumber } from '../format.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import type { Rows } from '../table/row-source.ts';
import { Bars } from './bars.tsx';
import { Histogram } from './histogram.tsx';
import { Series } from './series.tsx';
import { Steps } from './steps.tsx';
import { Treemap } from './treemap.tsx';
import { Trend } from './trend.tsx';

/** Kinds of plots. */
export type PlotKind = 'bars' | 'histogram' | 'series' | 'steps' | 'treemap' | 'trend';

const kinds: Readonly<Record<string, PlotKind>> = {
  syscall_stats: 'bars',
  blocked_time: 'bars',
  fd_lifetimes: 'steps',
  latency: 'histogram',
  time_slices: 'series',
  file_summary: 'treemap',
  folder_summary: 'treemap',
  trend_sessions: 'trend',
};

/** More rows than these make no better picture. */
const MOST_ROWS = 20_000;

/** How the rows of a report are drawn, where a plot says more than the table. */
export function plotOf(report: string): PlotKind | undefined {
  return kinds[report];
}

/** The rows of a report as a picture. */
export function Plot({ kind, source }: { kind: PlotKind; source: Rows }) {
  const rows = source.rows.value;
  useEffect(() => {
    if (rows.length < MOST_ROWS) source.loadMore();
  });
  if (source.problem.value) return <Problem problem={source.problem.value} />;
  if (rows.length === 0 && source.isLoading.value) return <Waiting detail={source.waits.value} />;
  if (rows.length === 0) return <p class="note">There is nothing to draw.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="plot-box" tabIndex={0} aria-label="Plot">
      {!source.isWhole.value && (
        <p class="note" role="status">
          {rows.length < MOST_ROWS
            ? `Drawn of ${printNumber(rows.length)} rows so far; more are on their way…`
            : `Drawn of the first ${printNumber(rows.length)} rows; filters narrow what is drawn.`}
        </p>
      )}
      {kind === 'bars' && <Bars rows={rows} />}
      {kind === 'histogram' && <Histogram rows={rows} />}
      {kind === 'series' && <Series rows={rows} />}
      {kind === 'steps' && <Steps rows={rows} />}
      {kind === 'treemap' && <Treemap rows={rows} />}
      {kind === 'trend' && <Trend rows={rows} />}
    </section>
  );
}
