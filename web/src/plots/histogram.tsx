import { useSignal } from '@preact/signals';
import type { Row } from '../api/catalogue.ts';
import { printDuration, printNumber } from '../format.ts';

const WIDTH = 900;
const HEIGHT = 320;
const LEFT = 60;
const BOTTOM = 40;

/** How many calls took how long, both on axes that double: ranges double, and so may the counts. */
export function Histogram({ rows }: { rows: readonly Row[] }) {
  const names = [...new Set(rows.map(({ syscall }) => String(syscall)))];
  const chosen = useSignal('');
  const isLog = useSignal(true);
  const fits = rows.filter(({ syscall }) => chosen.value === '' || syscall === chosen.value);
  const counts = new Map<number, number>();
  for (const row of fits) {
    const from = Number(row.from_us);
    counts.set(from, (counts.get(from) ?? 0) + Number(row.calls));
  }
  const starts = rangesBetween([...counts.keys()]);
  const most = Math.max(1, ...counts.values());
  const step = (WIDTH - LEFT) / Math.max(1, starts.length);
  const heightOf = (count: number) => {
    const share = isLog.value ? Math.log2(count + 1) / Math.log2(most + 1) : count / most;
    return share * (HEIGHT - BOTTOM - 10);
  };
  return (
    <figure class="plot">
      <figcaption class="bar">
        <label>
          System call{' '}
          <select
            value={chosen.value}
            onChange={({ currentTarget }) => {
              chosen.value = currentTarget.value;
            }}
          >
            <option value="">all</option>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={isLog.value}
            onChange={({ currentTarget }) => {
              isLog.value = currentTarget.checked;
            }}
          />{' '}
          logarithmic counts
        </label>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label="Histogram of the durations of calls"
      >
        <text x={LEFT - 6} y={18} text-anchor="end">
          {printNumber(most)}
        </text>
        <line x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} class="axis" />
        {starts.map((from, i) => {
          const count = counts.get(from) ?? 0;
          const height = heightOf(count);
          const x = LEFT + i * step;
          const to = from === 0 ? 1 : from * 2;
          return (
            <g key={from}>
              <title>{`${printDuration(from * 1e3)} to ${printDuration(to * 1e3)}: ${printNumber(count)} calls`}</title>
              <rect
                class="fill"
                x={x + 1}
                y={HEIGHT - BOTTOM - height}
                width={Math.max(1, step - 2)}
                height={height}
              />
              {i % Math.ceil(starts.length / 12) === 0 && (
                <text x={x} y={HEIGHT - BOTTOM + 18}>
                  {printDuration(from * 1e3)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** Every range from the first to the last, those without a call too. */
function rangesBetween(starts: readonly number[]): number[] {
  const last = Math.max(...starts);
  const ranges: number[] = [];
  for (let from = Math.min(...starts); from <= last; from = from === 0 ? 1 : from * 2)
    ranges.push(from);
  return ranges;
}
