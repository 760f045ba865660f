import { catalogue, type Report, type Row } from '../api/catalogue.ts';
import { useAnswer } from '../api/query.ts';
import type { Session, Sessions } from '../api/types.generated.ts';
import { hrefOf, hrefWith, navigate, route } from '../route.ts';
import { baseline } from '../sessions/baseline.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { isAmount, printCell } from '../table/cell-text.ts';

const SHOWN = 12;

/** What this session did that another did not, and the other way round. */
export function CompareView({ session }: { session: Session }) {
  const id = session.session;
  const base = route.value.query.get('base') ?? baseline.value;
  const others = useAnswer<Sessions>('/sessions?status=ready&limit=1000').value;
  const reports = [...catalogue.value!.values()].filter(({ parameters }) =>
    parameters.some(({ name, type }) => name === 'base' && type === 'session'),
  );
  const isChosen = base !== undefined && base !== id;
  return (
    <div class="page page-wide">
      <h1>
        {id} {isChosen && <span class="muted">compared with {base}</span>}
      </h1>
      <div class="bar">
        <label>
          Baseline{' '}
          <select
            value={base ?? ''}
            onChange={({ currentTarget }) =>
              navigate(hrefWith({ base: currentTarget.value || null }))
            }
          >
            <option value="">choose a session</option>
            {(others.value?.sessions ?? [])
              .filter((each) => each.session !== id)
              .map((each) => (
                <option key={each.session}>{each.session}</option>
              ))}
          </select>
        </label>
        {isChosen && (
          <a href={hrefOf(['s', base, 'compare'], new URLSearchParams({ base: id }))}>
            the other way round
          </a>
        )}
      </div>
      {others.error && <Problem problem={others.error} />}
      {isChosen &&
        reports.map((report) => (
          <Difference key={`${report.name} ${base}`} id={id} base={base} report={report} />
        ))}
    </div>
  );
}

function Difference({ id, base, report }: { id: string; base: string; report: Report }) {
  const query = new URLSearchParams({ base });
  const path = `/sessions/${encodeURIComponent(id)}/reports/${report.name}?${query}&limit=${SHOWN + 1}`;
  const { value, error, waits } = useAnswer<{ rows: Row[] }>(path).value;
  const href = hrefOf(['s', id, 'r', report.name], query);
  return (
    <section aria-label={report.title} class="difference">
      <h2>
        <a href={href}>{report.title}</a>
      </h2>
      {error && <Problem problem={error} />}
      {!value && !error && <Waiting detail={waits} />}
      {value && value.rows.length === 0 && <p class="note">No difference.</p>}
      {value && value.rows.length > 0 && (
        <Changes report={report} rows={value.rows.slice(0, SHOWN)} />
      )}
      {value && value.rows.length > SHOWN && (
        <a class="more" href={href}>
          all of them →
        </a>
      )}
    </section>
  );
}

function Changes({ report, rows }: { report: Report; rows: Row[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll-x" tabIndex={0} aria-label={report.title}>
      <table class="list">
        <thead>
          <tr>
            {report.columns.map(({ name, type, description }) => (
              <th
                key={name}
                scope="col"
                class={isAmount(name, type) ? 'number' : undefined}
                title={description}
              >
                {name.replaceAll('_', ' ')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(row)} class={`change-${row.change}`}>
              {report.columns.map(({ name, type }) => (
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
