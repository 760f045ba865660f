import type { Row } from '../api/catalogue.ts';
import { printBytes, printDuration, printNumber } from '../format.ts';

const WIDTH = 900;
const HEIGHT = 120;
const LEFT = 70;
const BOTTOM = 20;

const lines: readonly [string, string, (value: number) => string, string][] = [
  ['calls', 'Calls', printNumber, 'fill'],
  ['errors', 'Errors', printNumber, 'fill fill-bad'],
  ['total_us', 'Time in calls', (us) => printDuration(us * 1e3), 'fill fill-wait'],
  ['bytes_in', 'Bytes in', printBytes, 'fill fill-in'],
  ['bytes_out', 'Bytes out', printBytes, 'fill fill-out'],
];

/** What happened in each slice of time, one picture for each number. */
export function Series({ rows }: { rows: readonly Row[] }) {
  const times = rows.map(({ start_ms }) => Number(start_ms));
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const slice = Math.max(1, Math.min(...gaps, Number.POSITIVE_INFINITY));
  const width = Number.isFinite(slice) ? slice : 100;
  const end = Math.max(...times) + width;
  const x = (time: number) => LEFT + (time / end) * (WIDTH - LEFT);
  return (
    <figure class="plot">
      <figcaption>In slices of {printDuration(width * 1e6)}</figcaption>
      {lines.map(([column, title, print, className]) => {
        const values = rows.map((row) => Number(row[column] ?? 0));
        const most = Math.max(...values);
        if (most <= 0) return null;
        return (
          <svg
            key={column}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            role="img"
            aria-label={`${title} over time`}
          >
            <text x={0} y={14}>
              {title}
            </text>
            <text x={LEFT - 6} y={34} text-anchor="end">
              {print(most)}
            </text>
            <line x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} class="axis" />
            {values.map((value, i) => {
              const height = (value / most) * (HEIGHT - BOTTOM - 24);
              const left = x(times[i]!);
              return (
                <rect
                  key={i}
                  class={className}
                  x={left}
                  y={HEIGHT - BOTTOM - height}
                  width={Math.max(1, x(times[i]! + width) - left - 0.5)}
                  height={height}
                >
                  <title>{`${rows[i]!.start}: ${print(value)}`}</title>
                </rect>
              );
            })}
            <text x={LEFT} y={HEIGHT - 5}>
              0
            </text>
            <text x={WIDTH} y={HEIGHT - 5} text-anchor="end">
              {printDuration(end * 1e6)}
            </text>
          </svg>
        );
      })}
    </figure>
  );
}
