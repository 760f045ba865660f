import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding, Verdict } from '../../lib/gate/verdict.ts';
import { type Finished, stracelake } from '../cli/command.ts';

const example = fileURLToPath(new URL('../../examples/gate', import.meta.url));
const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'stracelake-gate-'));
const repository = join(folder, 'repository');

/** What each misbehaviour has to be called, by whom, and what call shows it. */
const reasons: Record<string, Reason> = {
  'install-socket': {
    assertion: 'new_endpoints',
    subject: 'TCP 192.0.2.1:443',
    by: 'node vendor/dep/install.js',
    call: 'connect(',
    // with no way to that address the call fails at once
    also: ['endpoints', 'new_errors'],
  },
  'config-path': {
    assertion: 'new_missing_files',
    subject: '/etc/demo-app/conf.d/app.conf',
    by: 'build/app data/input.txt',
    call: 'ENOENT',
  },
  'leaked-fd': {
    assertion: 'new_leaked_fds',
    subject: '$WORK/data/input.txt',
    by: 'build/app data/input.txt',
    call: 'openat(',
  },
  'debug-sleep': {
    assertion: 'sleep_ms',
    subject: 'clock_nanosleep',
    by: 'build/app data/input.txt',
    call: 'tv_nsec=300000000',
  },
  'undeclared-header': {
    assertion: 'new_files_read',
    subject: /\/sys\/sysinfo\.h$/,
    by: 'gcc -O1 -o build/app',
    call: 'sysinfo.h',
    // the folders that the compiler looked into first
    also: ['new_missing_files'],
  },
  'world-writable': {
    assertion: 'new_world_writable_files',
    subject: '$WORK/build/report.txt',
    by: 'build/app data/input.txt',
    call: 'fchmod(',
  },
  'retry-loop': {
    assertion: 'new_retries',
    subject: 'read EAGAIN',
    by: 'build/app data/input.txt',
    call: 'EAGAIN',
  },
  'hidden-crash': {
    assertion: 'new_fatal_signals',
    subject: /^SIG(SEGV|ABRT)$/,
    by: 'build/app data/input.txt',
    call: 'killed by SIG',
    // the C library says on the terminal what it found
    also: ['new_errors', 'new_missing_files', 'new_devices'],
  },
  'one-byte-reads': {
    assertion: 'tiny_io_calls',
    subject: 'read $WORK/data/input.txt',
    by: 'build/app data/input.txt',
    call: ', 1) = 1',
  },
  'new-program': {
    assertion: 'new_programs',
    subject: '/usr/bin/date',
    by: 'sh build.sh',
    call: 'execve(',
    also: ['new_files_read', 'new_missing_files'],
  },
};

interface Reason {
  assertion: string;
  subject: string | RegExp;
  /** Part of the commands that led to it. */
  by: string;
  /** Part of the call that is shown. */
  call: string;
  /** Assertions that may fail for the same reason. */
  also?: string[];
}

beforeAll(async () => {
  process.env.PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  cpSync(join(example, 'project'), repository, { recursive: true });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'demo: first version');
  for (const kind of ['misbehaving', 'harmless'])
    for (const patch of patchesOf(kind)) {
      git('checkout', '-q', '-b', nameOf(patch), 'main');
      git('am', '-q', join(example, 'history', kind, patch));
    }
  const first = await gate('main', 'init', '--runs', '3');
  expect(first.code, first.stderr).toBe(0);
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

test('the history holds what is told here', () => {
  expect(patchesOf('misbehaving').map(nameOf).sort()).toEqual(Object.keys(reasons).sort());
  expect(patchesOf('harmless').length).toBeGreaterThanOrEqual(20);
});

describe('a misbehaviour is caught with its reason', () => {
  test.each(Object.entries(reasons))('%s', async (branch, reason) => {
    const { code, stdout } = await gate(branch);
    expect(code, stdout).toBe(1);
    const failed = readVerdict().findings.filter(({ status }) => status === 'failed');
    const names = failed.map(({ assertion }) => assertion);
    expect([reason.assertion, ...(reason.also ?? [])]).toEqual(expect.arrayContaining(names));
    expectReason(failed, reason);
    expect(stdout).toContain(`✗ ${reason.assertion}`);
  });
});

describe('no false alarm at a harmless change', () => {
  test.each(patchesOf('harmless').map(nameOf))('%s', async (branch) => {
    expectCalm(await gate(branch));
  });
});

describe('no false alarm at the same again', () => {
  test.each([1, 2, 3, 4])('run %i', async () => {
    expectCalm(await gate('main'));
  });

  test('in another folder, with other temporary files, in another language', async () => {
    const elsewhere = join(folder, 'another', 'checkout');
    const scratch = join(folder, 'scratch');
    mkdirSync(scratch);
    git('worktree', 'add', '-q', '--detach', elsewhere, 'scratch-folder');
    const { TMPDIR, LANG } = process.env;
    Object.assign(process.env, { TMPDIR: scratch, LANG: 'C.UTF-8' });
    try {
      expectCalm(await judge(elsewhere));
    } finally {
      restore({ TMPDIR, LANG });
    }
  });
});

function expectReason(failed: Finding[], { assertion, subject, by, call }: Reason): void {
  const finding = failed.find((each) => each.assertion === assertion)!;
  const item = finding.items.find((each) =>
    typeof subject === 'string' ? each.subject === subject : subject.test(each.subject),
  );
  expect(item, JSON.stringify(finding.items)).toBeDefined();
  const { evidence } = item!;
  expect(evidence!.commands.join(' > ')).toContain(by);
  expect(evidence!.call).toContain(call);
  const log = readFileSync(evidence!.source!, 'utf8').split('\n');
  const [syscall] = evidence!.call!.split('(');
  expect(log[evidence!.line! - 1]).toContain(syscall);
}

function expectCalm({ code, stdout, stderr }: Finished): void {
  expect(stdout + stderr).toMatch(/(^|\n)PASSED: 0 errors, 0 warnings/);
  expect(code).toBe(0);
}

/** Runs the gate on a clean checkout of a branch. */
async function gate(branch: string, ...args: string[]): Promise<Finished> {
  git('checkout', '-q', branch);
  git('clean', '-qfdx');
  return await judge(repository, ...args);
}

async function judge(checkout: string, ...args: string[]): Promise<Finished> {
  const [sub, rest] = args[0] === 'init' ? [['init'], args.slice(1)] : [[], args];
  const files = ['--config', join(folder, 'budget.json'), '--out', join(folder, 'out')];
  const baseline = ['--baseline', join(folder, 'baseline.json')];
  const { HOME = '', PATH = '' } = process.env;
  const line = ['ci', ...sub, ...rest, ...files, ...baseline, '--', './ci.sh'];
  return await stracelake(checkout, line, { env: { HOME, PATH } });
}

function readVerdict(): Verdict {
  return JSON.parse(readFileSync(join(folder, 'out', 'verdict.json'), 'utf8'));
}

function patchesOf(kind: string): string[] {
  return readdirSync(join(example, 'history', kind)).sort();
}

function nameOf(patch: string): string {
  return patch.replace(/^\d+-|\.patch$/g, '');
}

function git(...args: string[]): void {
  const who = ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com'];
  execFileSync('git', [...who, ...args], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function restore(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
