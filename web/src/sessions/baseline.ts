import { effect, signal } from '@preact/signals';

const KEY = 'stracelake.baseline';

/** Session that others are compared with, pinned in the list. */
export const baseline = signal<string | undefined>(localStorage.getItem(KEY) ?? undefined);

effect(() => {
  if (baseline.value === undefined) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, baseline.value);
});
