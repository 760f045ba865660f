import type { Row } from '../api/catalogue.ts';
import { catalogue } from '../api/catalogue.ts';
import { useAnswer } from '../api/query.ts';
import type { Session } from '../api/types.generated.ts';
import { nsBetween, printBytes, printDay, printDuration, printNumber } from '../format.ts';
import { hrefOf, route } from '../route.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { timelineFilters } from '../timeline/timeline-filters.ts';
import { VerdictLine } from '../verdict/verdict-line.tsx';
import { FilterBar } from './filter-bar.tsx';
import { findingsOf, isSerious, overviewPath } from './findings.ts';
import { ParseQuality } from './parse-quality.tsx';

/** What happened in a session, in plain words, and where to read on. */
export function OverviewView({ session }: { session: Session }) {
  const id = session.session;
  const answer = useAnswer<{ rows: Row[] }>(overviewPath(id));
  const { value, error, waits } = answer.value;
  return (
    <div class="page overview">
      <header>
        <h1>{id}</h1>
        <p class="facts">{factsOf(session).join(' · ')}</p>
      </header>
      <VerdictLine session={session} />
      {error && <Problem problem={error} />}
      {!value && !error && <Waiting detail={waits} />}
      {value && <Findings rows={value.rows} />}
      <section aria-labelledby="overview-timeline">
        <h2 id="overview-timeline">
          <a href={linkTo('timeline')}>Timeline</a>
        </h2>
        <FilterBar isSearch={false} ignored={timelineFilters(route.value.query).ignored} />
        <Timeline session={session} lanes={8} />
      </section>
      {value && <TopTables rows={value.rows} />}
      <ParseQuality session={session} />
    </div>
  );
}

function factsOf(session: Session): string[] {
  const { start_time: start, end_time: end, log_bytes: bytes, lines } = session;
  const labels = Object.entries(session.labels).map(([name, text]) => `${name}=${text}`);
  return [
    ...(start ? [`${printDay(start)} UTC`] : []),
    ...(start && end ? [printDuration(nsBetween(start, end))] : []),
    ...(lines ? [`${printNumber(lines)} lines`] : []),
    ...(bytes ? [printBytes(bytes)] : []),
    ...labels,
  ];
}

function linkTo(...path: string[]): string {
  return hrefOf(['s', route.value.path[1]!, ...path]);
}

function Findings({ rows }: { rows: Row[] }) {
  const findings = findingsOf(rows);
  const numbers = rows.filter(({ topic, name }) => name === null && topic !== 'finding');
  return (
    <>
      <section aria-labelledby="stands-out">
        <h2 id="stands-out">What stands out</h2>
        {findings.length === 0 && <p class="note">Nothing, by the rules of the overview.</p>}
        <ul class="findings">
          {findings.map((row) => (
            <li key={row.name as string} class={isSerious(row) ? 'finding finding-bad' : 'finding'}>
              <span class="tag">{String(row.name).replaceAll('_', ' ')}</span>
              <span>{row.says as string}</span>
              <ReportLink name={row.report as string} />
            </li>
          ))}
        </ul>
      </section>
      <ul class="numbers" aria-label="In numbers">
        {numbers.map((row) => (
          <li key={row.topic as string} title={row.says as string}>
            <a href={reportHref(row.report as string)}>
              <strong>{printValue(row)}</strong>
              <span>{String(row.topic).replaceAll('_', ' ')}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

const tables: readonly [string, string, string | undefined][] = [
  ['program', 'Programs', 'executable'],
  ['failure', 'What failed', 'failure'],
  ['wasted', 'Looked for in vain by', 'executable'],
  ['peer', 'Talked to', undefined],
  ['expected', 'Failed as it may', 'failure'],
  ['end', 'How processes ended', undefined],
];

function TopTables({ rows }: { rows: Row[] }) {
  return (
    <div class="tops">
      {tables.map(([topic, title, leads]) => {
        const found = rows.filter((row) => row.topic === topic);
        if (found.length === 0) return null;
        return (
          <section key={topic} aria-label={title}>
            <h2>
              {title} <ReportLink name={found[0]!.report as string} />
            </h2>
            <table class="list">
              <tbody>
                {found.map((row) => (
                  <tr key={row.name as string} title={row.says as string}>
                    <th scope="row">
                      <NameLink name={String(row.name)} leads={leads} />
                    </th>
                    <td class="number">{printValue(row)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        );
      })}
    </div>
  );
}

function NameLink({ name, leads }: { name: string; leads: string | undefined }) {
  if (leads === undefined) return <>{name}</>;
  const [syscall, error] = name.split(' ');
  const filters =
    leads === 'failure'
      ? [`syscall.is=${syscall}`, `error.is=${error}`]
      : [`executable.is=${name}`];
  const query = new URLSearchParams(filters.map((text) => ['f', text]));
  return <a href={hrefOf(['s', route.value.path[1]!, 'r', 'search'], query)}>{name}</a>;
}

function reportHref(name: string): string {
  return linkTo('r', name);
}

function ReportLink({ name }: { name: string | null }) {
  if (!name || !catalogue.value?.has(name)) return null;
  return (
    <a class="more" href={reportHref(name)}>
      {name.replaceAll('_', ' ')} →
    </a>
  );
}

function printValue({ value, unit }: Row): string {
  if (typeof value !== 'number') return '–';
  if (unit === 'ms') return printDuration(value * 1e6);
  if (unit === 'bytes') return printBytes(value);
  return printNumber(value);
}
