// node bench/web.ts [--calls 1000000]
//
// How long the page takes in Chromium on a session of so many calls: from the address to what is seen,
// and from a filter to its rows, each asked for the first time.
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openPage, startBrowser } from '../test/web/browser.ts';
import buildPage from '../test/web/build-page.ts';
import { longLog, startWebStack } from '../test/web/web-stack.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '1000000' } } });

await buildPage();
const [browser, stack] = await Promise.all([startBrowser(), startWebStack()]);
try {
  await stack.upload('long.log', longLog(Number(values.calls)), { date: '2026-11-23' });
  const { page } = await openPage(browser, stack.hosts);
  const home = `${stack.url}/#/s/long`;
  console.log(`milliseconds on a session of ${values.calls} calls, each for the first time:`);
  console.log('   took  of processors in the service');

  await measure('overview, with the page itself', async () => {
    await page.goto(home);
    await see(page, '.numbers');
  });
  await measure('overview: timeline beside it', () => seeLanes(page));
  await measure('sessions', async () => {
    await page.goto(`${stack.url}/#/`);
    await see(page, '.session-ready');
  });
  const views: [string, string, () => Promise<unknown>][] = [
    ['timeline, whole', '/timeline', () => seeLanes(page)],
    ['timeline, a tenth', `/timeline?${tenth(3)}`, () => seeLanes(page)],
    ['timeline, one thread', '/timeline?f=pid.is%3D101', () => seeLanes(page)],
    ['timeline, not one thread', '/timeline?f=pid.is_not%3D101', () => seeLanes(page)],
    ['timeline, one error', '/timeline?f=error.is%3DENOENT', () => seeLanes(page)],
    ['processes', '/processes', () => see(page, '.tree tbody tr')],
    ['latency, plot', '/r/latency?view=plot', () => see(page, 'figure rect')],
    ['files, plot', '/r/file_summary?view=plot', () => see(page, '.tile')],
    ['system calls', '/r/syscall_stats', () => seeRows(page)],
    ['files', '/r/file_summary', () => seeRows(page)],
    ['all calls', '/r/search', () => seeRows(page)],
    ['all calls, one error', '/r/search?f=error.is%3DENOENT', () => seeRows(page)],
    ['all calls, one file', '/r/search?f=path.is%3D%2Fdata%2Ffile7', () => seeRows(page)],
    ['all calls, not one system call', '/r/search?f=syscall.is_not%3Dread', () => seeRows(page)],
    ['all calls, at least 800 µs', '/r/search?f=duration_us.at_least%3D800', () => seeRows(page)],
    ['all calls, text in any column', '/r/search?q=none42', () => seeRows(page)],
    ['all calls, slowest first', '/r/search?sort=-duration_us', () => seeRows(page)],
    ['errors, one program', '/r/count_errors?f=executable.is%3D%2Fbin%2Fwork', () => seeRows(page)],
  ];
  for (const [name, place, see] of views) {
    // A place of its own between two, so that nothing of the last view counts.
    await page.goto(`${stack.url}/#/?q=${encodeURIComponent(name)}`);
    await page.getByText('No session fits.').waitFor();
    await measure(name, async () => {
      await page.goto(`${home}${place}`);
      await see();
    });
  }
} finally {
  await browser.close();
  await stack.stop();
}

async function measure(name: string, act: () => Promise<unknown>): Promise<void> {
  // The service runs in this process, the browser does not.
  const before = process.cpuUsage();
  const start = performance.now();
  await act();
  const took = Math.round(performance.now() - start);
  const { user, system } = process.cpuUsage(before);
  const used = Math.round((user + system) / 1000);
  console.log(`${String(took).padStart(7)}${String(used).padStart(7)}  ${name}`);
}

async function seeRows(page: Page): Promise<void> {
  await see(page, '.grid td[data-row="0"]');
}

async function seeLanes(page: Page): Promise<void> {
  await see(page, '.timeline .count', 'thread');
}

/** Looks in every frame that the browser draws: Playwright's own waiting looks twice a second. */
async function see(page: Page, selector: string, text = ''): Promise<void> {
  await page.evaluate(
    async ([place, words]) => {
      const isThere = () => document.querySelector(place!)?.textContent?.includes(words!);
      while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve));
    },
    [selector, text],
  );
}

function tenth(part: number): string {
  const at = (share: number) =>
    new Date(Date.UTC(2026, 10, 23, 10) + share * Number(values.calls)).toISOString();
  return new URLSearchParams({ from: at(part / 10), to: at((part + 1) / 10) }).toString();
}
