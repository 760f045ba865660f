import { fileURLToPath } from 'node:url';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerPage, isPage } from '../../lib/page/page-answer.ts';
import { loadStaticFiles } from '../../lib/page/static-files.ts';
import { type HttpServer, startHttpServer } from '../../local/http-server.ts';
import { openPage, startBrowser } from './browser.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { startWebStack, type WebStack } from './web-stack.ts';

const CLIENT = 'public-client';
const files = loadStaticFiles(fileURLToPath(new URL('../../web/dist', import.meta.url)));

let browser: Browser;
let stack: WebStack;
let issuer: Issuer;
let site: HttpServer;
/** Tokens that the API takes no longer. */
const revoked = new Set<string>();

/** The service as it is in the cloud: open files, and an API that asks for a token of the issuer. */
async function handle(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  if (isPage(event)) {
    const signIn = { issuer: issuer.url, client_id: CLIENT };
    const config = { uploads_bucket: 'uploads', sql: false, sign_in: signIn };
    return await answerPage(event, { files, config, connects: [issuer.url] });
  }
  const token = event.headers.authorization?.replace('Bearer ', '');
  if (!token || !issuer.tokens.includes(token) || revoked.has(token))
    return { statusCode: 401, body: '{"message":"Unauthorized"}' };
  const answer = await fetch(`${stack.url}${event.rawPath}?${event.rawQueryString}`);
  return {
    statusCode: answer.status,
    headers: { 'content-type': 'application/json' },
    body: await answer.text(),
  };
}

beforeAll(async () => {
  [browser, stack, issuer] = await Promise.all([
    startBrowser(),
    startWebStack(),
    startIssuer(CLIENT),
  ]);
  site = await startHttpServer({ host: '127.0.0.1', port: 0, handle });
});

afterAll(async () => {
  await browser.close();
  await site.close();
  await issuer.stop();
  await stack.stop();
});

it('signs people in, and brings them to where they wanted to go', async () => {
  const { page, complaints, strangers } = await openPage(browser, [site.url, issuer.url]);
  await page.goto(`${site.url}/#/s/sample/r/count_errors?sort=-count`);
  await page.locator('.grid td').first().waitFor();
  expect(page.url()).toBe(`${site.url}/#/s/sample/r/count_errors?sort=-count`);
  expect(issuer.tokens).toHaveLength(1);
  await page.reload();
  await page.locator('.grid td').first().waitFor();
  expect(issuer.tokens).toHaveLength(1);
  expect(await page.getByRole('link', { name: 'SQL' }).count()).toBe(0);
  expect(complaints).toEqual([]);
  expect(strangers).toEqual([]);
  await page.context().close();
});

it('goes to the issuer once, however many questions find that nobody is signed in', async () => {
  const { page } = await openPage(browser, [site.url, issuer.url]);
  const asked: string[] = [];
  // The second journey would begin while the first is under way.
  await page.route(`${issuer.url}/.well-known/**`, async (route) => {
    asked.push(route.request().url());
    await new Promise((resolve) => setTimeout(resolve, 200));
    await route.continue();
  });
  await page.goto(`${site.url}/#/s/sample/compare?base=sample`);
  await page.getByLabel('Baseline').waitFor();
  expect(asked).toHaveLength(2); // before and after
  await page.context().close();
});

it('asks for another token when one is refused', async () => {
  const { page } = await openPage(browser, [site.url, issuer.url]);
  await page.goto(`${site.url}/#/s/sample`);
  await page.locator('.numbers').waitFor();
  for (const token of issuer.tokens) revoked.add(token);
  await page.getByRole('link', { name: 'Processes', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await page.reload();
  await page.locator('.tree tbody tr').first().waitFor();
  expect(issuer.tokens.some((token) => !revoked.has(token))).toBe(true);
  await page.context().close();
});

it('says so when the issuer does not let somebody in', async () => {
  const { page } = await openPage(browser, [site.url, issuer.url]);
  await page.route(`${issuer.url}/authorize**`, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const answer = new URLSearchParams({ error: 'access_denied', state: query.get('state')! });
    await route.fulfill({ status: 302, headers: { location: `${site.url}/?${answer}` } });
  });
  await page.goto(`${site.url}/#/s/sample`);
  await page.getByRole('alert').getByText('Signing in did not work').waitFor();
  await page.context().close();
});
