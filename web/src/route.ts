import { computed, signal } from '@preact/signals';

/** Where the page is: everything that is shown follows from it, so that an address can be handed on. */
export interface Route {
  /** Parts of the path behind `#/`, decoded. */
  path: readonly string[];
  query: URLSearchParams;
}

/** Parts of a query to change: null drops a name, a list gives it several times. */
export type QueryChange = Readonly<Record<string, string | readonly string[] | null>>;

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

/** The present place. */
export const route = computed<Route>(() => parseRoute(hash.value));

/** Reads `#/s/app/r/calls?sort=-seq`. */
function parseRoute(text: string): Route {
  const [path = '', ...query] = text.replace(/^#?\/?/, '').split('?');
  return {
    path: path.split('/').filter(Boolean).map(decodeSafely),
    query: new URLSearchParams(query.join('?')),
  };
}

/** Address of a place on this page. */
export function hrefOf(path: readonly string[], query = new URLSearchParams()): string {
  const text = path.map(encodeURIComponent).join('/');
  return query.size === 0 ? `#/${text}` : `#/${text}?${query}`;
}

/** Address of the present place with some of its query changed. */
export function hrefWith(change: QueryChange, path: readonly string[] = route.value.path): string {
  return hrefOf(path, changeQuery(route.value.query, change));
}

/** Goes to an address; `replace` leaves no step to come back to. */
export function navigate(href: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  hash.value = location.hash;
}

/** A copy of a query with parts of it changed. */
export function changeQuery(query: URLSearchParams, change: QueryChange): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    changed.delete(name);
    if (value === null) continue;
    for (const one of [value].flat()) changed.append(name, one);
  }
  return changed;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
