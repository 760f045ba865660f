import type { Row } from '../api/catalogue.ts';
import { printNumber } from '../format.ts';

const MOST_BARS = 60;

/** A result as bars: the first column that is no number names them, the last number is their length. */
export function ResultPlot({
  columns,
  rows,
}: {
  columns: { name: string; type: string }[];
  rows: Row[];
}) {
  const isNumber = ({ name }: { name: string }) =>
    rows.every((row) => row[name] === null || typeof row[name] === 'number');
  const value = columns.findLast(isNumber);
  const label =
    columns.find((column) => !isNumber(column)) ?? columns.find((column) => column !== value);
  if (!value || !label || rows.length === 0)
    return <p class="note">A plot needs a column of names or times, and one of numbers.</p>;
  const shown = rows.slice(0, MOST_BARS);
  const largest = Math.max(1, ...shown.map((row) => Math.abs(Number(row[value.name] ?? 0))));
  return (
    <figure class="plot">
      <figcaption>
        {value.name} by {label.name}
        {rows.length > MOST_BARS && `, the first ${MOST_BARS}`}
      </figcaption>
      <ol class="bars">
        {shown.map((row, i) => (
          <li key={i}>
            <span class="bar-name">{String(row[label.name])}</span>
            <span class="bar-track">
              <span
                class="bar-fill"
                style={{ width: `${(100 * Math.abs(Number(row[value.name] ?? 0))) / largest}%` }}
              />
            </span>
            <span class="bar-value">{printNumber(Number(row[value.name] ?? 0))}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
