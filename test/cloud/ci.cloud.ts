import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type EmulatedService, startEmulatedService } from './emulator-target.ts';
import { type OidcIssuer, startOidcIssuer } from './oidc-issuer.ts';
import { requireTool, root } from './tools.ts';

const run = promisify(execFile);

const AUDIENCE = 'stracelake';
const CLIENT_ID = 'public-client';
const CLAIMS = { repository: 'owner/name', aud: AUDIENCE };
const REQUEST_TOKEN = 'of-this-job';

let issuer: OidcIssuer;
let service: EmulatedService;

beforeAll(async () => {
  await requireTool('strace', ['-V'], 'apt-get install strace');
  issuer = await startOidcIssuer(REQUEST_TOKEN, CLAIMS);
  const context = [
    'auth=jwt',
    'jwtIssuer=https://issuer.example',
    `jwtAudience=${AUDIENCE}`,
    `jwtClaims=${JSON.stringify({ repository: ['owner/*'] })}`,
    `pageClientId=${CLIENT_ID}`,
  ];
  service = await startEmulatedService(context, (template) => {
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== 'AWS::ApiGatewayV2::Authorizer') continue;
      Properties.JwtConfiguration.Issuer = issuer.url;
    }
  });
});

afterAll(async () => {
  await service?.stop();
  await issuer?.stop();
});

describe('a token', () => {
  test('of a repository on the list is let in', async () => {
    expect((await ask(issuer.sign(CLAIMS))).status).toBe(200);
  });

  test('whose claim is a list is let in by one of its values', async () => {
    const withList = (...repository: string[]) => ask(issuer.sign({ ...CLAIMS, repository }));
    expect((await withList('stranger/name', 'owner/name')).status).toBe(200);
    expect((await withList('stranger/name', 'not owner/name')).status).toBe(403);
  });

  test('of another repository is refused by the handler, by its name', async () => {
    for (const [path, method] of [
      ['/sessions', 'GET'],
      ['/uploads', 'POST'],
    ]) {
      const answer = await ask(
        issuer.sign({ ...CLAIMS, repository: 'stranger/name' }),
        path,
        method,
      );
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ claim: 'repository' });
    }
  });

  test.each([
    ['none', () => undefined],
    ['for somebody else', () => issuer.sign({ ...CLAIMS, aud: 'other' })],
    ['that has expired', () => issuer.sign({ ...CLAIMS, exp: 1_000_000_000 })],
    ['of another issuer', () => issuer.sign({ ...CLAIMS, iss: 'https://evil.example' })],
    ['that was altered', () => alter(issuer.sign(CLAIMS))],
  ])('%s is refused by API Gateway', async (_, make) => {
    expect((await ask(make())).status).toBe(401);
  });
});

