import type { ProblemError } from '../api/service.ts';

/** What went wrong and what to do, in the service's own words. */
export function Problem({ problem }: { problem: ProblemError }) {
  return (
    <div class="problem" role="alert">
      <strong>{problem.title}</strong>
      <p>{problem.message}</p>
    </div>
  );
}

/** Tells that something is on its way. */
export function Waiting({ detail }: { detail?: string | undefined }) {
  return (
    <p class="waiting" role="status">
      <span class="spinner" aria-hidden="true" /> {detail ?? 'Asking the service…'}
    </p>
  );
}
