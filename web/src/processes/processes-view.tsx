import { useSignal } from '@preact/signals';
import type { Row } from '../api/catalogue.ts';
import { useAnswer } from '../api/query.ts';
import type { Session } from '../api/types.generated.ts';
import { nsBetween, printNumber } from '../format.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { ProcessRow } from './process-row.tsx';

const MOST = 10_000;
/** Above this only the first generations are open at the beginning. */
const MANY = 300;
const OPEN_DEPTH = 2;
const SHOWN = 1500;
const DAY_NS = 86_400e9;

/** Every process below the one that started it, with when it ran and how it ended. */
export function ProcessesView({ session }: { session: Session }) {
  const path = `/sessions/${encodeURIComponent(session.session)}/reports/process_tree?limit=${MOST}`;
  const answer = useAnswer<{ rows: Row[] }>(path);
  const { value, error, waits } = answer.value;
  return (
    <div class="page page-wide">
      <h1>Processes</h1>
      {error && <Problem problem={error} />}
      {!value && !error && <Waiting detail={waits} />}
      {value && <Tree rows={value.rows} session={session} />}
    </div>
  );
}

function Tree({ rows, session }: { rows: Row[]; session: Session }) {
  const closed = useSignal<ReadonlySet<string>>(startClosed(rows));
  const text = useSignal('');
  const { start_time: start, end_time: end } = session;
  const wholeNs = start && end ? nsBetween(start, end) : 0;
  const words = text.value.toLowerCase();
  const visible = rows.filter((row) =>
    words === ''
      ? !ancestorsOf(row).some((lineage) => closed.value.has(lineage))
      : String(row.tree).toLowerCase().includes(words),
  );
  const parents = new Set(rows.map((row) => ancestorsOf(row).at(-1)));
  const toggle = (lineage: string) => {
    const next = new Set(closed.value);
    if (!next.delete(lineage)) next.add(lineage);
    closed.value = next;
  };
  return (
    <>
      <search class="bar">
        <input
          type="search"
          data-search
          aria-label="Find a process by number or command"
          placeholder="Find by number or command  ( / )"
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
          }}
        />
        <button
          type="button"
          class="quiet"
          onClick={() => {
            closed.value = new Set();
          }}
        >
          Open all
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            closed.value = new Set(rows.map(lineageOf).filter((lineage) => parents.has(lineage)));
          }}
        >
          Close all
        </button>
        <output class="count">
          {printNumber(visible.length)} of {printNumber(rows.length)} processes
        </output>
      </search>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="scroll-x tree-box" tabIndex={0} aria-label="Process tree">
        <table class="tree">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">Ended</th>
              <th scope="col" class="number">
                Calls
              </th>
              <th scope="col" class="number">
                Errors
              </th>
              <th scope="col" class="number">
                Ran
              </th>
              <th scope="col" class="number">
                In calls
              </th>
              <th scope="col" class="gantt-head">
                When
              </th>
            </tr>
          </thead>
          <tbody>
            {visible.slice(0, SHOWN).map((row) => (
              <ProcessRow
                key={lineageOf(row)}
                row={row}
                session={session.session}
                wholeNs={wholeNs}
                startNs={offsetOf(row, start)}
                isParent={parents.has(lineageOf(row))}
                isClosed={closed.value.has(lineageOf(row))}
                onToggle={() => toggle(lineageOf(row))}
              />
            ))}
          </tbody>
        </table>
      </section>
      {visible.length > SHOWN && (
        <p class="note">The first {SHOWN} are shown; search or close some.</p>
      )}
      {rows.length >= MOST && <p class="note">The first {MOST} processes of the session.</p>}
    </>
  );
}

function lineageOf(row: Row): string {
  return String(row.lineage);
}

function ancestorsOf(row: Row): string[] {
  const parts = lineageOf(row).split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

function startClosed(rows: readonly Row[]): ReadonlySet<string> {
  if (rows.length <= MANY) return new Set();
  return new Set(rows.filter(({ depth }) => Number(depth) >= OPEN_DEPTH).map(lineageOf));
}

/** Nanoseconds from the session's start to a time of day; undefined without times. */
function offsetOf({ start }: Row, sessionStart: string | null | undefined): number | undefined {
  if (typeof start !== 'string' || !sessionStart) return undefined;
  const day = sessionStart.slice(0, 10);
  const offset = nsBetween(sessionStart, `${day}T${start}Z`);
  return offset < -1e6 ? offset + DAY_NS : Math.max(0, offset);
}
