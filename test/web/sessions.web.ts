import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from './browser.ts';
import { startWebStack, type WebStack } from './web-stack.ts';

const gcc = readFileSync(new URL('../logs/gcc.log', import.meta.url));

let browser: Browser;
let stack: WebStack;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, stack] = await Promise.all([startBrowser(), startWebStack()]);
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
  await page.goto(stack.url);
  await page.getByRole('heading', { name: 'Sessions' }).waitFor();
});

afterEach(async () => {
  await page.context().close();
  expect(watched.complaints).toEqual([]);
  expect(watched.strangers).toEqual([]);
});

interface DroppedFile {
  name: string;
  base64: string;
}

/** Drops files onto the page as a person does. */
async function drop(files: Record<string, Buffer>): Promise<void> {
  const list: DroppedFile[] = Object.entries(files).map(([name, bytes]) => ({
    name,
    base64: bytes.toString('base64'),
  }));
  await page.evaluate((dropped) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of dropped) {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('dragover', options));
    document.body.dispatchEvent(new DragEvent('drop', options));
  }, list);
}

describe('a log that is dropped', () => {
  it('becomes a session, several at once, compressed or not', async () => {
    await drop({ 'one.log': gcc, 'two.log.gz': gzipSync(gcc), 'three.log': gcc });
    const list = page.locator('.uploads');
    for (const name of ['one', 'three'])
      await list.getByRole('link', { name, exact: true }).waitFor();
    await list.locator('li', { hasText: 'two.log.gz' }).getByRole('link').waitFor();
    const rows = page.locator('table.list tbody tr');
    await expect.poll(() => rows.count()).toBe(4);
    await list.getByRole('link', { name: 'one', exact: true }).click();
    await page.getByRole('heading', { name: 'What stands out' }).waitFor();
    expect(page.url()).toBe(`${stack.url}/#/s/one`);
  });

  it('is read, filtered and taken along as CSV', async () => {
    await drop({ 'whole way.log.gz': gzipSync(gcc) });
    await page.locator('.uploads').getByRole('link').click();
    await page.getByRole('heading', { name: 'What stands out' }).waitFor();
    await page.getByRole('link', { name: 'count errors', exact: true }).click();
    await page.locator('.grid td', { hasText: 'newfstatat' }).first().click();
    await page.getByRole('button', { name: 'Only this' }).click();
    await page.getByText('syscall is newfstatat').waitFor();
    const count = page.locator('.bar-foot .count');
    await expect.poll(() => count.textContent()).toMatch(/^\d rows$/);
    const rows = Number.parseInt((await count.textContent())!, 10);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const text = await readFile(await (await download).path(), 'utf8');
    const [head, ...lines] = text.trimEnd().split(/\r?\n/);
    expect(head).toBe('count,executable,syscall,ret_str');
    expect(lines).toHaveLength(rows);
    expect(lines.every((line) => line.includes(',newfstatat,'))).toBe(true);
  });

  it('says how far it is', async () => {
    await page.route('**/logs/slow.log**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await drop({ 'slow.log': gcc });
    const row = page.locator('.upload', { hasText: 'slow.log' });
    await row.getByRole('progressbar').waitFor();
    await row.getByRole('link', { name: 'slow' }).waitFor();
    expect(await row.getByRole('progressbar').count()).toBe(0);
  });

  it('says why it is none, and the list keeps it', async () => {
    await drop({ 'letter.log': Buffer.from('Dear all,\nthis is no log.\n'.repeat(50)) });
    const row = page.locator('.upload', { hasText: 'letter.log' });
    await row.locator('strong').waitFor();
    expect(await row.textContent()).toMatch(/strace/);
    const listed = page.locator('tr.session-failed');
    await listed.waitFor();
    expect(await listed.textContent()).toContain('failed');
    await page.getByLabel('Status').selectOption('failed');
    await expect.poll(() => page.locator('table.list tbody tr').count()).toBe(1);
  });

  it('may be empty, and is refused before it is sent', async () => {
    await drop({ 'empty.log': Buffer.alloc(0) });
    await page.locator('.upload-failed', { hasText: 'The file is empty' }).waitFor();
  });

  it('can be chosen too', async () => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'choose files' }).click();
    await (await chooser).setFiles({ name: 'chosen.log', mimeType: 'text/plain', buffer: gcc });
    await page.locator('.uploads').getByRole('link', { name: 'chosen' }).waitFor();
  });
});

