import type { Row } from '../api/catalogue.ts';
import { printDuration, printNumber } from '../format.ts';
import { hrefOf } from '../route.ts';
import { ValueAxis } from './axes.tsx';
import { Frame } from './frame.tsx';

const HEIGHT = 130;
const MOST_BAR_PX = 40;

interface Line {
  column: string;
  title: string;
  print(value: number): string;
  className: string;
}

const printMs = (ms: number) => printDuration(ms * 1e6);
const lines: readonly Line[] = [
  { column: 'calls', title: 'Calls', print: printNumber, className: 'fill' },
  { column: 'errors', title: 'Errors', print: printNumber, className: 'fill fill-bad' },
  { column: 'call_ms', title: 'Time in calls', print: printMs, className: 'fill fill-wait' },
];

/** What changes from session to session, the oldest at the left, with what was usual before as a line. */
export function Trend({ rows }: { rows: readonly Row[] }) {
  const sessions = rows.toReversed();
  return (
    <figure class="plot">
      <figcaption class="count">
        A bar is a session, the oldest at the left; the line across it is the median of up to ten
        before it. Click one to see it.
      </figcaption>
      {lines
        .filter(({ column }) => rows.some((row) => Number(row[column] ?? 0) > 0))
        .map((line) => (
          <section key={line.column} aria-label={line.title}>
            <h3>{line.title}</h3>
            <Frame height={HEIGHT} label={`${line.title} of each session`} role="group">
              {(width) => <SessionBars sessions={sessions} line={line} width={width} />}
            </Frame>
          </section>
        ))}
    </figure>
  );
}

interface BarsProps {
  sessions: readonly Row[];
  line: Line;
  width: number;
}

function SessionBars({ sessions, line, width }: BarsProps) {
  const { column, print, className } = line;
  const sides = { left: 80, right: width, top: 8, bottom: HEIGHT - 8 };
  const amountOf = (row: Row) => Number(row[column] ?? 0);
  const usualOf = (row: Row) => Number(row[`${column}_before`] ?? 0);
  const most = Math.max(...sessions.flatMap((row) => [amountOf(row), usualOf(row)]));
  const step = Math.min(MOST_BAR_PX, (sides.right - sides.left) / sessions.length);
  const y = (value: number) => sides.bottom - (value / most) * (sides.bottom - sides.top);
  return (
    <>
      <ValueAxis sides={sides} most={most} print={print} />
      {sessions.map((row, i) => {
        const id = String(row.session);
        const x = sides.left + i * step;
        const usual = usualOf(row);
        const before = usual > 0 ? `, ${print(usual)} before` : '';
        return (
          <a key={id} href={hrefOf(['s', id])} aria-label={`${id}: ${print(amountOf(row))}`}>
            <title>{`${id}, ${row.recorded}: ${print(amountOf(row))}${before}`}</title>
            <rect
              x={x}
              y={sides.top}
              width={step}
              height={sides.bottom - sides.top}
              class="catch"
            />
            <rect
              class={className}
              x={x + 1}
              y={y(amountOf(row))}
              width={Math.max(1, step - 2)}
              height={sides.bottom - y(amountOf(row))}
            />
            {usual > 0 && <line class="usual" x1={x} x2={x + step} y1={y(usual)} y2={y(usual)} />}
          </a>
        );
      })}
    </>
  );
}
