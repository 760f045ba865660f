import { render } from 'preact';
import { loadCatalogue, loadConfig } from './api/catalogue.ts';
import { toProblem } from './api/query.ts';
import { returnFromIssuer } from './api/sign-in.ts';
import { App, isReady, startProblem } from './shell/app.tsx';
import { followTheme } from './shell/theme.ts';
import './style/base.css';
import './style/parts.css';

followTheme();
const root = document.getElementById('app')!;
root.replaceChildren();
render(<App />, root);

try {
  await loadConfig();
  await returnFromIssuer();
  isReady.value = true;
  await loadCatalogue();
} catch (error) {
  startProblem.value = toProblem(error);
}
