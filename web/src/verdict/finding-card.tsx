import { printNumber } from '../format.ts';
import { describeNumbers, type Finding } from './verdict-text.ts';

const SHOWN_ITEMS = 20;

type Item = Finding['items'][number];

/** An assertion that does not hold: why, and what did it. */
export function FindingCard({ finding }: { finding: Finding }) {
  const { assertion, status, reason, scope, items } = finding;
  const where = Object.values(scope ?? {}).join(' ');
  return (
    <section
      class={status === 'failed' ? 'finding-card finding-card-bad' : 'finding-card'}
      aria-label={assertion.replaceAll('_', ' ')}
    >
      <h2>
        <span class={status === 'failed' ? 'tag tag-bad' : 'tag tag-warn'}>{status}</span>{' '}
        {assertion.replaceAll('_', ' ')}
        {where && <span class="muted"> in {where}</span>}
        <span class="finding-numbers">{describeNumbers(finding)}</span>
      </h2>
      <p>{reason}</p>
      {items.length > 0 && (
        <ul class="evidence">
          {items.slice(0, SHOWN_ITEMS).map((item) => (
            <ItemRow key={`${item.program} ${item.subject}`} item={item} />
          ))}
        </ul>
      )}
      {items.length > SHOWN_ITEMS && (
        <p class="note">and {printNumber(items.length - SHOWN_ITEMS)} more</p>
      )}
    </section>
  );
}

function ItemRow({ item }: { item: Item }) {
  const { subject, program, count, base, evidence } = item;
  const times = base > 0 ? `${printNumber(base)} → ${printNumber(count)}` : printNumber(count);
  return (
    <li>
      <span class="evidence-subject">{subject}</span>
      <span class="muted">
        {program !== '' && program !== subject && `by ${program.split('/').at(-1)}, `}
        {times} {count === 1 && base === 0 ? 'time' : 'times'}
      </span>
      <Look evidence={evidence} />
      {evidence?.call && <code>{evidence.call}</code>}
      {evidence && evidence.commands.length > 0 && (
        <span class="muted evidence-commands">{evidence.commands.join(' › ')}</span>
      )}
    </li>
  );
}

/** The gate keeps addresses of this page as they are behind the `#`; others are none of ours. */
function Look({ evidence }: { evidence: Item['evidence'] }) {
  if (!evidence?.look?.startsWith('#')) return null;
  return (
    <a href={evidence.look}>
      {evidence.line === null ? 'see it' : `line ${printNumber(evidence.line)}`}
    </a>
  );
}
