import type { Row } from '../api/catalogue.ts';
import { nsBetween, printNumber } from '../format.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { TimeAxis, ValueAxis } from './axes.tsx';
import { Frame } from './frame.tsx';

const HEIGHT = 340;
const DAY_NS = 86_400e9;

interface Change {
  /** Nanoseconds since the first one. */
  at: number;
  by: 1 | -1;
}

/** How many descriptors were open over time, of all processes or of one. */
export function Steps({ rows }: { rows: readonly Row[] }) {
  const chosen = route.value.query.get('of') ?? '';
  const names = [...new Set(rows.map(nameOf))];
  const changes = readChanges(rows.filter((row) => chosen === '' || nameOf(row) === chosen));
  const end = Math.max(1, ...changes.map(({ at }) => at));
  let open = 0;
  const steps = changes.map(({ at, by }) => {
    open += by;
    return { at, open };
  });
  const most = Math.max(1, ...steps.map((step) => step.open));
  return (
    <figure class="plot">
      <figcaption class="bar">
        <label>
          Process{' '}
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
        <span class="count">at most {printNumber(most)} open at a time</span>
      </figcaption>
      <Frame height={HEIGHT} label="Open descriptors over time">
        {(width) => <Stairs steps={steps} most={most} end={end} width={width} />}
      </Frame>
    </figure>
  );
}

interface StairsProps {
  steps: readonly { at: number; open: number }[];
  most: number;
  /** Nanoseconds. */
  end: number;
  width: number;
}

function Stairs({ steps, most, end, width }: StairsProps) {
  const sides = { left: 50, right: width, top: 12, bottom: HEIGHT - 28 };
  const x = (at: number) => sides.left + (at / end) * (sides.right - sides.left);
  const y = (count: number) => sides.bottom - (count / most) * (sides.bottom - sides.top);
  const path = steps.map((step) => `H${x(step.at).toFixed(1)}V${y(step.open).toFixed(1)}`).join('');
  return (
    <>
      <ValueAxis sides={sides} most={most} print={printNumber} />
      <TimeAxis sides={sides} end={end} />
      <path class="step-ground" d={`M${sides.left} ${y(0)}${path}V${y(0)}Z`} />
      <path class="step-line" d={`M${sides.left} ${y(0)}${path}`} />
    </>
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
