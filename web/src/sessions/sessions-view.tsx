import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { freshness, toProblem } from '../api/query.ts';
import { askJson, type ProblemError } from '../api/service.ts';
import type { Sessions } from '../api/types.generated.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { DropZone } from './drop-zone.tsx';
import { SessionTable } from './session-table.tsx';

/** A session as the list tells it. */
export type ListedSession = Sessions['sessions'][number];

const MOST = 1000;
const POLL_MS = 2000;
/** Logs may come from elsewhere, such as the terminal. */
const IDLE_POLL_MS = 10_000;

/** Every session: to find, to add, to compare. */
export function SessionsView() {
  const page = useSignal<Sessions | undefined>(undefined);
  const older = useSignal<Sessions | undefined>(undefined);
  const problem = useSignal<ProblemError | undefined>(undefined);
  useEffect(() => {
    document.title = 'stracelake';
  }, []);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        page.value = await askJson<Sessions>(`/sessions?limit=${MOST}`, { signal: abort.signal });
        problem.value = undefined;
        const isBusy = page.value.sessions.some(({ status }) => status === 'ingesting');
        timer = setTimeout(loadIfSeen, isBusy ? POLL_MS : IDLE_POLL_MS);
      } catch (error) {
        if (!abort.signal.aborted) problem.value = toProblem(error);
      }
    };
    const loadIfSeen = () => {
      if (document.visibilityState === 'visible') void load();
      else document.addEventListener('visibilitychange', loadIfSeen, { once: true });
    };
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', loadIfSeen);
    };
  }, [freshness.value]);
  const known = useComputed(() => joinLists(page.value?.sessions, older.value?.sessions));
  const shown = useComputed(() => filterSessions(known.value, route.value.query));
  const next = older.value ? older.value.next : page.value?.next;
  const loadOlder = async () => {
    try {
      const list = await askJson<Sessions>(next!);
      older.value = { ...list, sessions: joinLists(older.value?.sessions, list.sessions) };
    } catch (error) {
      problem.value = toProblem(error);
    }
  };
  return (
    <div class="page">
      <h1>Sessions</h1>
      <DropZone />
      <SessionFilter sessions={known.value} shown={shown.value.length} />
      {problem.value && <Problem problem={problem.value} />}
      {!page.value && !problem.value && <Waiting />}
      {page.value && <SessionTable sessions={shown.value} />}
      {next && (
        <p class="note">
          The newest {known.value.length} are listed.{' '}
          <button type="button" onClick={loadOlder}>
            List older ones
          </button>
        </p>
      )}
    </div>
  );
}

/** Lists one after the other; a session that came since stands in both. */
function joinLists(
  first: readonly ListedSession[] = [],
  second: readonly ListedSession[] = [],
): ListedSession[] {
  const known = new Set(first.map(({ session }) => session));
  return [...first, ...second.filter(({ session }) => !known.has(session))];
}

function SessionFilter({ sessions, shown }: { sessions: ListedSession[]; shown: number }) {
  const { query } = route.value;
  const set = (name: string, value: string) =>
    navigate(hrefWith({ [name]: value === '' ? null : value }), { replace: true });
  const labels = [
    ...new Set(
      sessions.flatMap((each) =>
        Object.entries(each.labels).map(([name, text]) => `${name}=${text}`),
      ),
    ),
  ].sort();
  return (
    <search class="bar">
      <input
        type="search"
        data-search
        aria-label="Search sessions by name, file or label"
        placeholder="Search by name, file, label  ( / )"
        value={query.get('q') ?? ''}
        onInput={({ currentTarget }) => set('q', currentTarget.value)}
      />
      <label>
        Status{' '}
        <select
          value={query.get('status') ?? ''}
          onChange={({ currentTarget }) => set('status', currentTarget.value)}
        >
          <option value="">any</option>
          <option value="ready">ready</option>
          <option value="ingesting">being read</option>
          <option value="failed">failed</option>
        </select>
      </label>
      <label>
        Since{' '}
        <input
          type="date"
          value={query.get('since') ?? ''}
          onChange={({ currentTarget }) => set('since', currentTarget.value)}
        />
      </label>
      {labels.length > 0 && (
        <label>
          Label{' '}
          <select
            value={query.get('label') ?? ''}
            onChange={({ currentTarget }) => set('label', currentTarget.value)}
          >
            <option value="">any</option>
            {labels.map((label) => (
              <option key={label}>{label}</option>
            ))}
          </select>
        </label>
      )}
      <output class="count">
        {shown} of {sessions.length}
      </output>
    </search>
  );
}

function filterSessions(sessions: ListedSession[], query: URLSearchParams): ListedSession[] {
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const [status, since, label] = ['status', 'since', 'label'].map((name) => query.get(name));
  return sessions.filter((session) => {
    const labels = Object.entries(session.labels).map(([name, text]) => `${name}=${text}`);
    const text = [session.session, ...session.keys, ...labels].join(' ').toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (!status || session.status === status) &&
      (!since || (session.start_time ?? session.started_at) >= since) &&
      (!label || labels.includes(label))
    );
  });
}