describe('the page', () => {
  test('is there without a token, with all its files and what it has to know', async () => {
    const page = await fetch(`${service.apiUrl}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain(service.uploadsBucket);
    const paths = [...(await page.text()).matchAll(/(?:src|href)="\.?\/([^"]+)"/g)];
    expect(paths.map(([, path]) => path.split('.').at(-1))).toEqual(
      expect.arrayContaining(['js', 'css']),
    );
    for (const [, path] of paths) {
      expect((await fetch(`${service.apiUrl}/${path}`)).status, path).toBe(200);
    }
    const config = await (await fetch(`${service.apiUrl}/page.json`)).json();
    expect(config).toMatchObject({
      uploads_bucket: service.uploadsBucket,
      sign_in: { issuer: 'https://issuer.example', client_id: CLIENT_ID, audience: AUDIENCE },
    });
  });

  test('hands out no other file, and nothing of the sessions', async () => {
    expect((await fetch(`${service.apiUrl}/assets/index.js`)).status).toBe(404);
    expect((await ask(undefined)).status).toBe(401);
  });
});

describe('the snippet for', () => {
  test('GitHub Actions records, uploads and prints the summary', async () => {
    const { jobs } = snippet('jobs:') as { jobs: { trace: { steps: { run?: string }[] } } };
    const command = jobs.trace.steps.at(-1)!.run!.replace(/\$\{\{ github\.run_id \}\}/, '4711');
    const { stdout } = await runInRepository(command, {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?job=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    });
    expectSummary(stdout, 'github.4711.test');
  });

  test('GitLab CI does the same', async () => {
    const { trace } = snippet('id_tokens:') as { trace: { script: string[] } };
    const { stdout } = await runInRepository(trace.script.join('\n'), {
      STRACELAKE_TOKEN: issuer.sign(CLAIMS),
      CI_PIPELINE_ID: '815',
    });
    expectSummary(stdout, 'gitlab.815.test');
  });

  test('either of them fails when the command does, after its log is safe', async () => {
    const failing = runInRepository('ci/trace.sh failing/test ./test.sh 3', {
      STRACELAKE_TOKEN: issuer.sign(CLAIMS),
    });
    await expect(failing).rejects.toMatchObject({
      code: 3,
      stdout: expect.stringContaining('/sessions/failing.test'),
    });
  });

  test('either of them fails when its token is not let in, and says why', async () => {
    const refused = runInRepository('ci/trace.sh refused/test ./test.sh', {
      STRACELAKE_TOKEN: issuer.sign({ ...CLAIMS, repository: 'stranger/name' }),
    });
    await expect(refused).rejects.toMatchObject({ code: 22 });
  });
});

describe('the gate', () => {
  const job = (branch: string, id: number) => ({
    STRACELAKE: `${process.execPath} ${root}bin/stracelake.js`,
    STRACELAKE_URL: service.apiUrl,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?job=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    GITHUB_REF_NAME: branch,
    GITHUB_RUN_ID: String(id),
  });
  const line = (script: string) => `ci/gate.sh --name token -- sh -c '${script}'`;

  test('of a change compares with what passed on main, let in by the token of the job', async () => {
    const first = await runInRepository(line('./test.sh'), job('main', 1));
    expect(first.stderr).toContain('no baseline yet');
    const calm = await runInRepository(line('./test.sh'), job('feature', 2));
    expect(calm.stdout).toMatch(/PASSED: 0 errors, .*\(1 run, 1 baseline run\)/);
    const changed = runInRepository(line('./test.sh; cat /etc/issue'), job('feature', 3));
    await expect(changed).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/✗ new_files_read .*\n +\/etc\/issue by cat /),
    });
    await expect(changed).rejects.toMatchObject({
      stdout: expect.stringContaining(`look  ${service.apiUrl}/#/s/gate.token.3-1-`),
    });
  });

  test('cannot judge when its token is not let in, and says why', async () => {
    const stranger = {
      ...job('main', 4),
      STRACELAKE_TOKEN: issuer.sign({ ...CLAIMS, repository: 'a/b' }),
    };
    await expect(runInRepository(line('./test.sh'), stranger)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('repository'),
    });
  });
});

async function ask(token: string | undefined, path = '/sessions', method = 'GET') {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return fetch(`${service.apiUrl}${path}`, { method, headers });
}

/** Flips a bit of the claims, keeps the signature. */
function alter(token: string): string {
  const [head, claims, signature] = token.split('.');
  const altered = Buffer.from(claims, 'base64url').toString().replace('owner/name', 'owner/nbme');
  return [head, Buffer.from(altered).toString('base64url'), signature].join('.');
}

/** The YAML in docs/ci.md that has a certain key. */
function snippet(key: string): unknown {
  const page = readFileSync(`${root}docs/ci.md`, 'utf8');
  const found = [...page.matchAll(/```yaml\n(.*?)```/gs)].filter(([, text]) => text.includes(key));
  expect(found).toHaveLength(1);
  return parse(found[0][1]);
}

/** Runs a command as a CI job does, in a repository that has the script and something to test. */
async function runInRepository(command: string, environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-ci-'));
  try {
    cpSync(`${root}docs/ci`, join(folder, 'ci'), { recursive: true });
    const script = `#!/bin/sh\ncat /etc/hostname /no/such/file >/dev/null 2>&1\nexit \${1:-0}\n`;
    writeFileSync(join(folder, 'test.sh'), script, { mode: 0o755 });
    return await run('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: folder,
      env: { PATH: process.env.PATH, STRACELAKE_API: service.apiUrl, ...environment },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function expectSummary(text: string, session: string): void {
  expect(text).toContain('./test.sh');
  expect(text).toContain('No such file or directory');
  expect(text).toContain(`session: ${service.apiUrl}/sessions/${session}`);
}
