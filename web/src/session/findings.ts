import type { Row } from '../api/catalogue.ts';

/** Rules of the overview that say that something went wrong, and not merely how. */
const serious = new Set([
  'crashed',
  'killed',
  'failed',
  'denied',
  'unreachable',
  'resources',
  'not_executable',
]);

/** Path of a session's overview: one address, so that what the list asked for the session's page need not ask again. */
export function overviewPath(session: string): string {
  return `/sessions/${encodeURIComponent(session)}/reports/overview?limit=200`;
}

/** Rows of an overview that say what stands out. */
export function findingsOf(rows: readonly Row[]): Row[] {
  return rows.filter(({ topic }) => topic === 'finding');
}

/** Whether a finding says that something went wrong. */
export function isSerious({ name }: Row): boolean {
  return serious.has(String(name));
}
