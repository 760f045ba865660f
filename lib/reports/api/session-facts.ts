import { createHash } from 'node:crypto';
import {
  FACTS_VERSION,
  type FactRows,
  factReports,
  type RunFacts,
  readFacts,
} from '../../gate/facts.ts';
import { createNormaliser, type NormaliseRule, rootsOfRun } from '../../gate/normalise.ts';
import { factsKey } from '../../lake/gate-keys.ts';
import type { SessionManifest } from '../../lake/manifest.ts';
import type { ResultPage } from '../engine.ts';
import { PendingError, ProblemError } from '../errors.ts';
import { bindParameters } from '../parameters.ts';
import type { Report } from '../report.ts';
import type { ReportDeps } from './deps.ts';

const RETRY_SECONDS = 2;
const ROWS_A_READ = 5000;

/** How names of sessions are made comparable: folders of all, and rules. */
export interface FactsWish {
  roots: Readonly<Record<string, string>>;
  rules: readonly NormaliseRule[];
  /** Milliseconds since 1970 until which queries are waited for. */
  until: number;
}

/**
 * The facts of a ready session. They are kept in the lake, so that the baseline of the next comparison
 * costs no queries. Throws PendingError while a query runs longer than may be waited.
 */
export async function factsOfSession(
  deps: ReportDeps,
  manifest: SessionManifest,
  { roots, rules, until }: FactsWish,
): Promise<RunFacts> {
  const { session, labels, unparsed } = manifest;
  const reports = await findReports(deps);
  const ownRoots = { ...rootsOfRun(labels), ...roots };
  const key = factsKey(
    session,
    versionOf(manifest, [FACTS_VERSION, reports.map(({ sql }) => sql), ownRoots, rules]),
  );
  const kept = await deps.store.readText(deps.lakeBucket, key);
  if (kept !== undefined) return JSON.parse(kept) as RunFacts;
  const entries = await Promise.all(
    reports.map(
      async (report): Promise<[string, FactRows['gate_facts']]> => [
        report.name,
        await readRows(deps, report, manifest, until),
      ],
    ),
  );
  const unparsedLines = (unparsed ?? []).reduce((sum, { count }) => sum + count, 0);
  const facts = readFacts(
    Object.fromEntries(entries) as unknown as FactRows,
    createNormaliser(ownRoots, rules),
    {
      source: session,
      link: `#/s/${session}/r/search?f=seq.at_least%3D{line}&row={line}`,
      unparsedLines,
    },
  );
  await deps.store.writeText(deps.lakeBucket, key, JSON.stringify(facts), 'application/json');
  return facts;
}

async function findReports(deps: ReportDeps): Promise<Report[]> {
  const catalogue = await deps.catalogue();
  return factReports.map((name) => {
    const report = catalogue.get(name);
    if (!report) throw new Error(`report not found: ${name}`);
    return report;
  });
}

async function readRows(
  deps: ReportDeps,
  report: Report,
  manifest: SessionManifest,
  until: number,
): Promise<FactRows['gate_facts']> {
  const parameters = bindParameters(report, new Map(), manifest);
  const { engine } = deps;
  const execution = await engine.start({ sql: report.sql, parameters, sessions: [manifest] });
  const state = await engine.wait(execution, Math.max(0, until - Date.now()));
  if (state.status === 'running')
    throw new PendingError(
      'running',
      manifest.session,
      RETRY_SECONDS,
      `The facts of session ${manifest.session} are still being gathered; ask again in a moment.`,
    );
  if (state.status !== 'succeeded') {
    const message = state.status === 'failed' ? state.message : `execution gone: ${execution}`;
    deps.onFailure?.(new Error(`query failed: ${message}`));
    throw new ProblemError({
      status: 502,
      kind: 'query-failed',
      title: 'The query failed',
      detail: `The query engine could not gather the facts of session ${manifest.session}; try again in a minute.`,
    });
  }
  const rows: Record<string, unknown>[] = [];
  let token: string | undefined;
  do {
    const page: ResultPage = await engine.page(execution, ROWS_A_READ, token);
    const names = page.columns.map(({ name }) => name);
    for (const row of page.rows)
      rows.push(Object.fromEntries(names.map((name, i) => [name, row[i]])));
    token = page.next;
  } while (token !== undefined);
  return rows;
}

function versionOf({ generation }: SessionManifest, made: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(made)).digest('hex');
  return `${generation}-${hash.slice(0, 16)}`;
}
