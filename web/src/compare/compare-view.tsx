import { catalogue, type Report } from '../api/catalogue.ts';
import { useAnswer } from '../api/query.ts';
import type { Session, Sessions } from '../api/types.generated.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { groupReports } from '../session/report-groups.ts';
import { baseline } from '../sessions/baseline.ts';
import { Problem } from '../shell/problem.tsx';
import { Difference } from './difference.tsx';

/** What this session did that another did not, and the other way round. */
export function CompareView({ session }: { session: Session }) {
  const id = session.session;
  const base = route.value.query.get('base') ?? baseline.value;
  const others = useAnswer<Sessions>('/sessions?status=ready&limit=1000').value;
  const reports = [...catalogue.value!.values()];
  const chosen = reports.find(({ name }) => name === route.value.query.get('diff'));
  const shown = chosen ? [chosen] : reports.filter(isDifference);
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
        <ReportChoice reports={reports} chosen={chosen} />
        {isChosen && (
          <a href={hrefWith({ base: id }, ['s', base, 'compare'])}>the other way round</a>
        )}
      </div>
      {others.error && <Problem problem={others.error} />}
      {isChosen &&
        shown.map((report) => (
          <Difference key={`${report.name} ${base}`} id={id} base={base} report={report} />
        ))}
    </div>
  );
}

/** What is compared: what the reports made for it find, or any report whose rows have a key. */
function ReportChoice({ reports, chosen }: { reports: Report[]; chosen?: Report }) {
  const groups = groupReports(reports.filter((each) => each.diff_url && !isDifference(each)));
  return (
    <label>
      By{' '}
      <select
        value={chosen?.name ?? ''}
        onChange={({ currentTarget }) => navigate(hrefWith({ diff: currentTarget.value || null }))}
      >
        <option value="">reports made for comparing</option>
        {groups.map(({ title, reports }) => (
          <optgroup key={title} label={title}>
            {reports.map((report) => (
              <option key={report.name} value={report.name}>
                {report.title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function isDifference({ parameters }: Report): boolean {
  return parameters.some(({ name, type }) => name === 'base' && type === 'session');
}
