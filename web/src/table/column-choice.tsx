import type { Report, Row } from '../api/catalogue.ts';
import { hrefWith, navigate, route } from '../route.ts';

type Column = Report['columns'][number];

/** Columns that say in other words what others say, or what few look for. */
const DOUBLES: Readonly<Record<string, readonly string[]>> = {
  search: ['time_ns', 'kind', 'process', 'parent', 'ret_text'],
  follow: ['time_ns', 'kind', 'parent'],
  process_tree: ['lineage'],
};
const SAMPLE_ROWS = 200;

/** Columns to show: those that the address names, else those that hold something in the first rows. */
export function chooseColumns(report: Report, rows: readonly Row[]): Column[] {
  const named = route.value.query.get('cols')?.split(',');
  if (named) {
    const chosen = report.columns.filter(({ name }) => named.includes(name));
    if (chosen.length > 0) return chosen;
  }
  const sample = rows.slice(0, SAMPLE_ROWS);
  const doubles = DOUBLES[report.name] ?? [];
  const isUseful = ({ name }: Column) =>
    !doubles.includes(name) && sample.some((row) => row[name] !== null && row[name] !== '');
  const useful = report.columns.filter(isUseful);
  return useful.length > 0 ? useful : report.columns;
}

/** A list to tick the columns of a report. */
export function ColumnChooser({ report, shown }: { report: Report; shown: readonly Column[] }) {
  const names = new Set(shown.map(({ name }) => name));
  const hidden = report.columns.length - names.size;
  const turn = (name: string) => {
    if (!names.delete(name)) names.add(name);
    const chosen = report.columns.map((column) => column.name).filter((each) => names.has(each));
    navigate(hrefWith({ cols: chosen.join(',') || null }), { replace: true });
  };
  return (
    <details class="chooser">
      <summary>Columns{hidden > 0 && ` (${hidden} hidden)`}</summary>
      <div class="chooser-body">
        {report.columns.map(({ name, description }) => (
          <label key={name} title={description}>
            <input type="checkbox" checked={names.has(name)} onChange={() => turn(name)} /> {name}
          </label>
        ))}
        <button
          type="button"
          class="quiet"
          onClick={() => navigate(hrefWith({ cols: null }), { replace: true })}
        >
          As at first
        </button>
      </div>
    </details>
  );
}