describe('the list of sessions', () => {
  it('shows lines to copy', async () => {
    await page.getByText('From a terminal').click();
    await page.getByRole('button', { name: 'Copy Upload' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(
      /^aws s3 cp app\.log s3:\/\/stracelake-uploads\/logs\/ --endpoint-url http:\/\/localhost:\d+ --no-sign-request$/,
    );
    await page.getByRole('button', { name: 'Copy Record' }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(/^strace -f -tt -T -y -yy/);
  });

  it('finds by name, label and time, and keeps that in the address', async () => {
    await stack.upload('ci/7/build.log.gz', gzipSync(gcc), { 'label-branch': 'main' });
    await page.reload();
    const rows = page.locator('table.list tbody tr');
    await page.getByRole('searchbox').fill('BUILD');
    await expect.poll(() => rows.count()).toBe(1);
    expect(page.url()).toContain('q=BUILD');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('combobox', { name: 'Label' }).selectOption('branch=main');
    await expect
      .poll(() => rows.allTextContents())
      .toEqual([expect.stringContaining('ci.7.build')]);
    await page.getByLabel('Since').fill('2099-01-01');
    await page.getByText('No session fits.').waitFor();
    await page.goto(`${stack.url}/#/?label=branch%3Dmain`);
    await expect.poll(() => rows.count()).toBe(1);
  });

  it('says what stands out in each, with a way to the report', async () => {
    const row = page.locator('tr.session', { hasText: 'sample' });
    const finding = row.getByRole('link', { name: 'missing files' });
    await finding.waitFor();
    expect(await finding.getAttribute('title')).toMatch(/^Calls that named a file and found none/);
    await finding.click();
    await page.locator('.grid td').first().waitFor();
    expect(page.url()).toContain('/s/sample/r/wasted_lookups');
  });

  it('takes up what came from elsewhere by itself', async () => {
    await page.getByRole('link', { name: 'sample', exact: true }).waitFor();
    await stack.upload('from-terminal.log', gcc);
    await page
      .getByRole('link', { name: 'from-terminal', exact: true })
      .waitFor({ timeout: 20_000 });
  });

  it('lists older ones when asked for', async () => {
    await stack.upload('newer.log', gcc);
    await page.route('**/sessions?limit=1000', async (route) => {
      await route.continue({ url: `${stack.url}/sessions?limit=1` });
    });
    await page.goto('about:blank');
    await page.goto(stack.url);
    const rows = page.locator('tr.session');
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('button', { name: 'List older ones' }).click();
    await expect.poll(() => rows.count()).toBe(2);
  });

  it('pins a baseline and compares with it', async () => {
    await stack.upload('later.log', gcc.toString().replaceAll('/tmp/build/a.c', '/tmp/build/b.c'));
    await page.reload();
    await page.getByRole('button', { name: 'pin sample' }).click();
    const row = page.locator('tr', { hasText: 'later' });
    await row.getByRole('link', { name: 'compare' }).click();
    await page.getByRole('heading', { name: 'later compared with sample' }).waitFor();
    const files = page.getByRole('region', { name: 'Files compared with another session' });
    await files.getByText('/tmp/build/b.c').first().waitFor();
    expect(await files.locator('tr.change-new').count()).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'the other way round' }).click();
    await page.getByRole('heading', { name: 'sample compared with later' }).waitFor();
  });

  it('compares by any report whose rows have a key', async () => {
    await stack.upload('after.log', gcc.toString().replaceAll('/tmp/build/a.c', '/tmp/build/b.c'));
    await page.goto(`${stack.url}/#/s/after/compare?base=sample`);
    const choice = page.getByRole('combobox', { name: 'By' });
    await choice.waitFor();
    const names = await choice
      .locator('option')
      .evaluateAll((all) => all.map((each) => each.getAttribute('value') ?? ''));
    const answer = await fetch(`${stack.url}/reports`);
    const { reports } = (await answer.json()) as { reports: { name: string; diff_url?: string }[] };
    const keyed = reports.filter(({ name, diff_url }) => diff_url && !name.startsWith('diff_'));
    expect(names.filter(Boolean).sort()).toEqual(keyed.map(({ name }) => name).sort());
    expect(keyed.length).toBeGreaterThan(30);
    await choice.selectOption('file_summary');
    const title = await choice.locator('option:checked').textContent();
    const files = page.getByRole('region', { name: title! }).first();
    const expected = await fetch(`${stack.url}/sessions/after/diffs/file_summary?base=sample`);
    const { rows } = (await expected.json()) as { rows: Record<string, unknown>[] };
    expect(rows.length).toBeGreaterThan(0);
    await expect.poll(() => files.locator('tbody tr').count()).toBe(rows.length);
    const heads = await files.getByRole('columnheader').allTextContents();
    expect(heads).toEqual(Object.keys(rows[0]!).map((name) => name.replaceAll('_', ' ')));
    expect(page.url()).toContain('diff=file_summary');
    await page.getByRole('link', { name: 'the other way round' }).click();
    await page.getByRole('heading', { name: 'sample compared with after' }).waitFor();
    expect(page.url()).toContain('diff=file_summary');
  });
});
