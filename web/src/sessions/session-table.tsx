import { nsBetween, printBytes, printDay, printDuration, printNumber } from '../format.ts';
import { hrefOf } from '../route.ts';
import { baseline } from './baseline.ts';
import type { ListedSession } from './sessions-view.tsx';
import { StandsOut } from './stands-out.tsx';

/** Sessions, one a row, each with what it can be asked. */
export function SessionTable({ sessions }: { sessions: readonly ListedSession[] }) {
  if (sessions.length === 0) return <p class="note">No session fits.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll-x" tabIndex={0} aria-label="Sessions">
      <table class="list sessions">
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">Recorded (UTC)</th>
            <th scope="col" class="number">
              Duration
            </th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="number">
              Errors
            </th>
            <th scope="col" class="number">
              Log
            </th>
            <th scope="col">What stands out</th>
            <th scope="col">Labels</th>
            <th scope="col">Compare</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <SessionRow key={session.session} session={session} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SessionRow({ session }: { session: ListedSession }) {
  const { session: id, status, start_time: start, end_time: end, failure } = session;
  const calls = session.calls ?? session.rows;
  return (
    <tr class={`session session-${status}`}>
      <th scope="row">
        {status === 'ready' ? <a href={hrefOf(['s', id])}>{id}</a> : id}
        {status === 'ingesting' && <span class="tag">being read…</span>}
        {status === 'failed' && (
          <div class="failure">
            <span class="tag tag-bad">failed</span> {failure?.title}. {failure?.detail}
          </div>
        )}
      </th>
      <td class="when">{printDay(start ?? session.started_at)}</td>
      <td class="number" data-label="took">
        {start && end ? printDuration(nsBetween(start, end)) : '–'}
      </td>
      <td class="number" data-label="calls">
        {calls === null ? '–' : printNumber(calls)}
      </td>
      <td class="number" data-label="errors">
        {session.errors === null ? (
          '–'
        ) : (
          <a href={hrefOf(['s', id, 'r', 'error_summary'])}>{printNumber(session.errors)}</a>
        )}
      </td>
      <td class="number" data-label="log">
        {session.log_bytes === null ? '–' : printBytes(session.log_bytes)}
      </td>
      <td>{status === 'ready' && <StandsOut session={session} />}</td>
      <td>
        {Object.entries(session.labels).map(([name, text]) => (
          <a
            key={name}
            class="tag"
            href={hrefOf([], new URLSearchParams({ label: `${name}=${text}` }))}
          >
            {name}={text}
          </a>
        ))}
      </td>
      <td class="actions">{status === 'ready' && <Compare id={id} />}</td>
    </tr>
  );
}

function Compare({ id }: { id: string }) {
  const isBaseline = baseline.value === id;
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-pressed={isBaseline}
        title="Others are compared with the baseline"
        onClick={() => {
          baseline.value = isBaseline ? undefined : id;
        }}
      >
        {isBaseline ? '★ baseline' : '☆ pin'}
        <span class="visually-hidden"> {id}</span>
      </button>
      {baseline.value !== undefined && !isBaseline && (
        <a href={hrefOf(['s', id, 'compare'], new URLSearchParams({ base: baseline.value }))}>
          compare
        </a>
      )}
    </>
  );
}
