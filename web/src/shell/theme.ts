import { effect, signal } from '@preact/signals';

/** What the reader chose; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'stracelake.theme';
const themes: readonly Theme[] = ['auto', 'light', 'dark'];

/** The theme chosen. */
export const theme = signal<Theme>(readTheme());

/** Counts up when the colours change, for what is drawn and not styled. */
export const colours = signal(0);

/** Applies the theme to the document, now and whenever it changes. */
export function followTheme(): void {
  effect(() => {
    const root = document.documentElement;
    if (theme.value === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme.value);
    localStorage.setItem(KEY, theme.value);
    colours.value = colours.peek() + 1;
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colours.value++;
  });
}

/** Goes on to the next theme. */
export function turnTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length]!;
}

function readTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return themes.find((name) => name === kept) ?? 'auto';
}
