import { useAnswer } from '../api/query.ts';
import type { Session, Verdict } from '../api/types.generated.ts';
import { hrefOf } from '../route.ts';
import { describeVerdict } from './verdict-text.ts';

/** What the gate said, in a line, of a session that a pipeline uploaded to be judged. */
export function VerdictLine({ session }: { session: Session }) {
  const id = session.session;
  const isJudged = session.labels.gate !== undefined;
  const path = isJudged ? `/sessions/${encodeURIComponent(id)}/verdict` : undefined;
  const { value } = useAnswer<Verdict>(path).value;
  if (!value) return null;
  return (
    <p class={`verdict verdict-${value.result}`}>
      <a href={hrefOf(['s', id, 'verdict'])}>
        Gate: <strong>{value.result}</strong>
      </a>{' '}
      {describeVerdict(value)}
    </p>
  );
}
