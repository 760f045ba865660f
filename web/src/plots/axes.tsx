import { printDuration } from '../format.ts';

const TICK_PX = 110;
const TEXT_PX = 44;

/** Where a picture's axes are, pixels. */
export interface Sides {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Lines and numbers of an axis at the left, from 0 to the most. */
export function ValueAxis(props: { sides: Sides; most: number; print(value: number): string }) {
  const { sides, most, print } = props;
  const { top, bottom } = sides;
  const ticks = roundTicks(most, Math.max(1, Math.floor((bottom - top) / TEXT_PX)));
  const y = (value: number) => bottom - (value / most) * (bottom - top);
  return <GridLines sides={sides} ticks={ticks} y={y} print={print} />;
}

/** Lines across a picture at some values, with the values at the left. */
export function GridLines(props: {
  sides: Sides;
  ticks: readonly number[];
  y(value: number): number;
  print(value: number): string;
}) {
  const { sides, ticks, y, print } = props;
  const { left, right } = sides;
  return (
    <g>
      {ticks.map((value) => (
        <g key={value}>
          <line
            x1={left}
            x2={right}
            y1={y(value)}
            y2={y(value)}
            class={value === 0 ? 'axis' : 'grid-line'}
          />
          <text class="tick" x={left - 8} y={y(value) + 4} text-anchor="end">
            {print(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Times below a picture, from 0 to an end in nanoseconds. */
export function TimeAxis({ sides, end }: { sides: Sides; end: number }) {
  const { left, right, bottom } = sides;
  const ticks = roundTicks(end, Math.max(1, Math.floor((right - left) / TICK_PX)));
  return (
    <g>
      {ticks.map((time) => {
        const x = left + (time / end) * (right - left);
        const isLast = x > right - TICK_PX / 3;
        return (
          <g key={time}>
            <line x1={x} x2={x} y1={bottom} y2={bottom + 4} class="axis" />
            <text class="tick" x={x} y={bottom + 17} text-anchor={isLast ? 'end' : 'middle'}>
              {printDuration(time)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** About so many numbers from 0 to the most, each a round one. */
function roundTicks(most: number, count: number): number[] {
  const least = most / count;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= least)!;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}
