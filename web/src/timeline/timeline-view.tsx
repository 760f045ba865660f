import type { Session } from '../api/types.generated.ts';
import { hrefOf, route } from '../route.ts';
import { FilterBar } from '../session/filter-bar.tsx';
import { kindsOfCalls } from './draw.ts';
import { Timeline } from './timeline.tsx';
import { timelineFilters } from './timeline-filters.ts';

const meanings: Readonly<Record<(typeof kindsOfCalls)[number], string>> = {
  names: 'open, stat, close',
  transfer: 'read, write, sync',
  network: 'network',
  wait: 'waiting',
  memory: 'memory',
  program: 'fork, exec, exit',
  other: 'other',
};

/** The timeline with all its threads. */
export function TimelineView({ session }: { session: Session }) {
  const { query } = route.value;
  const { ignored } = timelineFilters(query);
  return (
    <div class="page page-wide">
      <header class="title-row">
        <h1>Timeline</h1>
        <a href={hrefOf(['s', session.session, 'r', 'timeline'], query)}>The same as a table</a>
      </header>
      <p class="note lead">
        Drag to zoom, click a call for its line. Ctrl and wheel zoom too; <kbd>?</kbd> lists the
        keys.
      </p>
      <FilterBar isSearch={false} ignored={ignored} />
      <Timeline session={session} />
      <ul class="legend" aria-label="Colours">
        {kindsOfCalls.map((kind) => (
          <li key={kind}>
            <span class={`swatch swatch-${kind}`} aria-hidden="true" /> {meanings[kind]}
          </li>
        ))}
        <li>
          <span class="swatch swatch-bad" aria-hidden="true" /> failed
        </li>
      </ul>
    </div>
  );
}
