import { useSignal } from '@preact/signals';
import type { Report } from '../api/catalogue.ts';
import { toProblem } from '../api/query.ts';
import { ask, type ProblemError } from '../api/service.ts';
import { printBytes } from '../format.ts';
import { route } from '../route.ts';
import { CopyButton } from '../shell/copy-button.tsx';
import { Problem } from '../shell/problem.tsx';
import type { Rows } from '../table/row-source.ts';
import { saveFile, tabText } from '../table/take-along.ts';

const MOST_ROWS = 10_000;

/** Takes a report along: as text to paste, as a CSV file, or as an address. */
export function ExportButtons(props: { path: string; report: Report; source: Rows }) {
  const { path, report, source } = props;
  const bytes = useSignal<number | undefined>(undefined);
  const problem = useSignal<ProblemError | undefined>(undefined);
  const download = async () => {
    bytes.value = 0;
    problem.value = undefined;
    try {
      const parts = await fetchCsv(path, (sum) => {
        bytes.value = sum;
      });
      saveFile(parts, `${route.value.path[1]}-${report.name}.csv`);
    } catch (error) {
      problem.value = toProblem(error);
    } finally {
      bytes.value = undefined;
    }
  };
  return (
    <span class="exports">
      <CopyButton text={() => location.href} of="this view" label="Copy link" />
      <CopyButton
        text={() => tabText(report.columns, source.rows.value)}
        of="with tabs between the columns"
        label="Copy rows"
      />
      <button type="button" disabled={bytes.value !== undefined} onClick={download}>
        {bytes.value === undefined ? 'CSV' : `CSV ${printBytes(bytes.value)}…`}
      </button>
      {problem.value && <Problem problem={problem.value} />}
    </span>
  );
}

/** Every page of the report as CSV; each but the first without its head. */
async function fetchCsv(path: string, onBytes: (sum: number) => void): Promise<string[]> {
  const parts: string[] = [];
  let sum = 0;
  let next: string | undefined =
    `${path}${path.includes('?') ? '&' : '?'}format=csv&limit=${MOST_ROWS}`;
  while (next !== undefined) {
    const response = await ask(next);
    const text = await response.text();
    const body = parts.length === 0 ? text : text.slice(text.indexOf('\n') + 1);
    parts.push(body);
    sum += body.length;
    onBytes(sum);
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return parts;
}
