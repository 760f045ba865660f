import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../lib/gate/verdict.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { type Finished, stracelake } from '../cli/command.ts';

const misbehaving = fileURLToPath(
  new URL('../reports/cases/gate_facts/log.strace', import.meta.url),
);
const CALM = `100 09:00:00.000000 execve("/usr/bin/sh", ["sh", "-c", "make"], 0x7ffd0 /* 9 vars */) = 0 <0.000400>
100 09:00:00.001000 openat(AT_FDCWD</work>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd> <0.000020>
100 09:00:00.001300 close(3</etc/passwd>) = 0 <0.000003>
100 09:00:01.794000 exit_group(0) = ?
100 09:00:01.795000 +++ exited with 0 +++
`;
const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'stracelake-gate-'));
let stack: LocalStack;

beforeAll(async () => {
  writeFileSync(join(folder, 'calm.log'), CALM);
  copyFileSync(misbehaving, join(folder, 'bad.log'));
  const assert = { new_programs: 'error', new_files_read: 'error', exit_code: 'off' };
  writeFileSync(join(folder, 'stracelake.budget.json'), JSON.stringify({ assert }));
  const dataDir = join(folder, 'data');
  stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
});

afterAll(async () => {
  process.chdir(home);
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('with a service', () => {
  it('a gate compares with the latest sessions of main that passed, and keeps what it says', async () => {
    const first = await gate('main', 'calm.log');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain('no baseline yet');
    const calm = readVerdict();
    expect((await get(`/sessions/${calm.runs[0]}/verdict`)).json).toEqual(calm);

    const change = await gate('feature', 'bad.log');
    expect(change.code, change.stderr).toBe(1);
    const bad = readVerdict();
    expect(bad.baseline).toEqual(calm.runs);
    expect(bad.findings[0]).toMatchObject({ assertion: 'new_programs', status: 'failed' });
    const { evidence } = bad.findings[0]!.items[0]!;
    expect(evidence).toMatchObject({ commands: ['sh -c make', 'make'], line: 24 });
    expect(evidence!.look).toBe(
      `${stack.apiUrl}/#/s/${bad.runs[0]}/r/search?f=seq.at_least%3D24&row=24`,
    );

    // what failed on main is no baseline
    expect((await gate('main', 'bad.log')).code).toBe(1);
    const failed = readVerdict();
    expect((await gate('feature', 'bad.log')).code).toBe(1);
    expect(readVerdict().baseline).toEqual(calm.runs);

    // until somebody accepts it
    const accepted = await ci('accept', '--session', failed.runs[0]!);
    expect(accepted.code, accepted.stderr).toBe(0);
    expect(accepted.stderr).toContain('of the baseline are sessions with branch=main, gate=ci');
    expect((await gate('feature', 'bad.log')).code).toBe(0);
    expect(readVerdict().baseline).toEqual([...calm.runs, ...failed.runs]);
    expect((await ci('--session', bad.runs[0]!)).code).toBe(0);
  });

  it('begins with a budget alone: the baseline are sessions', async () => {
    const config = join(folder, 'first.json');
    const args = ['--config', config, '--log', 'calm.log', '--work', '/work'];
    const begun = await ci('init', ...args);
    expect(begun).toMatchObject({ code: 0 });
    expect(begun.stderr).toContain('the baseline are the sessions of main that pass');
    expect(JSON.parse(readFileSync(config, 'utf8')).extends).toContain('recommended');
    expect(existsSync(join(folder, 'stracelake.baseline.json'))).toBe(false);
    expect((await ci('init', ...args)).code).toBe(2);
  });

  it('accepts what the last run did, when no session is named', async () => {
    expect((await gate('main', 'calm.log', '--name', 'last')).code).toBe(0);
    expect((await gate('main', 'bad.log', '--name', 'last')).code).toBe(1);
    expect((await ci('accept', '--name', 'last')).stderr).toContain(readVerdict().runs[0]!);
    expect((await gate('feature', 'bad.log', '--name', 'last')).code).toBe(0);
    const nothing = await ci('accept', '--out', 'elsewhere');
    expect(nothing).toMatchObject({ code: 2 });
    expect(nothing.stderr).toContain('nothing to accept');
  });

  it('gates of other names do not meet', async () => {
    expect((await gate('main', 'calm.log', '--name', 'one')).code).toBe(0);
    expect((await gate('main', 'bad.log', '--name', 'two')).code).toBe(0);
  });

  it.each([
    ['{', 400, 'The body is no JSON'],
    ['{"sessions": []}', 400, 'sessions must NOT have fewer than 1 items'],
    ['{"sessions": ["a"], "budget": {"assert": {"x": "error"}}}', 400, 'nothing is called x'],
    ['{"sessions": ["none"]}', 404, 'There is no session none'],
  ])('POST /compare of %s says what is wrong', async (body, status, detail) => {
    const answer = await fetch(`${stack.apiUrl}/compare`, { method: 'POST', body });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(detail) });
  });

  it('a session that was not judged has no verdict', async () => {
    const { status, json } = await get('/sessions/sample/verdict');
    expect(status).toBe(404);
    expect(json).toMatchObject({ type: 'urn:stracelake:problem:no-verdict' });
  });
});

const gate = (branch: string, log: string, ...more: string[]) =>
  ci('--log', log, '--label', `branch=${branch}`, '--work', '/work', ...more);

async function ci(...args: string[]): Promise<Finished> {
  return await stracelake(folder, ['ci', ...args, '--url', stack.apiUrl], {
    env: { HOME: '/root' },
  });
}

async function get(path: string) {
  const answer = await fetch(`${stack.apiUrl}${path}`);
  return { status: answer.status, json: await answer.json() };
}

function readVerdict(): Verdict {
  return JSON.parse(readFileSync(join(folder, 'stracelake-ci/verdict.json'), 'utf8'));
}
