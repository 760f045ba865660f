import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from './browser.ts';
import { longLog, startWebStack, type WebStack } from './web-stack.ts';

let browser: Browser;
let stack: WebStack;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, stack] = await Promise.all([startBrowser(), startWebStack()]);
  await stack.upload('long.log', longLog(20_000), { date: '2026-11-23' });
  await stack.upload('gated.log', longLog(50), { date: '2026-11-23', 'label-gate': 'tests' });
  await stack.upload('plain.log', '100 brk(NULL) = 0x1000\n100 +++ exited with 0 +++\n');
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

beforeEach(async () => {
  watched = await openPage(browser, stack.hosts);
  page = watched.page;
});

afterEach(async () => {
  await page.context().close();
  expect(watched.complaints).toEqual([]);
  expect(watched.strangers).toEqual([]);
});

const open = (hash: string) => page.goto(`${stack.url}/#/${hash}`);
const box = () => page.locator('.timeline-box');
const spanNow = () => new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '');
const isSettled = async (threads: string) => {
  await page.locator('.timeline .count', { hasText: threads }).waitFor();
};

/** How many of the canvas's pixels have colours that no mark-less timeline has. */
const countRed = () =>
  page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let red = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i]! > 170 && data[i + 1]! < 70 && data[i + 2]! < 70) red++;
    return red;
  });

describe('the overview', () => {
  it('tells what happened, with ways to the reports', async () => {
    await open('s/sample');
    const findings = page.locator('.findings');
    await findings.getByText('Calls that named a file and found none').waitFor();
    expect(await page.getByRole('list', { name: 'In numbers' }).textContent()).toContain('2,328');
    expect(await page.locator('.quality').textContent()).toContain('strings are cut short');
    await isSettled('5 threads');
    await findings.getByRole('link', { name: 'wasted lookups' }).click();
    await page.locator('.grid td').first().waitFor();
    expect(page.url()).toContain('/s/sample/r/wasted_lookups');
  });

  it('leads from what failed to the calls that did', async () => {
    await open('s/sample');
    await page.getByRole('link', { name: 'execve ENOENT' }).click();
    await page.getByText('syscall is execve').waitFor();
    await expect.poll(() => page.locator('.bar-foot .count').textContent()).toBe('10 rows');
  });
});

describe('the timeline', () => {
  it('draws lanes with what failed, and zooms where it is dragged', async () => {
    await open('s/long/timeline');
    await isSettled('4 threads');
    await expect.poll(countRed).toBeGreaterThan(100);
    const rect = (await box().boundingBox())!;
    await page.mouse.move(rect.x + 400, rect.y + 40);
    await page.mouse.down();
    await page.mouse.move(rect.x + 500, rect.y + 40, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => spanNow().get('from')).toMatch(/^2026-11-23T10:00:0\d\.\d{9}Z$/);
    const widthOf = () => Date.parse(spanNow().get('to')!) - Date.parse(spanNow().get('from')!);
    const first = widthOf();
    expect(first).toBeGreaterThan(1000);
    expect(first).toBeLessThan(4000);
    await page.mouse.move(rect.x + 600, rect.y + 40);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await expect.poll(widthOf).toBeLessThan(first);
    await isSettled('4 threads');
  });

  it('is moved and zoomed by keys', async () => {
    await open('s/long/timeline');
    await isSettled('4 threads');
    await box().focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await expect.poll(() => spanNow().get('from')).not.toBeNull();
    const before = spanNow().get('from')!;
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => spanNow().get('from')! > before).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => spanNow().get('from')).toBeNull();
  });

  it('tells the call under the pointer, and leads to its line', async () => {
    const span = 'from=2026-11-23T10:00:05.000Z&to=2026-11-23T10:00:05.040Z';
    await open(`s/long/timeline?${span}`);
    await isSettled('4 threads');
    const rect = (await box().boundingBox())!;
    const tip = page.getByRole('tooltip');
    for (let x = 200; x < 400 && (await tip.count()) === 0; x += 3)
      await page.mouse.move(rect.x + x, rect.y + 32);
    expect(await tip.textContent()).toMatch(/^(read|write|openat) .*line [\d,]+, at 10:00:05/);
    const [, line] = /line ([\d,]+)/.exec((await tip.textContent())!)!;
    await page.mouse.down();
    await page.mouse.up();
    const asked = page.locator('.row-asked td').first();
    await asked.waitFor();
    expect(Number(await asked.textContent())).toBe(Number(line!.replaceAll(',', '')));
  });

  it('keeps to the filters', async () => {
    await open('s/long/timeline?f=pid.is%3D101');
    await isSettled('1 thread');
    await page.getByText('pid is 101').waitFor();
    await open('s/long/timeline?f=pid.is_not%3D101&f=path.is%3D%2Fdata%2Fout1');
    await isSettled('3 threads');
    expect(await page.locator('.chip-ignored').textContent()).toContain('path is /data/out1');
  });

  it('says so when the log has no times', async () => {
    await open('s/plain/timeline');
    await page.getByText('The log has no times').waitFor();
  });
});

