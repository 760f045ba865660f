import { useSignal } from '@preact/signals';
import type { Report, Row } from '../api/catalogue.ts';
import { useAnswer } from '../api/query.ts';
import { hrefOf } from '../route.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { isAmount, printCell } from '../table/cell-text.ts';

/** Rows of each of several differences, and of one that was chosen, at first. */
const FEW = 12;
const MANY = 100;
/** The most that the service gives at once. */
const MOST = 10_000;

interface Changes {
  columns: { name: string; type: string }[];
  rows: Row[];
  next?: string;
}

/** What one report finds different in a session from another: one made for that, or one whose rows have a key. */
export function Difference({ id, base, report }: { id: string; base: string; report: Report }) {
  const query = new URLSearchParams({ base });
  const isOwn = report.parameters.some(({ name }) => name === 'base');
  const limit = useSignal(isOwn ? FEW : MANY);
  const url = isOwn ? report.url : report.diff_url!;
  const path = `${url.replace('{session}', encodeURIComponent(id))}?${query}&limit=${limit.value}`;
  const { value, error, waits } = useAnswer<Changes>(path).value;
  const href = hrefOf(['s', id, 'r', report.name], isOwn ? query : undefined);
  const hasMore = value?.next !== undefined;
  return (
    <section aria-label={report.title} class="difference">
      <h2>
        <a href={href}>{report.title}</a>
      </h2>
      {report.key && (
        <p class="note">Rows are the same when they agree in {report.key.join(', ')}.</p>
      )}
      {error && <Problem problem={error} />}
      {!value && !error && <Waiting detail={waits} />}
      {value && value.rows.length === 0 && <p class="note">No difference.</p>}
      {value && value.rows.length > 0 && (
        <ChangeTable report={report} columns={value.columns} rows={value.rows} />
      )}
      {hasMore && isOwn && (
        <a class="more" href={href}>
          all of them →
        </a>
      )}
      {hasMore && !isOwn && limit.value >= MOST && (
        <p class="note">These are the first; the service has more.</p>
      )}
      {hasMore && !isOwn && limit.value < MOST && (
        <button
          type="button"
          onClick={() => {
            limit.value *= 10;
          }}
        >
          Show more
        </button>
      )}
    </section>
  );
}

function ChangeTable({ report, columns, rows }: Omit<Changes, 'next'> & { report: Report }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll-x" tabIndex={0} aria-label={report.title}>
      <table class="list">
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th
                key={name}
                scope="col"
                class={isAmount(name, type) ? 'number' : undefined}
                title={describe(report, name)}
              >
                {name.replaceAll('_', ' ')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(row)} class={`change-${row.change}`}>
              {columns.map(({ name, type }) => (
                <td key={name} class={isAmount(name, type) ? 'number' : undefined}>
                  {printCell(row[name], isAmount(name, type))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What a column means; one of either session means what that of the report does. */
function describe({ columns }: Report, name: string): string | undefined {
  const own = columns.find((column) => column.name === name);
  return (own ?? columns.find((column) => column.name === name.replace(/^(base|head)_/, '')))
    ?.description;
}
