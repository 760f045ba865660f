import { execFileSync } from 'node:child_process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** Starts the machine's own Chromium, or the one that CHROMIUM names. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium(),
    // Chromium's sandbox does not start for root, which CI often is.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** A page, and whatever it complained of or asked others for. */
export interface WatchedPage {
  page: Page;
  /** Errors of scripts, warnings of the console, violations of the policy. */
  complaints: string[];
  /** Addresses of requests to anywhere but the stack. */
  strangers: string[];
}

/** Opens a page that writes down what must not happen; `hosts` are those it may ask. */
export async function openPage(
  browser: Browser,
  hosts: readonly string[],
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const watched: WatchedPage = { page, complaints: [], strangers: [] };
  page.on('pageerror', (error) => watched.complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      watched.complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    const isLocal = protocol === 'data:' || protocol === 'blob:';
    if (!isLocal && !hosts.includes(origin)) watched.strangers.push(request.url());
  });
  return watched;
}

function findChromium(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of NAMES) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // the next name may be there
    }
  }
  throw new Error('Chromium is missing: apt-get install chromium (or set CHROMIUM to its path)');
}