describe('the timeline, by keys alone', () => {
  const span = 'from=2026-11-23T10:00:05.000Z&to=2026-11-23T10:00:05.040Z';

  it('goes from call to call and thread to thread, tells each, and leads to its line', async () => {
    await open(`s/long/timeline?${span}`);
    await isSettled('4 threads');
    await box().focus();
    const tip = page.getByRole('tooltip');
    await page.keyboard.press('n');
    const first = (await tip.textContent())!;
    await page.keyboard.press('n');
    await expect.poll(() => tip.textContent()).not.toBe(first);
    await page.keyboard.press('p');
    await expect.poll(async () => (await tip.textContent())!.startsWith(first)).toBe(true);
    await page.keyboard.press('ArrowDown');
    // The call as the log has it comes after the rest.
    await expect
      .poll(() => tip.locator('code').textContent())
      .toMatch(/^(read|write|openat)\(.+= /);
    const [, line] = /line ([\d,]+)/.exec((await tip.textContent())!)!;
    await page.keyboard.press('Enter');
    const asked = page.locator('.row-asked td').first();
    await expect.poll(() => asked.textContent()).toBe(line!.replaceAll(',', ''));
  });
});

describe('the verdict of the gate', () => {
  it('is given on the page, with what did it and where', async () => {
    await open('s/long/verdict');
    await page.getByText('The gate has not judged this session').waitFor();
    watched.complaints.length = 0; // the answer 404 is in the console
    await page.getByLabel('Baseline').selectOption('sample');
    await page.getByRole('button', { name: 'Judge' }).click();
    await page.locator('.verdict-failed').getByText('1 baseline run').waitFor();
    const card = page.getByRole('region', { name: 'new programs' });
    expect(await card.textContent()).toContain('/bin/work');
    await card.getByRole('link', { name: 'line 1' }).click();
    await expect.poll(() => page.locator('.row-asked td').first().textContent()).toBe('1');
    await page.keyboard.press('g');
    await page.keyboard.press('v');
    await page.locator('.verdict-failed').waitFor();
    const verdict = await (await fetch(`${stack.url}/sessions/long/verdict`)).json();
    expect((verdict as { result: string }).result).toBe('failed');
  });

  it('stands over a session that a pipeline uploaded, and in the list', async () => {
    const body = JSON.stringify({ sessions: ['gated'], baseline: ['long'] });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${stack.url}/compare`, { method: 'POST', headers, body });
    const { result } = (await answer.json()) as { result: string };
    await open('');
    const row = page.locator('tr', { hasText: 'gate=tests' });
    await row.getByRole('link', { name: `gate ${result}` }).waitFor();
    await row.getByRole('link', { name: 'gated', exact: true }).click();
    await page.getByRole('link', { name: `Gate: ${result}` }).click();
    await page.locator(`.verdict-${result}`).waitFor();
  });
});

describe('processes', () => {
  it('are a tree that opens and closes, with ends and shares, and can be followed', async () => {
    await open('s/sample/processes');
    const rows = page.locator('.tree tbody tr');
    await expect.poll(() => rows.count()).toBe(5);
    expect(await rows.first().textContent()).toContain('exit 0');
    expect(await page.locator('.gantt-bar').count()).toBe(5);
    await page.getByRole('button', { name: 'Children of 4145' }).click();
    await expect.poll(() => rows.count()).toBe(4);
    await page.reload();
    await expect.poll(() => rows.count()).toBe(4);
    await page.getByRole('button', { name: 'Open all' }).click();
    await page.getByRole('searchbox', { name: /process by number/ }).fill('collect2');
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('link', { name: '4145' }).click();
    await page.locator('.grid td').first().waitFor();
    expect(page.url()).toContain('p.process=4145');
  });
});

describe('the filters among processes', () => {
  it('leave out what they say', async () => {
    await open('s/sample/processes?f=process.is_not%3D4145');
    const rows = page.locator('.tree tbody tr');
    await expect.poll(() => rows.count()).toBe(4);
    await page.getByRole('button', { name: 'Remove the filter: process is not 4145' }).click();
    await expect.poll(() => rows.count()).toBe(5);
  });
});

describe('the programs that a process executed', () => {
  it('are marks in the time of its bar', async () => {
    await stack.upload(
      'chain.log',
      `7 10:00:00.000000 execve("/bin/sh", ["sh"], 0x7ffc) = 0 <0.001>
7 10:00:01.000000 execve("/none/make", ["make"], 0x7ffc) = -1 ENOENT (No such file or directory) <0.001>
7 10:00:02.000000 execve("/bin/make", ["make"], 0x7ffc) = 0 <0.001>
7 10:00:04.000000 +++ exited with 0 +++
`,
      { date: '2026-11-23' },
    );
    await open('s/chain/processes');
    const marks = page.locator('.gantt-exec');
    await expect.poll(() => marks.count()).toBe(2);
    expect(await marks.nth(1).getAttribute('title')).toBe('executes /bin/make after 2 s');
    const track = (await page.locator('.gantt-track').boundingBox())!;
    const mark = (await marks.nth(1).boundingBox())!;
    expect((mark.x - track.x) / track.width).toBeCloseTo(0.5, 1);
    expect(await page.getByText('2 execs').getAttribute('title')).toBe('/bin/sh → /bin/make');
  });
});

describe('trends', () => {
  it('tell of all sessions, and lead to one', async () => {
    await open('');
    await page.getByRole('link', { name: 'Trends' }).click();
    const cells = page.locator('.grid tbody td');
    await cells.filter({ hasText: 'sample' }).first().waitFor();
    await page.getByRole('link', { name: 'trend errors' }).click();
    await cells.filter({ hasText: 'ENOENT' }).first().waitFor();
    await page.getByRole('link', { name: 'trend sessions' }).click();
    await cells.filter({ hasText: 'sample' }).first().click();
    await page.getByRole('dialog').getByRole('link', { name: 'Session sample' }).click();
    await page.getByRole('heading', { name: 'What stands out' }).waitFor();
  });

  it('are drawn too, a bar for each session', async () => {
    await open('trends/trend_sessions?view=plot');
    const errors = page.getByRole('region', { name: 'Errors' });
    await errors.getByRole('link', { name: 'sample: 389' }).click();
    await page.getByRole('heading', { name: 'What stands out' }).waitFor();
  });
});

describe('SQL', () => {
  it('runs a query of the address, and one that is written', async () => {
    await open(`sql?sql=${encodeURIComponent('SELECT 6 * 7 AS answer')}`);
    await expect.poll(() => page.locator('.grid td').first().textContent()).toBe('42');
    await page
      .getByLabel('SQL query')
      .fill('SELECT syscall, COUNT(*) AS n FROM calls -- all\nGROUP BY 1 ORDER BY 2 DESC, 1');
    expect(await page.locator('.editor .sql-keyword').allTextContents()).toContain('SELECT');
    expect(await page.locator('.editor .sql-comment').textContent()).toBe('-- all');
    await page.keyboard.press('Control+Enter');
    await page.locator('.grid th', { hasText: 'syscall' }).waitFor();
    expect(page.url()).toContain('GROUP+BY');
    await page.getByRole('link', { name: 'Plot' }).click();
    await page.locator('.bars li').first().waitFor();
  });

  it('hands out a result as CSV', async () => {
    await open(`sql?sql=${encodeURIComponent(`SELECT 1 AS n, 'a "b", c' AS text`)}`);
    await page.locator('.grid td').first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const text = await readFile(await (await download).path(), 'utf8');
    expect(text).toBe('n,text\r\n1,"a ""b"", c"\r\n');
  });

  it('says what is wrong with a query', async () => {
    await open(`sql?sql=${encodeURIComponent('DROP TABLE calls')}`);
    await page.getByRole('alert').getByText('SELECT').waitFor();
    watched.complaints.length = 0; // the answer 400 is in the console
  });

  it('has recipes, a list of tables, and remembers', async () => {
    await open('s/sample/sql');
    await page.locator('.tables summary', { hasText: /^calls$/ }).waitFor();
    await page.locator('.tables').getByRole('button', { name: 'duration_ns' }).first().waitFor();
    await page.getByLabel('Recipes').selectOption({ label: 'The slowest calls' });
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.locator('.grid td').first().waitFor();
    expect(Number((await page.locator('.bar-foot .count').textContent())!.split(' ')[0])).toBe(100);
    await page.reload();
    await page.getByLabel('History').selectOption({ index: 1 });
    expect(await page.getByLabel('SQL query').inputValue()).toContain('ORDER BY duration_ns DESC');
  });
});
