import { useEffect } from 'preact/hooks';
import { catalogue, type Report } from '../api/catalogue.ts';
import { hrefOf, route } from '../route.ts';
import { ReportView } from '../session/report-view.tsx';
import { Waiting } from '../shell/problem.tsx';

/** Reports about many sessions. */
function listTrends(): Report[] {
  return [...(catalogue.value?.values() ?? [])].filter(({ url }) => !url.includes('{session}'));
}

/** Whether the service can tell of many sessions at once. */
export function hasTrends(): boolean {
  return listTrends().length > 0;
}

/** What changes from session to session. */
export function TrendsView() {
  const [, name] = route.value.path;
  const reports = listTrends();
  const report = reports.find((each) => each.name === (name ?? 'trend_sessions')) ?? reports[0];
  useEffect(() => {
    document.title = 'Trends · stracelake';
  }, []);
  if (!report) return <Waiting />;
  return (
    <div class="trends">
      <nav class="choice" aria-label="Trends">
        {reports.map((each) => (
          <a
            key={each.name}
            href={hrefOf(['trends', each.name])}
            aria-current={each === report ? 'true' : undefined}
          >
            {each.name.replaceAll('_', ' ')}
          </a>
        ))}
      </nav>
      <ReportView key={report.name} report={report} />
    </div>
  );
}
