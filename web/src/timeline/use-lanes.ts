import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { toProblem } from '../api/query.ts';
import type { ProblemError } from '../api/service.ts';
import type { Session } from '../api/types.generated.ts';
import { route } from '../route.ts';
import { fetchLanes, fetchThreads, type Lane, type Thread } from './data.ts';
import { timelineFilters } from './timeline-filters.ts';

/** Lanes of the present place, with a label for each. */
export interface FoundLanes {
  lanes: Lane[];
  labels: string[];
  isLoading: boolean;
  problem: ProblemError | undefined;
}

const SETTLE_MS = 60;

/** Asks for the lanes of the present place; those before it stay until the next are here. */
export function useLanes(session: Session, slices: number | undefined, base: bigint): FoundLanes {
  const threads = useSignal<Thread[]>([]);
  const lanes = useSignal<Lane[]>([]);
  const isLoading = useSignal(true);
  const problem = useSignal<ProblemError | undefined>(undefined);
  const path = slices === undefined ? undefined : timelinePath(session.session, slices);
  useEffect(() => {
    const abort = new AbortController();
    fetchThreads(session.session, abort.signal).then(
      (found) => {
        threads.value = found;
      },
      // Without names the lanes still have their numbers.
      () => {},
    );
    return () => abort.abort();
  }, [session.session]);
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    isLoading.value = true;
    // A wheel turns many times before it stops.
    const timer = setTimeout(async () => {
      try {
        lanes.value = await fetchLanes(path, base, abort.signal);
        problem.value = undefined;
        isLoading.value = false;
      } catch (error) {
        if (abort.signal.aborted) return;
        problem.value = toProblem(error);
        isLoading.value = false;
      }
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [path]);
  const places = new Map(threads.value.map(({ pid }, i) => [pid, i]));
  const sorted = lanes.value.toSorted(
    (a, b) => (places.get(a.pid) ?? 1e9) - (places.get(b.pid) ?? 1e9),
  );
  const byPid = new Map(threads.value.map((thread) => [thread.pid, thread]));
  return {
    lanes: sorted,
    labels: sorted.map(({ pid }) => labelOf(pid, byPid.get(pid))),
    isLoading: isLoading.value,
    problem: problem.value,
  };
}

function labelOf(pid: number | null, thread: Thread | undefined): string {
  const name = thread?.executable.split('/').at(-1) ?? '';
  const indent = thread && !thread.isProcess ? '  ' : '';
  return `${indent}${pid ?? 'all'} ${name}`.trimEnd();
}

function timelinePath(session: string, slices: number): string {
  const { query } = route.value;
  const { parameters, where } = timelineFilters(query);
  const asked = new URLSearchParams({ ...parameters, slices: String(slices), limit: '10000' });
  if (where.length > 0) asked.set('where', JSON.stringify(where));
  for (const name of ['from', 'to']) {
    const value = query.get(name);
    if (value !== null) asked.set(name, value);
  }
  return `/sessions/${encodeURIComponent(session)}/reports/timeline?${asked}`;
}
