import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { catalogue, config } from '../api/catalogue.ts';
import { useAnswer } from '../api/query.ts';
import type { Session } from '../api/types.generated.ts';
import { CompareView } from '../compare/compare-view.tsx';
import { ProcessesView } from '../processes/processes-view.tsx';
import { changeQuery, hrefOf, route } from '../route.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { SqlView } from '../sql/sql-view.tsx';
import { TimelineView } from '../timeline/timeline-view.tsx';
import { VerdictView } from '../verdict/verdict-view.tsx';
import { OverviewView } from './overview-view.tsx';
import { groupReports } from './report-groups.ts';
import { ReportView } from './report-view.tsx';

/** Between two looks whether a log has been read. */
const POLL_MS = 2000;

/** Everything about one session: its views at the side, the chosen one in the middle. */
export function SessionView({ id }: { id: string }) {
  const turn = useSignal(0);
  const answer = useAnswer<Session>(`/sessions/${encodeURIComponent(id)}`, turn.value);
  const isBusy = answer.value.value?.status === 'ingesting';
  const { path } = route.value;
  useEffect(() => {
    document.title = `${[id, ...path.slice(2)].join(' · ')} · stracelake`;
  }, [id, path]);
  useEffect(() => {
    if (!isBusy) return;
    const timer = setTimeout(() => turn.value++, POLL_MS);
    return () => clearTimeout(timer);
  }, [isBusy, turn.value]);
  if (answer.value.error) return <Problem problem={answer.value.error} />;
  if (!answer.value.value || !catalogue.value) return <Waiting />;
  return (
    <div class="session-frame">
      <SideBar id={id} />
      <div class="session-main">
        <ChosenView session={answer.value.value} />
      </div>
    </div>
  );
}

function ChosenView({ session }: { session: Session }) {
  const [, id = '', view, name] = route.value.path;
  if (session.status !== 'ready')
    return (
      <div class="page">
        <h1>{id}</h1>
        {session.status === 'failed' ? (
          <div class="problem" role="alert">
            <strong>{session.failure?.title}</strong>
            <p>{session.failure?.detail}</p>
          </div>
        ) : (
          <Waiting detail="The log is being read…" />
        )}
      </div>
    );
  if (view === 'timeline') return <TimelineView session={session} />;
  if (view === 'processes') return <ProcessesView session={session} />;
  if (view === 'compare') return <CompareView session={session} />;
  if (view === 'verdict') return <VerdictView session={session} />;
  if (view === 'sql') return <SqlView session={id} />;
  if (view === 'r') {
    const report = catalogue.value?.get(name ?? '');
    if (report) return <ReportView key={report.name} session={session} report={report} />;
    return <p class="problem">There is no report of this name: {name}</p>;
  }
  return <OverviewView session={session} />;
}

/** Filters and the span of time go along from view to view; what belongs to one report stays behind. */
function sharedQuery(): URLSearchParams {
  const kept = changeQuery(route.value.query, {
    sort: null,
    q: null,
    row: null,
    view: null,
    cols: null,
    fold: null,
    turned: null,
    of: null,
    by: null,
    linear: null,
    sql: null,
    diff: null,
  });
  for (const name of [...kept.keys()]) if (name.startsWith('p.')) kept.delete(name);
  return kept;
}

function SideBar({ id }: { id: string }) {
  const text = useSignal('');
  const isOpen = useSignal(false);
  const { path } = route.value;
  const query = sharedQuery();
  useEffect(() => {
    isOpen.value = false;
  }, [path.join('/')]);
  const words = text.value.toLowerCase();
  const fits = [...catalogue.value!.values()].filter(
    ({ name, title, url }) =>
      url.includes('{session}') && `${name} ${title}`.toLowerCase().includes(words),
  );
  const views: [string, string][] = [
    ['', 'Overview'],
    ['timeline', 'Timeline'],
    ['processes', 'Processes'],
    ['compare', 'Compare'],
    ['verdict', 'Verdict'],
    ...(config.value?.sql ? [['sql', 'SQL'] as [string, string]] : []),
  ];
  return (
    <nav class={isOpen.value ? 'side side-open' : 'side'} aria-label="Views of the session">
      <button
        type="button"
        class="side-toggle"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        ☰ Views and reports
      </button>
      <div class="side-body">
        <ul>
          {views.map(([view, title]) => (
            <SideLink
              key={view}
              href={hrefOf(['s', id, ...(view ? [view] : [])], query)}
              isHere={(path[2] ?? '') === view}
              title={title}
            />
          ))}
        </ul>
        <input
          type="search"
          class="side-search"
          aria-label="Find a report"
          placeholder="Find a report"
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
          }}
        />
        {groupReports(fits).map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h2>{group.title}</h2>
            <ul>
              {group.reports.map(({ name, title }) => (
                <SideLink
                  key={name}
                  href={hrefOf(['s', id, 'r', name], query)}
                  isHere={path[2] === 'r' && path[3] === name}
                  title={name.replaceAll('_', ' ')}
                  hint={title}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  );
}

function SideLink(props: { href: string; isHere: boolean; title: string; hint?: string }) {
  return (
    <li>
      <a href={props.href} title={props.hint} aria-current={props.isHere ? 'page' : undefined}>
        {props.title}
      </a>
    </li>
  );
}
