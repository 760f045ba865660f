import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type LocalStack, startStack } from '../../local/stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stracelake-templates-'));
const repository = join(folder, 'repository');
const STRACELAKE = `${process.execPath} ${join(root, 'bin/stracelake.js')}`;
const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');

interface Finished {
  code: number | null;
  output: string;
}

let stack: LocalStack;
let comments: { id: number; body: string }[];
let github: Server;

beforeAll(async () => {
  const dataDir = join(folder, 'data');
  stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
  github = createServer(answerComments);
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await stack?.close();
  await new Promise((resolve) => github.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  comments = [{ id: 1, body: 'looks good' }];
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(repository);
  cpSync(join(root, 'docs/ci'), join(repository, 'ci'), { recursive: true });
  behave();
});

/** The repository's test does what it did, or one thing more. */
function behave(more = ''): void {
  writeFileSync(join(repository, 'test.sh'), `#!/bin/sh\ncat /etc/hostname >/dev/null\n${more}\n`);
  chmodSync(join(repository, 'test.sh'), 0o755);
}
const MORE =
  'cat /etc/issue >/dev/null; umask 0; : > /tmp/stracelake-open; rm /tmp/stracelake-open';

describe('without a service', () => {
  test('the shell lines begin, pass, fail with the reason, and accept', async () => {
    const [init, check, accept] = block('sh', 'stracelake ci init')
      .split('\n')
      .filter((line) => line.startsWith('npx stracelake ci'))
      .map((line) => line.replace('npx stracelake', STRACELAKE).replace(/ +#.*$/, ''));
    expect(await run(init!)).toMatchObject({ code: 0 });
    expect(await run(check!)).toMatchObject({ code: 0 });
    behave(MORE);
    const failed = await run(check!);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('✗ new_files_read  1, limit 0\n    /etc/issue by cat');
    expect(failed.output).toContain('/tmp/stracelake-open');
    expect(await run(accept!)).toMatchObject({ code: 0 });
    expect(await run(check!)).toMatchObject({ code: 0 });
  });

  test('the GitHub Action writes the job summary and keeps one comment', async () => {
    await run(`${STRACELAKE} ci init -- bash -euo pipefail -c ./test.sh`);
    behave(MORE);
    const environment = {
      ...actionEnvironment({ run: './test.sh', comment: 'true' }),
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'owner/name',
    };
    const step = actionSteps().at(-1)!.run!;
    expect((await run(step, environment)).code).toBe(1);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('`new_files_read`');
    expect(comments).toHaveLength(2);
    expect(comments[1]!.body).toContain('FAILED');
    behave();
    expect((await run(step, environment)).code).toBe(0);
    expect(comments).toHaveLength(2);
    expect(comments[1]!.body).toContain('PASSED');
    expect(comments[0]!.body).toBe('looks good');
  });

  test('the GitLab template fails the job and leaves JUnit for the merge request', async () => {
    const job = parse(readFileSync(join(root, 'docs/ci/gitlab-gate.yml'), 'utf8'))[
      '.stracelake-gate'
    ];
    const environment = { ...job.variables, GATE_RUN: './test.sh' };
    await run(`${STRACELAKE} ci init -- bash -euo pipefail -c ./test.sh`);
    expect((await run(job.script.join('\n'), environment)).code).toBe(0);
    behave(MORE);
    expect((await run(job.script.join('\n'), environment)).code).toBe(1);
    const junit = readFileSync(join(repository, job.artifacts.reports.junit), 'utf8');
    expect(junit).toContain('name="new_files_read"><failure');
  });
});

describe('with a service', () => {
  test('the Jenkins stage compares with what passed on main', async () => {
    const script = /sh '''\n(.*?)'''/s.exec(block('groovy', 'ci/gate.sh'))![1]!;
    const environment = (branch: string, build: number) => ({
      STRACELAKE_URL: stack.apiUrl,
      BRANCH_NAME: branch,
      BUILD_TAG: `jenkins-job-${build}`,
    });
    expect(await run(script, environment('main', 1))).toMatchObject({ code: 0 });
    expect(await run(script, environment('main', 2))).toMatchObject({ code: 0 });
    expect(await run(script, environment('PR-7', 3))).toMatchObject({ code: 0 });
    behave(MORE);
    const failed = await run(script, environment('PR-7', 4));
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('(1 run, 2 baseline runs)');
    expect(failed.output).toContain(`look  ${stack.apiUrl}/#/s/`);
  });

  test('the GitHub Action does so too', async () => {
    const step = actionSteps().at(-1)!.run!;
    const environment = (branch: string, id: number) => ({
      ...actionEnvironment({ run: './test.sh', url: stack.apiUrl, name: 'action' }),
      GITHUB_REF_NAME: branch,
      GITHUB_RUN_ID: String(id),
    });
    expect(await run(step, environment('main', 1))).toMatchObject({ code: 0 });
    behave(MORE);
    expect((await run(step, environment('feature', 2))).code).toBe(1);
  });
});

interface Step {
  run?: string;
  env?: Record<string, string>;
}

function readAction() {
  return parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>;
    runs: { steps: Step[] };
  };
}

function actionSteps(): Step[] {
  return readAction().runs.steps;
}

/** Environment of the action's last step, its expressions filled in as GitHub does. */
function actionEnvironment(given: Record<string, string>): Record<string, string> {
  const { inputs } = readAction();
  const values: Record<string, string> = {
    'github.action_path': root.replace(/\/$/, ''),
    'github.token': 'of-this-job',
    "inputs.comment == 'true' && github.event.pull_request.number || ''":
      given.comment === 'true' ? '7' : '',
  };
  for (const [name, input] of Object.entries(inputs))
    values[`inputs.${name}`] = given[name] ?? fill(input.default ?? '', values);
  const { env } = actionSteps().at(-1)!;
  return Object.fromEntries(Object.entries(env!).map(([name, text]) => [name, fill(text, values)]));
}

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => {
    if (!(expression in values)) throw new Error(`expression unknown: ${expression}`);
    return values[expression]!;
  });
}

/** A block of the page that holds a text. */
function block(language: string, text: string): string {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))];
  const found = blocks.map(([, content]) => content!).filter((each) => each.includes(text));
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** Runs lines as a CI job does. */
async function run(script: string, environment: Record<string, string> = {}): Promise<Finished> {
  const { HOME = '', PATH = '' } = process.env;
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: repository,
    env: {
      HOME,
      PATH: `${dirname(process.execPath)}${delimiter}${PATH}`,
      STRACELAKE,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

/** The part of GitHub that has comments. */
async function answerComments(
  request: import('node:http').IncomingMessage,
  response: import('node:http').ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const isOurs = request.headers.authorization === 'Bearer of-this-job';
  const path = (request.url ?? '').split('?')[0]!;
  const text = Buffer.concat(chunks).toString();
  const send = (status: number, content: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(content));
  };
  if (!isOurs) return send(401, {});
  if (path === '/repos/owner/name/issues/7/comments') {
    if (request.method === 'GET') return send(200, comments);
    comments.push({ id: comments.length + 1, body: JSON.parse(text).body });
    return send(201, comments.at(-1));
  }
  const edited = comments.find(({ id }) => path === `/repos/owner/name/issues/comments/${id}`);
  if (!edited || request.method !== 'PATCH') return send(404, {});
  edited.body = JSON.parse(text).body;
  send(200, edited);
}
