import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from './browser.ts';
import { longLog, startWebStack, type WebStack } from './web-stack.ts';

const CALLS = 30_000;

let browser: Browser;
let stack: WebStack;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, stack] = await Promise.all([startBrowser(), startWebStack()]);
  await stack.upload('long.log', longLog(CALLS), { date: '2026-11-23' });
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

beforeEach(async () => {
  watched = await openPage(browser, stack.hosts, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = watched.page;
});

afterEach(async () => {
  await page.context().close();
  expect(watched.complaints).toEqual([]);
  expect(watched.strangers).toEqual([]);
});

const open = (hash: string) => page.goto(`${stack.url}/#/s/${hash}`);
const cell = (row: number, column: string) =>
  page.locator(`td[data-row="${row}"]`).nth(columnsNow.indexOf(column));
let columnsNow: string[] = [];
const readColumns = async () => {
  await page.locator('td[data-row="0"]').first().waitFor();
  columnsNow = (await page.locator('.grid th .column-name').allTextContents()).map((text) =>
    text.replace(/ [▲▼]$/, ''),
  );
};
const textOf = async (row: number, column: string) => {
  await readColumns();
  return await cell(row, column).textContent();
};
/** Scrolls to the last row that is here; what the table says of how many there are. */
const toEnd = async () => {
  await page.locator('.grid-box').evaluate((element) => element.scrollTo(0, element.scrollHeight));
  return await page.locator('.bar-foot .count').textContent();
};
const copied = () => page.evaluate(() => navigator.clipboard.readText());
const fetchRows = async (path: string) =>
  ((await (await fetch(stack.url + path)).json()) as { rows: Record<string, unknown>[] }).rows;

describe('the table of a report', () => {
  it('opens for every report of the catalogue', async () => {
    await open('sample');
    const links = page.locator('.side section a');
    await links.first().waitFor();
    const hrefs = await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')!));
    expect(hrefs.length).toBeGreaterThan(45);
    for (const href of hrefs) {
      await page.goto(`${stack.url}/${href}`);
      await page.locator('.report .grid-box, .report .note').first().waitFor();
      expect(await page.locator('.problem').count(), href).toBe(0);
    }
  });

  it('sorts by a column, one way and the other', async () => {
    await open('long/r/count_files');
    await readColumns();
    await page.getByRole('button', { name: 'filepath' }).click();
    await expect.poll(() => textOf(0, 'filepath')).toBe('/data/out6');
    expect(page.url()).toContain('sort=-filepath');
    await page.getByRole('button', { name: 'filepath' }).click();
    await expect.poll(() => textOf(0, 'filepath')).toBe('/bin/work');
    expect(await page.locator('th', { hasText: 'filepath' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
  });

  it('shows all of many rows, of which few are in the document', async () => {
    await open('long/r/search');
    await readColumns();
    await expect.poll(toEnd, { timeout: 60_000 }).toBe(`${(CALLS + 1).toLocaleString('en')} rows`);
    await expect.poll(toEnd).toContain('rows');
    await expect
      .poll(() => page.locator(`td[data-row="${CALLS}"]`).first().textContent())
      .toBe(String(CALLS + 1));
    expect(await page.locator('tbody tr').count()).toBeLessThan(100);
  });

  it('is walked by keys to its ends', async () => {
    await open('long/r/search');
    await readColumns();
    const focused = () =>
      page.evaluate(() => {
        const { row, column } = (document.activeElement as HTMLElement).dataset;
        return [Number(row), Number(column)];
      });
    await page.locator('td[data-row="0"]').first().focus();
    await page.keyboard.press('End');
    expect(await focused()).toEqual([0, columnsNow.length - 1]);
    await page.keyboard.press('Control+End');
    await expect.poll(async () => (await focused())[0]).toBeGreaterThan(400);
    await page.keyboard.press('Control+Home');
    await expect.poll(focused).toEqual([0, 0]);
  });

  it('searches in all columns', async () => {
    await open('long/r/search');
    await page.getByLabel('Search in the rows').fill('NONE42"');
    await expect.poll(() => page.url()).toContain('q=NONE42');
    const expected = await fetchRows(
      `/sessions/long/reports/search?limit=10000&where=${encodeURIComponent('[["args","contains","none42\\""]]')}`,
    );
    expect(expected.length).toBeGreaterThan(10);
    await expect
      .poll(() => page.locator('.bar-foot .count').textContent())
      .toBe(`${expected.length} rows`);
  });

  it('makes a cell a filter, which goes along to other reports and can be taken away', async () => {
    await open('long/r/search');
    await readColumns();
    await cell(3, 'syscall').click();
    await page.getByRole('button', { name: 'Only this' }).click();
    await page.getByRole('list', { name: 'Filters' }).getByText('syscall is read').waitFor();
    await expect.poll(() => textOf(5, 'syscall')).toBe('read');
    await readColumns();
    await cell(0, 'path').click();
    await page.getByRole('button', { name: 'Without this' }).click();
    await page.getByText('path is not /data/file3').waitFor();
    const where = JSON.stringify([['path', 'is_not', '/data/file3']]);
    const expected = await fetchRows(
      `/sessions/long/reports/search?limit=10000&syscall=read&where=${encodeURIComponent(where)}`,
    );
    await expect.poll(toEnd).toBe(`${expected.length.toLocaleString('en')} rows`);

    await page.getByRole('link', { name: 'syscall stats', exact: true }).click();
    await page.getByRole('heading', { name: 'System calls', exact: false }).first().waitFor();
    await expect.poll(() => textOf(0, 'syscall')).toBe('read');
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await page.locator('.chip-ignored').textContent()).toContain('path is not');
    await page.getByRole('button', { name: 'Remove the filter: syscall is read' }).click();
    await expect.poll(() => page.locator('tbody tr').count()).toBeGreaterThan(2);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(() => page.locator('.chip').count()).toBe(0);
  });

  it('copies a value, a row and the rows', async () => {
    await open('sample/r/count_errors');
    await readColumns();
    const [first] = await fetchRows('/sessions/sample/reports/count_errors');
    await cell(0, 'executable').click();
    await page.getByRole('button', { name: 'Copy value' }).click();
    await expect.poll(copied).toBe(first.executable);
    await page.getByRole('button', { name: 'Copy row as JSON' }).click();
    await expect.poll(async () => (await copied()).startsWith('{')).toBe(true);
    expect(JSON.parse(await copied())).toEqual(first);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Copy rows/ }).click();
    await expect.poll(copied).toMatch(/^count\texecutable\tsyscall\tret_str\n/);
  });

  it('exports what is filtered as CSV, every row of it', async () => {
    await open('long/r/search?f=error.is%3DENOENT&sort=-seq');
    await readColumns();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('long-search.csv');
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split(/\r?\n/);
    expect(lines[0]).toMatch(/^"?seq"?,/);
    expect(lines).toHaveLength(CALLS / 10 + 1);
    expect(lines.slice(1).every((line) => line.includes('ENOENT'))).toBe(true);
  });

  it('exports more rows than a page holds, with one head', async () => {
    await open('long/r/search');
    await readColumns();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const lines = (await readFile(await (await download).path(), 'utf8')).trimEnd().split(/\r?\n/);
    expect(lines).toHaveLength(CALLS + 2);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('takes parameters from a form, and says what is wrong with them', async () => {
    await open('long/r/search');
    await page.getByText('Parameters', { exact: true }).click();
    await page.getByLabel('min_us', { exact: true }).fill('899');
    await page.getByRole('button', { name: 'Ask' }).click();
    await expect.poll(() => page.url()).toContain('p.min_us=899');
    await expect.poll(() => textOf(1, 'duration_us')).toMatch(/^(899|900|1,000)$/);
    await page.getByLabel('min_us', { exact: true }).fill('fast');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByRole('alert').getByText('min_us').waitFor();
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => page.url()).not.toContain('p.');
    await open('sample/r/follow');
    await page.getByText('This report needs process.').waitFor();
    watched.complaints.length = 0; // the answer 400 above is in the console
  });

  it('is drawn wider and narrower, and shows the columns that are ticked', async () => {
    await open('sample/r/count_errors');
    await readColumns();
    const handle = page.getByRole('separator', { name: 'Width of executable' });
    const widthOf = async () => Number(await handle.getAttribute('aria-valuenow'));
    const before = await widthOf();
    const box = (await handle.boundingBox())!;
    await page.mouse.move(box.x + 3, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + 83, box.y + 5, { steps: 4 });
    await page.mouse.up();
    expect(await widthOf()).toBe(before + 80);
    await page.getByText('Columns', { exact: false }).first().click();
    await page.getByRole('checkbox', { name: 'count' }).uncheck();
    await expect.poll(() => page.url()).toContain('cols=executable');
    await readColumns();
    expect(columnsNow).toEqual(['executable', 'syscall', 'ret_str']);
  });

  it('is the same for whoever is given the address', async () => {
    await open('long/r/search?f=error.is%3DENOENT&sort=-duration_us&q=none1');
    await readColumns();
    const shown = await page.locator('tbody').textContent();
    const other = await openPage(browser, stack.hosts);
    await other.page.goto(page.url());
    await other.page.locator('td[data-row="0"]').first().waitFor();
    expect(await other.page.locator('tbody').textContent()).toBe(shown);
    await other.page.context().close();
  });
});

describe('plots', () => {
  it.each([
    ['sample/r/syscall_stats', '.bars li'],
    ['sample/r/latency', 'figure svg rect'],
    ['sample/r/time_slices', 'figure svg rect'],
    ['sample/r/fd_lifetimes', 'figure svg path, figure svg text'],
    ['sample/r/file_summary', '.tile'],
    ['sample/r/folder_summary', '.tile'],
  ])('%s', async (hash, mark) => {
    await open(hash);
    await page.getByRole('link', { name: 'Plot' }).click();
    await page.locator(mark).first().waitFor();
    expect(await page.locator(mark).count()).toBeGreaterThan(2);
    expect(page.url()).toContain('view=plot');
  });

  it('are the same for whoever is given the address', async () => {
    await open('sample/r/latency?view=plot');
    await page.getByLabel('System call').selectOption('read');
    await page.getByLabel('logarithmic counts').uncheck();
    const shown = await page.locator('figure').textContent();
    await page.reload();
    await page.locator('figure svg rect').first().waitFor();
    expect(await page.locator('figure').textContent()).toBe(shown);
    expect(await page.getByLabel('logarithmic counts').isChecked()).toBe(false);
    await open('sample/r/file_summary?view=plot');
    await page.getByLabel('Size').selectOption('calls');
    await expect.poll(() => page.url()).toContain('by=calls');
  });

  it('keep their texts readable on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open('sample/r/latency?view=plot');
    const tick = page.locator('figure .tick').first();
    await tick.waitFor();
    expect((await tick.boundingBox())!.height).toBeGreaterThan(10);
    const svg = (await page.locator('figure svg').boundingBox())!;
    expect(svg.x + svg.width).toBeLessThanOrEqual(390);
  });

  it('of descriptors are drawn of every row', async () => {
    const opens = Array.from({ length: 1200 }, (_, i) => {
      const time = `10:00:0${Math.floor(i / 1000)}.${String(i % 1000).padStart(3, '0')}000`;
      return `7 ${time} openat(AT_FDCWD, "/data/${i}", O_RDONLY) = ${i + 3} <0.000010>\n`;
    });
    await stack.upload('opens.log', opens.join(''), { date: '2026-11-23' });
    await open('opens/r/fd_lifetimes?view=plot');
    await page.getByText('at most 1,200 open at a time').waitFor();
    await page.locator('.step-line').waitFor();
    expect(await page.getByText(/Drawn of/).count()).toBe(0);
  });
});
