import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { toProblem, useAnswer } from '../api/query.ts';
import { askJson, type ProblemError } from '../api/service.ts';
import type { Session, Sessions, Verdict } from '../api/types.generated.ts';
import { hrefOf, route } from '../route.ts';
import { baseline } from '../sessions/baseline.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { FindingCard } from './finding-card.tsx';
import { describeVerdict } from './verdict-text.ts';

const NO_VERDICT = 404;

/** What the gate said of a session, finding by finding, and a way to judge it now. */
export function VerdictView({ session }: { session: Session }) {
  const id = session.session;
  const turn = useSignal(0);
  const path = `/sessions/${encodeURIComponent(id)}/verdict`;
  const { value, error } = useAnswer<Verdict>(path, turn.value).value;
  const isNone = error?.status === NO_VERDICT;
  return (
    <div class="page">
      <h1>Verdict</h1>
      {error && !isNone && <Problem problem={error} />}
      {!value && !error && <Waiting />}
      {isNone && (
        <p class="note">
          The gate has not judged this session: <code>stracelake ci</code> does in a pipeline, and
          you can do so here, by the budget that it begins with.
        </p>
      )}
      {value && !error && <Findings verdict={value} />}
      {(value || isNone) && <JudgeForm id={id} onJudged={() => turn.value++} />}
    </div>
  );
}

function Findings({ verdict }: { verdict: Verdict }) {
  const { findings, baseline: bases } = verdict;
  const isSettled = (status: string) => status === 'passed' || status === 'unmeasured';
  const open = findings.filter(({ status }) => !isSettled(status));
  const settled = findings.filter(({ status }) => isSettled(status));
  return (
    <>
      <p class={`verdict verdict-${verdict.result}`}>
        <strong>{verdict.result}</strong> {describeVerdict(verdict)}
      </p>
      {bases && (
        <p class="note">
          Compared with{' '}
          {bases.map((base, i) => (
            <span key={base}>
              {i > 0 && ', '}
              <a href={hrefOf(['s', base])}>{base}</a>
            </span>
          ))}
        </p>
      )}
      {open.map((finding) => (
        <FindingCard key={keyOf(finding)} finding={finding} />
      ))}
      {settled.length > 0 && (
        <details class="settled">
          <summary>{settled.length} that passed or could not be measured</summary>
          <ul>
            {settled.map((finding) => (
              <li key={keyOf(finding)}>
                <span class={finding.status === 'passed' ? 'tag tag-good' : 'tag'}>
                  {finding.status}
                </span>{' '}
                {finding.assertion.replaceAll('_', ' ')}: {finding.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function keyOf({ assertion, scope }: Verdict['findings'][number]): string {
  return `${assertion} ${JSON.stringify(scope ?? {})}`;
}

/** Judges the session by the budget that `stracelake ci` has without a file. */
function JudgeForm({ id, onJudged }: { id: string; onJudged(): void }) {
  const others = useAnswer<Sessions>('/sessions?status=ready&limit=1000').value;
  const chosen = useSignal(route.value.query.get('base') ?? baseline.value ?? '');
  const isAsking = useSignal(false);
  const problem = useSignal<ProblemError | undefined>(undefined);
  useEffect(() => {
    if (chosen.value === id) chosen.value = '';
  }, [id]);
  const judge = async () => {
    isAsking.value = true;
    problem.value = undefined;
    try {
      const body = { sessions: [id], ...(chosen.value !== '' && { baseline: [chosen.value] }) };
      await askJson<Verdict>('/compare', { method: 'POST', body });
      onJudged();
    } catch (error) {
      problem.value = toProblem(error);
    }
    isAsking.value = false;
  };
  return (
    <section aria-labelledby="judge" class="judge">
      <h2 id="judge">Judge it now</h2>
      <div class="bar">
        <label>
          Baseline{' '}
          <select
            value={chosen.value}
            onChange={({ currentTarget }) => {
              chosen.value = currentTarget.value;
            }}
          >
            <option value="">none</option>
            {(others.value?.sessions ?? [])
              .filter(({ session }) => session !== id)
              .map(({ session }) => (
                <option key={session}>{session}</option>
              ))}
          </select>
        </label>
        <button type="button" disabled={isAsking.value} onClick={judge}>
          {isAsking.value ? 'Judging…' : 'Judge'}
        </button>
      </div>
      {problem.value && <Problem problem={problem.value} />}
    </section>
  );
}
