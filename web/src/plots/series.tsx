import type { Row } from '../api/catalogue.ts';
import { printBytes, printDuration, printNumber } from '../format.ts';
import { TimeAxis, ValueAxis } from './axes.tsx';
import { Frame } from './frame.tsx';

const HEIGHT = 122;

interface Line {
  column: string;
  title: string;
  print(value: number): string;
  className: string;
}

const lines: readonly Line[] = [
  { column: 'calls', title: 'Calls', print: printNumber, className: 'fill' },
  { column: 'errors', title: 'Errors', print: printNumber, className: 'fill fill-bad' },
  {
    column: 'total_us',
    title: 'Time in calls',
    print: (us) => printDuration(us * 1e3),
    className: 'fill fill-wait',
  },
  { column: 'bytes_in', title: 'Bytes in', print: printBytes, className: 'fill fill-in' },
  { column: 'bytes_out', title: 'Bytes out', print: printBytes, className: 'fill fill-out' },
];

/** What happened in each slice of time, one picture for each number. */
export function Series({ rows }: { rows: readonly Row[] }) {
  const times = rows.map(({ start_ms }) => Number(start_ms));
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const slice = Math.max(1, Math.min(...gaps, Number.POSITIVE_INFINITY));
  const width = Number.isFinite(slice) ? slice : 100;
  return (
    <figure class="plot">
      <figcaption>In slices of {printDuration(width * 1e6)}</figcaption>
      {lines
        .filter(({ column }) => rows.some((row) => Number(row[column] ?? 0) > 0))
        .map((line) => (
          <section key={line.column} aria-label={line.title}>
            <h3>{line.title}</h3>
            <Frame height={HEIGHT} label={`${line.title} over time`}>
              {(room) => <Slices rows={rows} line={line} slice={width} room={room} />}
            </Frame>
          </section>
        ))}
    </figure>
  );
}

interface SlicesProps {
  rows: readonly Row[];
  line: Line;
  /** Milliseconds of a slice. */
  slice: number;
  room: number;
}

function Slices({ rows, line, slice, room }: SlicesProps) {
  const { column, print, className } = line;
  const sides = { left: 70, right: room, top: 8, bottom: HEIGHT - 24 };
  const end = Number(rows.at(-1)!.start_ms) + slice;
  const most = Math.max(...rows.map((row) => Number(row[column] ?? 0)));
  const x = (time: number) => sides.left + (time / end) * (sides.right - sides.left);
  return (
    <>
      <ValueAxis sides={sides} most={most} print={print} />
      <TimeAxis sides={sides} end={end * 1e6} />
      {rows.map((row, i) => {
        const value = Number(row[column] ?? 0);
        const height = (value / most) * (sides.bottom - sides.top);
        const left = x(Number(row.start_ms));
        return (
          <rect
            key={i}
            class={className}
            x={left}
            y={sides.bottom - height}
            width={Math.max(1, x(Number(row.start_ms) + slice) - left - 0.5)}
            height={height}
          >
            <title>{`${row.start}: ${print(value)}`}</title>
          </rect>
        );
      })}
    </>
  );
}
