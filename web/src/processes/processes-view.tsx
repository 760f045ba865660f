import { catalogue, type Row } from '../api/catalogue.ts';
import { useAnswer } from '../api/query.ts';
import type { Session } from '../api/types.generated.ts';
import { nsBetween, printDuration, printNumber } from '../format.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { FilterBar } from '../session/filter-bar.tsx';
import { applyFilters, readFilters, reportPath } from '../session/filters.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { useExecChains } from './exec-chains.ts';
import { ancestorsOf, foldAll, lineageOf, readFolded, turn } from './folding.ts';
import { ProcessRow } from './process-row.tsx';

const MOST = 10_000;
const SHOWN = 1500;
const DAY_NS = 86_400e9;

/** Every process below the one that started it, with when it ran and how it ended. */
export function ProcessesView({ session }: { session: Session }) {
  const report = catalogue.value!.get('process_tree')!;
  const filters = readFilters(route.value.query);
  const { ignored } = applyFilters(report, filters);
  const path = reportPath(session.session, report, new URLSearchParams(), filters);
  const limit = `${path.includes('?') ? '&' : '?'}limit=${MOST}`;
  const answer = useAnswer<{ rows: Row[] }>(path + limit);
  const { value, error, waits } = answer.value;
  return (
    <div class="page page-wide">
      <h1>Processes</h1>
      <FilterBar isSearch={false} isTimed={false} ignored={ignored} />
      {error && <Problem problem={error} />}
      {!value && !error && <Waiting detail={waits} />}
      {value && <Tree rows={value.rows} session={session} />}
    </div>
  );
}

function Tree({ rows, session }: { rows: Row[]; session: Session }) {
  const { query } = route.value;
  const folded = readFolded(query, rows);
  const chains = useExecChains(session);
  const { start_time: start, end_time: end } = session;
  const wholeNs = start && end ? nsBetween(start, end) : 0;
  const words = (query.get('q') ?? '').toLowerCase();
  const visible = rows.filter((row) =>
    words === ''
      ? !ancestorsOf(row).some((lineage) => folded.has(lineage))
      : String(row.tree).toLowerCase().includes(words),
  );
  const parents = new Set(rows.map((row) => ancestorsOf(row).at(-1)));
  return (
    <>
      <search class="bar">
        <input
          type="search"
          data-search
          aria-label="Find a process by number or command"
          placeholder="Find by number or command  ( / )"
          value={query.get('q') ?? ''}
          onInput={({ currentTarget }) =>
            navigate(hrefWith({ q: currentTarget.value || null }), { replace: true })
          }
        />
        <button type="button" class="quiet" onClick={() => foldAll('none')}>
          Open all
        </button>
        <button type="button" class="quiet" onClick={() => foldAll('all')}>
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
                <span class="gantt-axis">
                  When <span>{wholeNs > 0 && `${printDuration(wholeNs)} in all`}</span>
                </span>
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
                chain={chains.get(Number(row.process)) ?? []}
                isParent={parents.has(lineageOf(row))}
                isClosed={folded.has(lineageOf(row))}
                onToggle={() => turn(lineageOf(row))}
              />
            ))}
          </tbody>
        </table>
      </section>
      <p class="legend">
        <span>
          <span class="swatch swatch-wait" aria-hidden="true" /> ran
        </span>
        <span>
          <span class="swatch swatch-names" aria-hidden="true" /> share of it in calls
        </span>
        <span>
          <span class="swatch swatch-bad" aria-hidden="true" /> the same, of one that failed
        </span>
        <span>
          <span class="swatch swatch-exec" aria-hidden="true" /> executed a program
        </span>
      </p>
      {visible.length > SHOWN && (
        <p class="note">The first {SHOWN} are shown; search or close some.</p>
      )}
      {rows.length >= MOST && <p class="note">The first {MOST} processes of the session.</p>}
    </>
  );
}

/** Nanoseconds from the session's start to a time of day; undefined without times. */
function offsetOf({ start }: Row, sessionStart: string | null | undefined): number | undefined {
  if (typeof start !== 'string' || !sessionStart) return undefined;
  const day = sessionStart.slice(0, 10);
  const offset = nsBetween(sessionStart, `${day}T${start}Z`);
  return offset < -1e6 ? offset + DAY_NS : Math.max(0, offset);
}
