import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { hrefOf, navigate, route } from '../route.ts';

/** Whether the list of keys is shown. */
export const isHelpOpen = signal(false);

const keys: readonly [string, string][] = [
  ['/', 'Search in what is shown'],
  ['g s', 'Sessions'],
  ['g o', 'Overview of the session'],
  ['g t', 'Timeline'],
  ['g p', 'Processes'],
  ['g c', 'All calls'],
  ['g v', 'Verdict of the gate'],
  ['arrows', 'Table: from cell to cell, Home and End to the first and last, with Ctrl of all rows'],
  ['Enter', 'Table: what can be done with the cell. Timeline: the line of the call'],
  ['← → + −', 'Timeline: move and zoom'],
  ['n p ↑ ↓', 'Timeline: next and previous call, other threads'],
  ['Esc', 'Close, or back to the whole timeline'],
  ['?', 'This list'],
];

const places: Readonly<Record<string, readonly string[]>> = {
  o: [],
  t: ['timeline'],
  p: ['processes'],
  c: ['r', 'search'],
  v: ['verdict'],
};

let isGoing = false;

/** Keys that work everywhere but where text is typed. */
export function handleKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
  if (isGoing) {
    isGoing = false;
    if (go(event.key)) event.preventDefault();
  } else if (event.key === 'g') isGoing = true;
  else if (event.key === '?') isHelpOpen.value = true;
  else if (event.key === '/') {
    const search = document.querySelector<HTMLElement>('[data-search]');
    if (!search) return;
    event.preventDefault();
    search.focus();
  }
}

function go(key: string): boolean {
  const { path } = route.value;
  if (key === 's') navigate(hrefOf([]));
  else if (path[0] === 's' && path[1] !== undefined && places[key])
    navigate(hrefOf(['s', path[1], ...places[key]]));
  else return false;
  return true;
}

/** The list of keys, when it was asked for. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal();
  }, [isHelpOpen.value]);
  if (!isHelpOpen.value) return null;
  return (
    <dialog
      ref={dialog}
      aria-labelledby="keys-title"
      onClose={() => {
        isHelpOpen.value = false;
      }}
    >
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
