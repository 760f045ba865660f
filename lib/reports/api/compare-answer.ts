import { baselineOf } from '../../gate/baseline.ts';
import { type CompareRequest, readCompareRequest } from '../../gate/compare-request.ts';
import { GateInputError } from '../../gate/errors.ts';
import type { RunFacts } from '../../gate/facts.ts';
import { judge } from '../../gate/judge.ts';
import type { Verdict } from '../../gate/verdict.ts';
import { verdictKey } from '../../lake/gate-keys.ts';
import type { SessionManifest } from '../../lake/manifest.ts';
import { ProblemError } from '../errors.ts';
import type { ReportDeps } from './deps.ts';
import { findSession, requireReady, requireUnchanged } from './ready-session.ts';
import { WAIT_MS } from './report-answer.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, jsonResponse } from './response.ts';
import { type FactsWish, factsOfSession } from './session-facts.ts';
import { listSessions } from './session-listing.ts';

/** Sessions that are looked at to find those of a baseline that passed. */
const CANDIDATES_A_RUN = 5;

/** A verdict as it is kept with a session. */
interface KeptVerdict {
  generation: string;
  verdict: Verdict;
}

/** True for the requests that answerCompare takes. */
export function isCompare({ method, segments }: ApiRequest): boolean {
  return method === 'POST' && segments.length === 1 && segments[0] === 'compare';
}

/**
 * Answers `POST /compare`: sessions judged by a budget, against sessions named or, by labels, the latest
 * that passed. The verdict is kept with each session.
 */
export async function answerCompare(deps: ReportDeps, request: ApiRequest): Promise<ApiResponse> {
  const asked = readBody(request.body);
  const { budget } = asked;
  const wish: FactsWish = {
    roots: budget.roots,
    rules: budget.normalise,
    until: Date.now() + (deps.waitMs ?? WAIT_MS),
  };
  const heads = await Promise.all(asked.sessions.map((session) => requireReady(deps, session)));
  const bases = await findBaseline(deps, asked);
  const factsOf = async (manifests: readonly SessionManifest[]) => {
    const facts: RunFacts[] = [];
    for (const manifest of manifests) facts.push(await factsOfSession(deps, manifest, wish));
    return facts;
  };
  const head = await factsOf(heads);
  const known = await factsOf(bases);
  const named = known.map(({ facts }, i) => ({ name: bases[i]!.session, facts }));
  const baseline = named.length > 0 ? baselineOf(named) : undefined;
  const verdict = judge({ budget, head, baseline });
  await requireUnchanged(deps, [...heads, ...bases]);
  for (const { session, generation } of heads) {
    const text = JSON.stringify({ generation, verdict } satisfies KeptVerdict);
    await deps.store.writeText(deps.lakeBucket, verdictKey(session), text, 'application/json');
  }
  return jsonResponse(200, verdict);
}

/** Answers `GET /sessions/{session}/verdict`: what was last said of the session. */
export async function answerVerdict(
  deps: ReportDeps,
  _request: ApiRequest,
  session: string,
): Promise<ApiResponse> {
  const verdict = await readVerdict(deps, await findSession(deps, session));
  if (verdict) return jsonResponse(200, verdict);
  throw new ProblemError({
    status: 404,
    kind: 'no-verdict',
    title: 'Nothing was said of the session',
    detail: `Session ${session} was not judged since its log came; stracelake ci or POST /compare does.`,
    members: { session },
  });
}

async function readVerdict(
  { store, lakeBucket }: ReportDeps,
  { session, generation }: SessionManifest,
): Promise<Verdict | undefined> {
  const text = await store.readText(lakeBucket, verdictKey(session));
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as KeptVerdict;
  return kept.generation === generation ? kept.verdict : undefined;
}

/** Sessions to compare with, oldest first. */
async function findBaseline(
  deps: ReportDeps,
  { baseline, budget, sessions }: CompareRequest,
): Promise<SessionManifest[]> {
  if (baseline) return await Promise.all(baseline.map((session) => requireReady(deps, session)));
  const { labels, runs } = budget.baseline;
  if (!labels) return [];
  const wanted = Object.entries(labels);
  const { sessions: candidates } = await listSessions(deps, {
    prefix: '',
    after: undefined,
    limit: runs * CANDIDATES_A_RUN,
    passes: (manifest) =>
      manifest.status === 'ready' &&
      !sessions.includes(manifest.session) &&
      wanted.every(([name, value]) => manifest.labels[name] === value),
  });
  const green: SessionManifest[] = [];
  for (const manifest of candidates) {
    if (green.length === runs) break;
    const verdict = await readVerdict(deps, manifest);
    if (verdict && verdict.result !== 'failed') green.unshift(manifest);
  }
  return green;
}

function readBody(body: string | undefined): CompareRequest {
  try {
    return readCompareRequest(body ?? '');
  } catch (error) {
    if (!(error instanceof GateInputError)) throw error;
    throw new ProblemError({
      status: 400,
      kind: 'bad-body',
      title: 'The body cannot be used',
      detail: error.message,
    });
  }
}
