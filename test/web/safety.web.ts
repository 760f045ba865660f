import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from './browser.ts';
import { startWebStack, type WebStack } from './web-stack.ts';

const MOST_BYTES = 300_000;
const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** Texts that would do something if they became HTML, in every place where a log has text of others. */
const EVIL = '<script>window.pwned=1</script><img src=x onerror=window.pwned=1>';
const evilLog = `100 10:00:00.000000 execve("/bin/${EVIL}", ["${EVIL}"], 0x7ffc /* 1 var */) = 0 <0.001>
100 10:00:00.010000 openat(AT_FDCWD, "/tmp/${EVIL}", O_RDONLY) = -1 ENOENT (No such file or directory) <0.000050>
100 10:00:00.020000 openat(AT_FDCWD, "/tmp/x${EVIL}", O_RDONLY) = 3</tmp/x${EVIL}> <0.000050>
100 10:00:00.030000 read(3</tmp/x${EVIL}>, "${EVIL}", 4096) = 200 <0.000050>
100 10:00:00.040000 connect(4, {sa_family=AF_UNIX, sun_path="/run/${EVIL}"}, 110) = -1 ECONNREFUSED (Connection refused) <0.000050>
${EVIL} what is this
100 10:00:01.000000 +++ exited with 1 +++
`;

let browser: Browser;
let stack: WebStack;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, stack] = await Promise.all([startBrowser(), startWebStack()]);
  await stack.upload('evil.log', evilLog, { date: '2026-11-23', 'label-note': EVIL });
  const judge = (session: string, base: string) =>
    fetch(`${stack.url}/compare`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sessions: [session], baseline: [base] }),
    });
  expect((await judge('evil', 'sample')).status).toBe(200);
  expect((await judge('sample', 'evil')).status).toBe(200);
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

const visit = async (options: Parameters<typeof openPage>[2] = {}) => {
  watched = await openPage(browser, stack.hosts, options);
  page = watched.page;
};

beforeEach(() => visit());

afterEach(async () => {
  await page.context().close();
  expect(watched.complaints).toEqual([]);
  expect(watched.strangers).toEqual([]);
});

const views = [
  '',
  's/SESSION',
  's/SESSION/timeline',
  's/SESSION/processes',
  's/SESSION/compare?base=OTHER',
  's/SESSION/compare?base=OTHER&diff=file_summary',
  's/SESSION/verdict',
  's/SESSION/r/search',
  's/SESSION/r/error_summary',
  's/SESSION/r/file_summary?view=plot',
  's/SESSION/r/latency?view=plot',
  's/SESSION/r/time_slices?view=plot',
  's/SESSION/r/fd_lifetimes?view=plot',
  's/SESSION/r/syscall_stats?view=plot',
  'trends/first_seen',
  'trends/trend_sessions?view=plot',
  'sql?sql=SELECT+seq%2C+args+FROM+calls+ORDER+BY+1+LIMIT+50',
];
const open = async (view: string, session = 'sample', other = 'evil') => {
  await page.goto(`${stack.url}/#/${view.replace('SESSION', session).replace('OTHER', other)}`);
  await page.locator('h1').waitFor();
  await page.waitForLoadState('networkidle');
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
};

describe('a log full of script tags', () => {
  it.each(views)('stays text: %s', async (view) => {
    await open(view, 'evil', 'sample');
    if (view !== '' && !view.includes('timeline') && !view.includes('plot'))
      await expect.poll(() => page.locator('#app').textContent()).toContain('<script>');
    expect(await page.locator('#app script, #app img').count()).toBe(0);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  });

  it('stays text in the menu of a cell and in a filter', async () => {
    await open('s/SESSION/r/file_summary', 'evil');
    await page.locator('td', { hasText: '/tmp/<script>' }).first().click();
    expect(await page.locator('.cell-value').textContent()).toBe(`/tmp/${EVIL}`);
    await page.getByRole('button', { name: 'Only this' }).click();
    await page.locator('.chip', { hasText: '<script>' }).waitFor();
    expect(await page.locator('#app script, #app img').count()).toBe(0);
    await page.reload();
    await page.locator('.chip', { hasText: '<script>' }).waitFor();
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  });
});

describe('the policy', () => {
  it('lets nothing run but the scripts of the page', async () => {
    await open('');
    const violations = await page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) =>
        seen.push(event.effectiveDirective),
      );
      const script = document.createElement('script');
      try {
        script.text = 'window.pwned = 1';
      } catch {
        seen.push('trusted-types');
      }
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.head.append(script, style);
      await fetch('https://example.org/').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { seen, isPwned: 'pwned' in window };
    });
    expect(violations.isPwned).toBe(false);
    expect(violations.seen).toEqual(
      expect.arrayContaining(['style-src-elem', 'connect-src', 'trusted-types']),
    );
    watched.complaints.length = 0;
    watched.strangers.length = 0;
  });

  it('is sent with every file, and names no other host than S3', async () => {
    const { headers } = await fetch(stack.url);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(policy.match(/https?:\/\/[^\s;]+/g)).toEqual([stack.hosts[1]]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-cache');
    const html = await (await fetch(stack.url)).text();
    const [asset] = /\/assets\/[^"]+\.js/.exec(html)!;
    const script = await fetch(stack.url + asset);
    expect(script.headers.get('cache-control')).toContain('immutable');
    const etag = script.headers.get('etag')!;
    const again = await fetch(stack.url + asset, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect((await fetch(`${stack.url}/assets/../../package.json`)).status).toBe(404);
    expect((await fetch(`${stack.url}/assets/none.js`)).status).toBe(404);
  });
});

describe('a reader', () => {
  const kinds = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const;

  it.each(kinds)('with any help finds nothing serious in the way: %s', async (_, options) => {
    await page.context().close();
    await visit({ ...options, bypassCSP: true });
    for (const view of views) {
      await open(view);
      await page.evaluate(axeSource);
      const { violations } = await page.evaluate(
        async () => await (window as unknown as { axe: typeof axe }).axe.run(),
      );
      const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3)}`,
        );
      expect(serious, view).toEqual([]);
    }
  });

  it('on a phone never scrolls the page sideways', async () => {
    await page.context().close();
    await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    for (const view of views) {
      await open(view);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, view).toBeLessThanOrEqual(390);
    }
  });

  it('with a keyboard alone comes from the list to a filter', async () => {
    await open('');
    const session = page.getByRole('link', { name: 'sample', exact: true });
    for (let i = 0; i < 40 && !(await isFocused(session)); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What stands out' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.locator('td[data-row="0"]').first().waitFor();
    const cell = page.locator('td[data-row="0"]').first();
    for (let i = 0; i < 140 && !(await isFocused(cell)); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-row'))).toBe('1');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Only this' }).press('Enter');
    await page.locator('.chip').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('libc');
    await expect.poll(() => page.url()).toContain('q=libc');
  });

  it('turns the colours, and finds them so again', async () => {
    await open('');
    const button = page.getByRole('button', { name: /^Colours/ });
    await button.click();
    await button.click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.reload();
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
  });
});

it('the page is small before the first report', () => {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => gzipSync(readFileSync(`${entry.parentPath}/${entry.name}`)).length);
  expect(files.length).toBeGreaterThan(2);
  expect(files.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(MOST_BYTES);
});

const isFocused = async (locator: ReturnType<Page['locator']>) =>
  (await locator.count()) > 0 &&
  (await locator.evaluate((element) => element === document.activeElement));
