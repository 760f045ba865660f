import type { Row } from '../api/catalogue.ts';
import { printDuration, printNumber } from '../format.ts';

const MOST_BARS = 30;

/** Time for each name, the most first. */
export function Bars({ rows }: { rows: readonly Row[] }) {
  const sums = sumByName(rows);
  const isTimed = sums.some(({ ns }) => ns > 0);
  const sizeOf = ({ ns, calls }: Sum) => (isTimed ? ns : calls);
  const shown = sums.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST_BARS);
  const largest = Math.max(1, ...shown.map(sizeOf));
  return (
    <figure class="plot">
      <figcaption>
        {isTimed ? 'Time in calls' : 'Calls'}, the {shown.length} most
      </figcaption>
      <ol class="bars">
        {shown.map((sum) => (
          <li key={sum.name}>
            <span class="bar-name">{sum.name}</span>
            <span class="bar-track">
              <span class="bar-fill" style={{ width: `${(100 * sizeOf(sum)) / largest}%` }} />
            </span>
            <span class="bar-value">
              {isTimed && `${printDuration(sum.ns)}, `}
              {printNumber(sum.calls)} calls
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}

interface Sum {
  name: string;
  ns: number;
  calls: number;
}

function sumByName(rows: readonly Row[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const name = String(row.syscall ?? row.spent_on);
    const sum = sums.get(name) ?? { name, ns: 0, calls: 0 };
    sum.ns += Number(row.total_us ?? 0) * 1e3 + Number(row.time_ms ?? 0) * 1e6;
    sum.calls += Number(row.calls ?? 0);
    sums.set(name, sum);
  }
  return [...sums.values()];
}
