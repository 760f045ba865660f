import { hrefWith, navigate, route } from '../route.ts';
import {
  clearFilters,
  type Filter,
  printFilter,
  readFilters,
  removeFilter,
  writeFilter,
} from './filters.ts';

/** The filters in force, each to be taken away, and the search in what is shown. */
export function FilterBar({
  ignored = [],
  isSearch = true,
  isTimed = true,
}: {
  ignored?: Filter[];
  isSearch?: boolean;
  /** Whether what is shown keeps to the span of time. */
  isTimed?: boolean;
}) {
  const { query } = route.value;
  const filters = readFilters(query);
  const from = query.get('from');
  const to = query.get('to');
  const isAny = filters.length > 0 || from !== null || to !== null;
  if (!isAny && !isSearch) return null;
  return (
    <div class="bar">
      {isSearch && <SearchBox />}
      {isAny && (
        <ul class="chips" aria-label="Filters">
          {filters.map((filter) => (
            <Chip
              key={writeFilter(filter)}
              text={printFilter(filter)}
              isIgnored={ignored.some((each) => writeFilter(each) === writeFilter(filter))}
              onRemove={() => removeFilter(filter)}
            />
          ))}
          {(from ?? to) !== null && (
            <Chip
              text={`${printEnd(from)} – ${printEnd(to)}`}
              isIgnored={!isTimed}
              onRemove={() => navigate(hrefWith({ from: null, to: null }))}
            />
          )}
        </ul>
      )}
      {isAny && (
        <button type="button" class="quiet" onClick={clearFilters}>
          Clear all
        </button>
      )}
    </div>
  );
}

function SearchBox() {
  return (
    <input
      type="search"
      data-search
      aria-label="Search in the rows"
      placeholder="Search in the rows  ( / )"
      value={route.value.query.get('q') ?? ''}
      onInput={({ currentTarget }) => searchLater(currentTarget.value)}
    />
  );
}

const TYPING_MS = 150;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Each letter would be a query of its own. */
function searchLater(text: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => navigate(hrefWith({ q: text || null }), { replace: true }), TYPING_MS);
}

function Chip(props: { text: string; isIgnored: boolean; onRemove(): void }) {
  return (
    <li
      class={props.isIgnored ? 'chip chip-ignored' : 'chip'}
      title={props.isIgnored ? 'What is shown cannot take this filter' : undefined}
    >
      <span>{props.text}</span>
      <button
        type="button"
        aria-label={`Remove the filter: ${props.text}`}
        onClick={props.onRemove}
      >
        ×
      </button>
    </li>
  );
}

function printEnd(text: string | null): string {
  if (text === null) return '…';
  return text.includes('T') ? text.slice(11, 26).replace(/Z$/, '') : text;
}
