import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerPage, isPage, type PageDeps } from '../../lib/page/page-answer.ts';
import { loadStaticFiles } from '../../lib/page/static-files.ts';

let folder: string;
let deps: PageDeps;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stracelake-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), `<!doctype html>${'<p>'.repeat(1000)}`);
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), 'console.log(1);');
  writeFileSync(join(folder, 'notes.txt'), 'not for the world');
  deps = {
    files: loadStaticFiles(folder),
    config: { uploads_bucket: 'uploads', sql: false },
    connects: ['https://uploads.s3.example'],
  };
});

afterAll(() => rmSync(folder, { recursive: true }));

function eventOf(rawPath: string, method = 'GET', headers = {}): APIGatewayProxyEventV2 {
  const http = { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '', userAgent: '' };
  return { rawPath, headers, requestContext: { http } } as APIGatewayProxyEventV2;
}

const ask = (...asked: Parameters<typeof eventOf>) => answerPage(eventOf(...asked), deps);

describe('the page', () => {
  it('takes its own paths by GET and HEAD, and leaves all others to the API', () => {
    for (const path of ['/', '/page.json', '/favicon.svg', '/assets/index-1a2b.js']) {
      expect(isPage(eventOf(path)), path).toBe(true);
      expect(isPage(eventOf(path, 'HEAD')), path).toBe(true);
      expect(isPage(eventOf(path, 'POST')), path).toBe(false);
    }
    for (const path of ['/sessions', '/reports', '/assets', '/page.json/x', '/uploads'])
      expect(isPage(eventOf(path)), path).toBe(false);
  });

  it('comes under a policy that names where it may ask', async () => {
    const { statusCode, headers = {}, body } = await ask('/');
    expect(statusCode).toBe(200);
    expect(body).toMatch(/^<!doctype html>/);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(String(headers['content-security-policy']).split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self' https://uploads.s3.example",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
  });

  it('may be kept for good where the name tells the content, and asked again elsewhere', async () => {
    const asset = await ask('/assets/index-1a2b.js');
    expect(asset.headers?.['cache-control']).toBe('public, max-age=31536000, immutable');
    const etag = String((await ask('/')).headers?.etag);
    const again = await ask('/', 'GET', { 'if-none-match': `W/${etag}` });
    expect([again.statusCode, again.body]).toEqual([304, undefined]);
  });

  it('comes compressed to those who take that, and without a body for HEAD', async () => {
    const small = await ask('/', 'GET', { 'accept-encoding': 'br' });
    expect(small.headers?.['content-encoding']).toBe('br');
    expect(small.isBase64Encoded).toBe(true);
    const head = await ask('/', 'HEAD');
    expect([head.statusCode, head.body]).toEqual([200, undefined]);
  });

  it('tells the page what it has to know of the deployment', async () => {
    const { headers, body } = await ask('/page.json');
    expect(JSON.parse(body!)).toEqual(deps.config);
    expect(headers?.['cache-control']).toBe('no-store');
  });

  it.each(['/assets/none.js', '/assets/../notes.txt', '/assets/%2e%2e/notes.txt', '/favicon.svg'])(
    'has no other file: %s',
    async (path) => {
      expect((await ask(path)).statusCode).toBe(404);
    },
  );

  it('says how to build it when it was not', async () => {
    const files = loadStaticFiles(join(folder, 'none'));
    const answer = await answerPage(eventOf('/'), { ...deps, files });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build:web');
  });
});
