import type { Row } from '../api/catalogue.ts';
import { printDuration, printNumber } from '../format.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { GridLines, type Sides, ValueAxis } from './axes.tsx';
import { Frame } from './frame.tsx';

const HEIGHT = 340;
const LABEL_PX = 70;

/** How many calls took how long, both on axes that double: ranges double, and so may the counts. */
export function Histogram({ rows }: { rows: readonly Row[] }) {
  const { query } = route.value;
  const names = [...new Set(rows.map(({ syscall }) => String(syscall)))];
  const chosen = query.get('of') ?? '';
  const isLog = !query.has('linear');
  const counts = new Map<number, number>();
  for (const row of rows) {
    if (chosen !== '' && row.syscall !== chosen) continue;
    const from = Number(row.from_us);
    counts.set(from, (counts.get(from) ?? 0) + Number(row.calls));
  }
  return (
    <figure class="plot">
      <figcaption class="bar">
        <label>
          System call{' '}
          <select
            value={chosen}
            onChange={({ currentTarget }) =>
              navigate(hrefWith({ of: currentTarget.value || null }), { replace: true })
            }
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
            checked={isLog}
            onChange={({ currentTarget }) =>
              navigate(hrefWith({ linear: currentTarget.checked ? null : '1' }), { replace: true })
            }
          />{' '}
          logarithmic counts
        </label>
        <span class="count">
          {printNumber([...counts.values()].reduce((sum, count) => sum + count, 0))} calls by how
          long each took
        </span>
      </figcaption>
      <Frame height={HEIGHT} label="Histogram of the durations of calls">
        {(width) => <Ranges counts={counts} isLog={isLog} width={width} />}
      </Frame>
    </figure>
  );
}

interface RangesProps {
  counts: ReadonlyMap<number, number>;
  isLog: boolean;
  width: number;
}

function Ranges({ counts, isLog, width }: RangesProps) {
  const starts = rangesBetween([...counts.keys()]);
  const most = Math.max(1, ...counts.values());
  const sides: Sides = { left: 60, right: width, top: 12, bottom: HEIGHT - 40 };
  const step = (sides.right - sides.left) / Math.max(1, starts.length);
  const every = Math.ceil(LABEL_PX / step);
  const height = (count: number) =>
    (isLog ? Math.log2(count + 1) / Math.log2(most + 1) : count / most) *
    (sides.bottom - sides.top);
  return (
    <>
      {isLog ? (
        <GridLines
          sides={sides}
          ticks={logTicks(most)}
          y={(value) => sides.bottom - height(value)}
          print={printNumber}
        />
      ) : (
        <ValueAxis sides={sides} most={most} print={printNumber} />
      )}
      {starts.map((from, i) => {
        const count = counts.get(from) ?? 0;
        const x = sides.left + i * step;
        const to = from === 0 ? 1 : from * 2;
        return (
          <g key={from}>
            <title>{`${printDuration(from * 1e3)} to ${printDuration(to * 1e3)}: ${printNumber(count)} calls`}</title>
            <rect
              x={x}
              y={sides.top}
              width={step}
              height={sides.bottom - sides.top}
              class="catch"
            />
            <rect
              class="fill"
              x={x + 1}
              y={sides.bottom - height(count)}
              width={Math.max(1, step - 2)}
              height={height(count)}
            />
            {i % every === 0 && (
              <text class="tick" x={x} y={sides.bottom + 17}>
                {printDuration(from * 1e3)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

/** 0 and the powers of ten up to the most. */
function logTicks(most: number): number[] {
  return [0, ...Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, i) => 10 ** i)];
}

/** Every range from the first to the last, those without a call too. */
function rangesBetween(starts: readonly number[]): number[] {
  const last = Math.max(...starts);
  const ranges: number[] = [];
  for (let from = Math.min(...starts); from <= last; from = from === 0 ? 1 : from * 2)
    ranges.push(from);
  return ranges;
}
