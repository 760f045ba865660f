import { useSignal } from '@preact/signals';
import type { Row } from '../api/catalogue.ts';
import { nsBetween, printDuration, printNumber } from '../format.ts';

const WIDTH = 900;
const HEIGHT = 300;
const LEFT = 50;
const BOTTOM = 30;
const TOP = 16;
const DAY_NS = 86_400e9;

interface Change {
  /** Nanoseconds since the first one. */
  at: number;
  by: 1 | -1;
}

/** How many descriptors were open over time, of all processes or of one. */
export function Steps({ rows }: { rows: readonly Row[] }) {
  const chosen = useSignal('');
  const names = [...new Set(rows.map(nameOf))];
  const changes = readChanges(
    rows.filter((row) => chosen.value === '' || nameOf(row) === chosen.value),
  );
  const end = Math.max(1, ...changes.map(({ at }) => at));
  let open = 0;
  const steps = changes.map(({ at, by }) => {
    open += by;
    return { at, open };
  });
  const most = Math.max(1, ...steps.map((step) => step.open));
  const x = (at: number) => LEFT + (at / end) * (WIDTH - LEFT);
  const y = (count: number) => HEIGHT - BOTTOM - (count / most) * (HEIGHT - BOTTOM - TOP);
  const path = steps.map((step) => `H${x(step.at).toFixed(1)}V${y(step.open).toFixed(1)}`).join('');
  return (
    <figure class="plot">
      <figcaption class="bar">
        <label>
          Process{' '}
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
        <span class="count">at most {printNumber(most)} open at a time</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="Open descriptors over time">
        <text x={LEFT - 6} y={TOP + 4} text-anchor="end">
          {printNumber(most)}
        </text>
        <text x={LEFT - 6} y={HEIGHT - BOTTOM} text-anchor="end">
          0
        </text>
        <line x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} class="axis" />
        <path class="step-line" d={`M${LEFT} ${y(0)}${path}`} />
        <text x={WIDTH} y={HEIGHT - 8} text-anchor="end">
          {printDuration(end)}
        </text>
      </svg>
    </figure>
  );
}

function nameOf({ process, executable }: Row): string {
  return `${process ?? 'all'} ${executable ?? ''}`.trim();
}

/** Openings and closings in the order of time; what was never seen to close stays open. */
function readChanges(rows: readonly Row[]): Change[] {
  const times = rows.flatMap(({ opened }) => (typeof opened === 'string' ? [opened] : []));
  const first = times[0];
  if (first === undefined) return [];
  const since = (time: string) => {
    const ns = nsBetween(`1970-01-01T${first}Z`, `1970-01-01T${time}Z`);
    // The log went on after midnight.
    return ns < 0 ? ns + DAY_NS : ns;
  };
  const changes = rows.flatMap(({ opened, closed }): Change[] => {
    if (typeof opened !== 'string') return [];
    const isClosed = typeof closed === 'string';
    return [
      { at: since(opened), by: 1 },
      ...(isClosed ? [{ at: since(closed), by: -1 } as const] : []),
    ];
  });
  return changes.sort((a, b) => a.at - b.at);
}
