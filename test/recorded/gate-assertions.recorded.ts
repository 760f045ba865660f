import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Budget, PresetName } from '../../lib/gate/budget-schema.ts';
import { countMetrics, setMetrics } from '../../lib/gate/metrics.ts';
import type { Finding, Verdict } from '../../lib/gate/verdict.ts';
import { stracelake } from '../cli/command.ts';
import { presetViolations, type Violation, violations } from './gate-violations.ts';

const folder = mkdtempSync(join(tmpdir(), 'stracelake-assertions-'));
const work = join(folder, 'work');
const home = join(folder, 'home');
const before = process.cwd();

/** What behaves, and is the baseline of all. */
const CALM = 'echo calm; cat /dev/null';

beforeAll(async () => {
  process.env.PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  mkdirSync(work);
  for (const each of ['.ssh', '.config']) mkdirSync(join(home, each), { recursive: true });
  writeFileSync(join(home, '.ssh/id_rsa'), 'a key\n');
  writeFileSync(join(home, '.config/flags'), '-O2\n');
  expect((await ci('init', ...behind(CALM))).code).toBe(0);
  copyFileSync(join(work, 'stracelake-ci/run-1.log'), join(folder, 'calm.log'));
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe('an assertion fails for a program that', () => {
  test.each(Object.entries(violations))('%s', async (_, violation) => {
    await expectCaught({ assert: violation.caught }, violation);
  });

  test('makes a log that cannot be read', async () => {
    const log = join(folder, 'torn.log');
    copyFileSync(join(folder, 'calm.log'), log);
    appendFileSync(log, '17 what is this line\n');
    await expectJudged(
      { assert: { unparsed_lines: ['error', { max: 0 }] } },
      ['--log', log],
      ['unparsed_lines'],
    );
  });

  test('each of those that a budget can hold', () => {
    const caught = Object.values(violations).flatMap((each) => Object.keys(each.caught));
    const known = [
      ...Object.keys(setMetrics).flatMap((name) => [name, `new_${name}`]),
      ...Object.keys(countMetrics).filter((name) => name !== 'unparsed_lines'),
    ];
    const isCaught = (name: string) =>
      caught.some((each) => (name.endsWith(':') ? each.startsWith(name) : each === name));
    expect(known.filter((name) => !isCaught(name))).toEqual([]);
  });
});

describe('a preset catches what it is for', () => {
  const cases = Object.entries(presetViolations).flatMap(([preset, list]) =>
    list.map((violation) => [preset as PresetName, violation.script, violation] as const),
  );

  test.each(cases)('%s: %s', async (preset, _, violation) => {
    await expectCaught({ extends: [preset] }, violation);
  });
});

describe('a program that does something now and then', () => {
  const flaky = 'echo >> count; test $(wc -l < count) -eq 2 && cat /etc/hostname; true';
  const run = async (aggregate: 'median' | 'union', runs: number, ...sub: string[]) => {
    rmSync(join(work, 'count'), { force: true });
    const budget = { aggregate, runs, assert: { new_files_read: 'error' } };
    writeFileSync(join(work, 'stracelake.budget.json'), JSON.stringify(budget));
    return await ci(...sub, '--baseline', join(folder, 'flaky.json'), ...behind(flaky));
  };

  test('fails no build once any run of the baseline did it, or when most runs do not', async () => {
    expect((await run('median', 1, 'accept')).code).toBe(0);
    expect((await run('median', 3)).code).toBe(0);
    const union = await run('union', 3);
    expect(union.code).toBe(1);
    expect(union.stdout).toContain('/etc/hostname by cat');
    expect(union.stdout).toContain('(3 runs, 1 baseline run)');
    expect((await ci('accept', '--baseline', join(folder, 'flaky.json'))).code).toBe(0);
    const known = await run('union', 3);
    expect(known.stdout).toMatch(/PASSED: .*\(3 runs, 4 baseline runs\)/);
    expect(known.code).toBe(0);
  });
});

/** What behaves passes by the budget, the violation fails by each assertion named, with the reason. */
async function expectCaught(budget: Budget, { script, caught, subject }: Violation): Promise<void> {
  const failed = await expectJudged(budget, behind(script), Object.keys(caught));
  if (subject === undefined) return;
  const items = failed.flatMap((finding) => finding.items);
  const found = items.find((item) =>
    typeof subject === 'string' ? item.subject === subject : subject.test(item.subject),
  );
  expect(found, JSON.stringify(items)).toBeDefined();
  expect(found!.evidence!.line).toBeGreaterThan(0);
  expect(found!.evidence!.commands[0]).toContain('sh -c');
}

async function expectJudged(budget: Budget, what: string[], names: string[]): Promise<Finding[]> {
  // what a shell says of its last command is asked for where it is the point
  const assert = { exit_code: 'off' as const, ...budget.assert };
  writeFileSync(join(work, 'stracelake.budget.json'), JSON.stringify({ ...budget, assert }));
  const calm = await ci('--log', join(folder, 'calm.log'));
  expect(calm.code, calm.stdout + calm.stderr).toBe(0);
  const { code, stdout, stderr } = await ci(...what);
  expect(code, stdout + stderr).toBe(1);
  const verdict: Verdict = JSON.parse(
    readFileSync(join(work, 'stracelake-ci/verdict.json'), 'utf8'),
  );
  const failed = verdict.findings.filter(({ status }) => status === 'failed');
  expect(failed.map(({ assertion }) => assertion)).toEqual(expect.arrayContaining(names));
  return failed.filter(({ assertion }) => names.includes(assertion));
}

function behind(script: string): string[] {
  return ['--', 'sh', '-c', script];
}

async function ci(...args: string[]) {
  const { PATH = '', HOME } = process.env;
  // strace is started with our own environment
  process.env.HOME = home;
  try {
    return await stracelake(work, ['ci', ...args], { env: { PATH, HOME: home } });
  } finally {
    if (HOME === undefined) delete process.env.HOME;
    else process.env.HOME = HOME;
  }
}
