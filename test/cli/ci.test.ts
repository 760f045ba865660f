import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBranch } from '../../cli/ci-branch.ts';
import type { Verdict } from '../../lib/gate/verdict.ts';
import { stracelake } from './command.ts';

const misbehaving = fileURLToPath(
  new URL('../reports/cases/gate_facts/log.strace', import.meta.url),
);
const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
/** What behaves: the same without what is new in the other. */
const CALM = `100 09:00:00.000000 execve("/usr/bin/sh", ["sh", "-c", "make"], 0x7ffd0 /* 9 vars */) = 0 <0.000400>
100 09:00:00.001000 openat(AT_FDCWD</work>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd> <0.000020>
100 09:00:00.001300 close(3</etc/passwd>) = 0 <0.000003>
100 09:00:01.794000 exit_group(0) = ?
100 09:00:01.795000 +++ exited with 0 +++
`;
let folder: string;
const home = process.cwd();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stracelake-ci-'));
  writeFileSync(join(folder, 'calm.log'), CALM);
  copyFileSync(misbehaving, join(folder, 'bad.log'));
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const ci = (...args: string[]) =>
  stracelake(folder, ['ci', ...args, '--work', '/work'], { env: { HOME: '/root' } });

describe('stracelake ci', () => {
  it('begins with a budget and a baseline, by which the same run passes', async () => {
    expect((await ci('init', '--log', 'calm.log')).code).toBe(0);
    const budget = JSON.parse(readFileSync(join(folder, 'stracelake.budget.json'), 'utf8'));
    expect(budget.extends).toEqual(['recommended', 'no-network', 'supply-chain']);
    expect(budget.$schema).toBeUndefined();
    const again = await ci('--log', 'calm.log');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/^PASSED: 0 errors, 0 warnings/);
    expect((await ci('init', '--log', 'calm.log')).code).toBe(2);
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(packageFolder, join(folder, 'node_modules/stracelake'));
    expect((await ci('init', '--force', '--log', 'bad.log')).code).toBe(0);
    const { $schema } = JSON.parse(readFileSync(join(folder, 'stracelake.budget.json'), 'utf8'));
    expect(JSON.parse(readFileSync(join(folder, $schema), 'utf8')).title).toContain('Budget');
  });

  it('ends with 1 and says who did what it does not allow, and where to look', async () => {
    await ci('init', '--log', 'calm.log');
    const { code, stdout } = await ci('--log', 'bad.log');
    expect(code).toBe(1);
    expect(stdout).toContain('✗ new_fatal_signals  1, limit 0\n    SIGSEGV by make\n');
    expect(stdout).toContain('by    sh -c make > make  (process 101)');
    expect(stdout).toContain('look  sed -n 43p bad.log');
    const verdict = readVerdict();
    const failed = verdict.findings.filter(({ status }) => status === 'failed');
    expect(failed.map(({ assertion }) => assertion).sort()).toEqual([
      'endpoints',
      'exit_code',
      'listeners',
      'new_endpoints',
      'new_errors',
      'new_fatal_signals',
      'new_leaked_fds',
      'new_listeners',
      'new_missing_files',
      'new_permission_denied',
      'new_programs',
      'new_retries',
      'new_secrets',
      'new_world_writable_files',
      'paths',
      'secrets',
      'sleep_ms',
    ]);
    expect(JSON.stringify(verdict)).not.toContain('AKIA');
    for (const name of ['verdict.md', 'junit.xml', 'verdict.sarif', 'badge.svg', 'badge.json'])
      expect(existsSync(join(folder, 'stracelake-ci', name)), name).toBe(true);
  });

  it('knows what was accepted, and forgets the rest when told to', async () => {
    await ci('init', '--log', 'calm.log');
    await ci('--log', 'bad.log');
    expect((await ci('accept')).code).toBe(0);
    const assert = { exit_code: 'off', new_programs: 'error', new_fatal_signals: 'error' };
    writeFileSync(join(folder, 'stracelake.budget.json'), JSON.stringify({ assert }));
    expect((await ci('--log', 'bad.log')).code).toBe(0);
    expect((await ci('accept', '--replace', '--log', 'calm.log')).code).toBe(0);
    expect((await ci('--log', 'bad.log')).code).toBe(1);
  });

  it('keeps its results out of the repository, and finds temporary files wherever they are', async () => {
    await ci('init', '--log', 'calm.log');
    const more = CALM.replace(
      'exit_group',
      'mkdir("/ci/scratch/a", 0700) = 0\n100 09:00:01.794500 exit_group',
    );
    writeFileSync(join(folder, 'more.log'), more);
    const inTmp = (TMPDIR: string) =>
      stracelake(folder, ['ci', '--log', 'more.log', '--work', '/work'], {
        env: { HOME: '/root', TMPDIR },
      });
    expect((await inTmp('/elsewhere')).stdout).toContain('✗ new_files_written  1, limit 0');
    expect(await inTmp('/ci/scratch/')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'stracelake-ci/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('judges several logs as several runs', async () => {
    await ci('init', '--log', 'calm.log');
    const most = await ci('--log', 'calm.log', '--log', 'calm.log', '--log', 'bad.log');
    expect(most.code).toBe(0);
    expect(most.stdout).toContain('(3 runs, 1 baseline run)');
  });

  it('prints Markdown and JSON too', async () => {
    const { stdout } = await ci('--log', 'calm.log', '--json');
    expect(JSON.parse(stdout)).toEqual(readVerdict());
    const markdown = await ci('--log', 'calm.log', '--format', 'markdown');
    expect(markdown.stdout).toBe(readFileSync(join(folder, 'stracelake-ci/verdict.md'), 'utf8'));
  });

  it.each([
    [['--log', 'none.log'], 'log not found: none.log'],
    [[], 'give either a command behind -- or logs by --log'],
    [['accept'], 'nothing to accept (run stracelake ci first'],
    [['--out', 'there', 'accept'], '--out belongs behind accept: stracelake ci accept --out'],
    [['--log', 'calm.log', '--config', 'calm.log'], 'calm.log is no JSON'],
    [['--log', 'bad.json'], 'not an strace log'],
    [['--runs', '0'], 'Give a whole number from 1 on'],
  ])('ends with 2 when it cannot judge: %j', async (args, message) => {
    writeFileSync(join(folder, 'bad.json'), '{"a": 1}\n');
    const { code, stderr } = await ci(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('the branch of a run', () => {
  it.each([
    [
      { GITHUB_REF_NAME: 'main', GITHUB_SHA: 'a1' },
      { branch: 'main', commit: 'a1' },
    ],
    [
      { GITHUB_HEAD_REF: 'fix', GITHUB_BASE_REF: 'main', GITHUB_REF_NAME: '7/merge' },
      { branch: 'fix' },
    ],
    // of a fork, whose main is not ours
    [
      { GITHUB_HEAD_REF: 'main', GITHUB_BASE_REF: 'main', GITHUB_REF_NAME: '7/merge' },
      { branch: '7/merge' },
    ],
    [
      { CI_COMMIT_REF_NAME: 'main', CI_COMMIT_SHA: 'b2' },
      { branch: 'main', commit: 'b2' },
    ],
    [
      { GIT_BRANCH: 'origin/main', GIT_COMMIT: 'c3' },
      { branch: 'main', commit: 'c3' },
    ],
    [{}, {}],
  ])('is what the CI system says: %j', (env, told) => {
    expect(findBranch(env, folder)).toEqual(told);
  });

  it('is that of the repository, outside of a CI system', () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
        cwd: folder,
        encoding: 'utf8',
      }).trim();
    git('init', '-q', '-b', 'topic');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    const commit = git('rev-parse', 'HEAD');
    expect(findBranch({}, folder)).toEqual({ branch: 'topic', commit });
    git('checkout', '-q', '--detach');
    expect(findBranch({}, folder)).toEqual({ commit });
  });
});

function readVerdict(): Verdict {
  return JSON.parse(readFileSync(join(folder, 'stracelake-ci/verdict.json'), 'utf8'));
}
