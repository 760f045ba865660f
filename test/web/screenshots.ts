import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser } from './browser.ts';
import buildPage from './build-page.ts';
import { startWebStack, type WebStack } from './web-stack.ts';

const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** The views that the documentation shows, all of the sample that every new service has. */
const pictures: readonly {
  name: string;
  hash: string;
  scheme?: 'dark';
  width?: number;
  height?: number;
}[] = [
  { name: 'sessions', hash: '', height: 400 },
  { name: 'overview', hash: 's/sample' },
  {
    name: 'timeline',
    hash: 's/sample/timeline?from=2026-11-23T09:23:46.100Z&to=2026-11-23T09:23:46.380Z',
    scheme: 'dark',
    height: 400,
  },
  { name: 'calls', hash: 's/sample/r/search?f=error.is%3DENOENT' },
  { name: 'processes', hash: 's/sample/processes', scheme: 'dark', height: 480 },
  { name: 'verdict', hash: 's/change/verdict' },
  { name: 'latency', hash: 's/sample/r/latency?view=plot', scheme: 'dark', height: 600 },
  { name: 'files', hash: 's/sample/r/file_summary?view=plot' },
  {
    name: 'sql',
    hash: `s/sample/sql?view=plot&${new URLSearchParams({
      sql: "SELECT syscall, SUM(duration_ns) / 1000 AS total_us\nFROM calls\nWHERE kind = 'call' AND duration_ns IS NOT NULL\nGROUP BY syscall\nORDER BY total_us DESC\nLIMIT 12",
    })}`,
  },
  { name: 'phone', hash: 's/sample', width: 390 },
];

/** A session beside the sample that does what the sample does not, and what the gate says of that. */
async function judgeChange({ url, upload }: WebStack): Promise<void> {
  const log = readFileSync(new URL('../logs/gcc.log', import.meta.url), 'utf8')
    .replaceAll('/usr/lib/gcc/x86_64-linux-gnu/12/collect2', '/opt/cache/bin/collect2')
    .replaceAll('+++ exited with 0 +++', '+++ exited with 1 +++');
  await upload('change.log', log, { 'label-gate': 'build', 'label-branch': 'cache-links' });
  const body = JSON.stringify({ sessions: ['change'], baseline: ['sample'] });
  const headers = { 'content-type': 'application/json' };
  const { ok } = await fetch(`${url}/compare`, { method: 'POST', headers, body });
  if (!ok) throw new Error('the change could not be judged');
}

await buildPage();
mkdirSync(folder, { recursive: true });
const [browser, stack] = await Promise.all([startBrowser(), startWebStack()]);
try {
  await judgeChange(stack);
  for (const { name, hash, scheme = 'light', width = 1200, height = 720 } of pictures) {
    const { page, complaints } = await openPage(browser, stack.hosts, {
      viewport: { width, height },
      colorScheme: scheme,
    });
    await page.goto(`${stack.url}/#/${hash}`);
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
    await page
      .getByText(/Asking the service|asking…|The query runs/)
      .first()
      .waitFor({ state: 'detached' });
    // The lanes are drawn in the frame after their answer.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    await page.screenshot({ path: `${folder}${name}.png` });
    if (complaints.length > 0) throw new Error(`complaints on ${name}: ${complaints.join('\n')}`);
    await page.context().close();
  }
} finally {
  await browser.close();
  await stack.stop();
}
