import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { config } from '../api/catalogue.ts';
import type { ProblemError } from '../api/service.ts';
import { hrefOf, route } from '../route.ts';
import { SessionView } from '../session/session-view.tsx';
import { SessionsView } from '../sessions/sessions-view.tsx';
import { hasTrends, TrendsView } from '../sessions/trends-view.tsx';
import { SqlView } from '../sql/sql-view.tsx';
import { Help, handleKey, isHelpOpen } from './keyboard.tsx';
import { Problem } from './problem.tsx';
import { type Theme, theme, turnTheme } from './theme.ts';

/** Why the page could not start, if it could not. */
export const startProblem = signal<ProblemError | undefined>(undefined);

/** Whether it is known whom to ask and as whom; nothing may be asked before. */
export const isReady = signal(false);

/** The whole page. */
export function App() {
  useEffect(() => {
    addEventListener('keydown', handleKey);
    return () => removeEventListener('keydown', handleKey);
  }, []);
  return (
    <>
      <button type="button" class="skip" onClick={skipToMain}>
        Skip to the content
      </button>
      <Head />
      <main id="main" tabIndex={-1}>
        {startProblem.value && <Problem problem={startProblem.value} />}
        {isReady.value && !startProblem.value && <View />}
      </main>
      <Help />
    </>
  );
}

const themeSigns: Readonly<Record<Theme, string>> = { auto: '◐', light: '○', dark: '●' };

function Head() {
  const { path } = route.value;
  const session = path[0] === 's' ? path[1] : undefined;
  return (
    <header class="head">
      <a class="brand" href={hrefOf([])}>
        <svg aria-hidden="true" width="22" height="22" viewBox="0 0 32 32">
          <rect width="32" height="32" rx="7" class="brand-ground" />
          <path class="brand-mark" d="M6 8h12v4H6zM12 14h14v4H12zM6 20h8v4H6zM17 20h9v4h-9z" />
        </svg>
        stracelake
      </a>
      <nav aria-label="Where you are" class="crumbs">
        <a href={hrefOf([])} aria-current={path.length === 0 ? 'page' : undefined}>
          Sessions
        </a>
        {session !== undefined && (
          <a href={hrefOf(['s', session])} class="crumb-session">
            {session}
          </a>
        )}
        {hasTrends() && (
          <a href={hrefOf(['trends'])} aria-current={path[0] === 'trends' ? 'page' : undefined}>
            Trends
          </a>
        )}
        {config.value?.sql && (
          <a href={hrefOf(['sql'])} aria-current={path[0] === 'sql' ? 'page' : undefined}>
            SQL
          </a>
        )}
      </nav>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          isHelpOpen.value = true;
        }}
        title="Keys ( ? )"
      >
        <kbd>?</kbd>
        <span class="visually-hidden">Keys</span>
      </button>
      <button
        type="button"
        class="quiet theme"
        onClick={turnTheme}
        title="Colours: as the system has them, light, dark"
      >
        <span class="visually-hidden">Colours: </span>
        <span aria-hidden="true">{themeSigns[theme.value]}</span> {theme.value}
      </button>
    </header>
  );
}

function View() {
  const { path } = route.value;
  if (path[0] === 's' && path[1] !== undefined) return <SessionView key={path[1]} id={path[1]} />;
  if (path[0] === 'trends') return <TrendsView />;
  if (path[0] === 'sql') return <SqlView session={undefined} />;
  return <SessionsView />;
}

/** No link: the address holds the view, and an anchor would change it. */
function skipToMain() {
  document.getElementById('main')?.focus();
}
