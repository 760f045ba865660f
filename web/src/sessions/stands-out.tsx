import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Row } from '../api/catalogue.ts';
import { askJson } from '../api/service.ts';
import type { Verdict } from '../api/types.generated.ts';
import { hrefOf } from '../route.ts';
import { findingsOf, isSerious, overviewPath } from '../session/findings.ts';
import type { ListedSession } from './sessions-view.tsx';

/** What one row of the list says beside its numbers. */
interface Told {
  findings: readonly Row[];
  verdict: Verdict['result'] | undefined;
}

/** By session and ingest; what was asked once is not asked again. */
const told = signal<ReadonlyMap<string, Told>>(new Map());
const waiting: { key: string; session: ListedSession }[] = [];
/** Each is a query of its own, and the reader may be about to ask for something else. */
const AT_ONCE = 2;
const SHOWN = 3;
let running = 0;

/** What stands out in a session, asked for when its row comes into sight. */
export function StandsOut({ session }: { session: ListedSession }) {
  const place = useRef<HTMLSpanElement>(null);
  const key = `${session.session} ${session.finished_at}`;
  const isKnown = told.value.has(key);
  useEffect(() => {
    const element = place.current;
    if (isKnown || !element) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) askLater(key, session);
      else forget(key);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      forget(key);
    };
  }, [key, isKnown]);
  const { findings, verdict } = told.value.get(key) ?? { findings: [], verdict: undefined };
  const shown = findings.toSorted((a, b) => Number(isSerious(b)) - Number(isSerious(a)));
  return (
    <span ref={place} class="stands-out">
      {verdict && (
        <a class={`tag verdict-tag-${verdict}`} href={hrefOf(['s', session.session, 'verdict'])}>
          gate {verdict}
        </a>
      )}
      {shown.slice(0, SHOWN).map((row) => (
        <a
          key={String(row.name)}
          class={isSerious(row) ? 'tag tag-bad' : 'tag tag-warn'}
          title={String(row.says)}
          href={hrefOf(['s', session.session, 'r', String(row.report)])}
        >
          {String(row.name).replaceAll('_', ' ')}
        </a>
      ))}
      {shown.length > SHOWN && <a href={hrefOf(['s', session.session])}>+{shown.length - SHOWN}</a>}
    </span>
  );
}

function askLater(key: string, session: ListedSession): void {
  if (waiting.some((each) => each.key === key)) return;
  waiting.push({ key, session });
  while (running < AT_ONCE && waiting.length > 0) void askNext();
}

/** Rows that went out of sight need not be asked for. */
function forget(key: string): void {
  const index = waiting.findIndex((each) => each.key === key);
  if (index >= 0) waiting.splice(index, 1);
}

async function askNext(): Promise<void> {
  const next = waiting.shift();
  if (!next) return;
  running++;
  try {
    const answer = await askTold(next.session);
    told.value = new Map(told.value).set(next.key, answer);
  } catch {
    // The list has its numbers without; the session's own page says what is wrong.
  } finally {
    running--;
    void askNext();
  }
}

async function askTold({ session, labels }: ListedSession): Promise<Told> {
  const { rows } = await askJson<{ rows: Row[] }>(overviewPath(session));
  // Sessions that a pipeline uploads to be judged have this label.
  const isJudged = labels.gate !== undefined;
  return {
    findings: findingsOf(rows),
    verdict: isJudged ? await askVerdict(session) : undefined,
  };
}

async function askVerdict(session: string): Promise<Verdict['result'] | undefined> {
  try {
    return (await askJson<Verdict>(`/sessions/${encodeURIComponent(session)}/verdict`)).result;
  } catch {
    return undefined;
  }
}
