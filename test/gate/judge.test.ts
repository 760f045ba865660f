import { describe, expect, it } from 'vitest';
import { baselineOf, parseBaseline, printBaseline, runsOf } from '../../lib/gate/baseline.ts';
import { readyBudget } from '../../lib/gate/budget.ts';
import type { Budget } from '../../lib/gate/budget-schema.ts';
import type { RunFacts } from '../../lib/gate/facts.ts';
import { judge } from '../../lib/gate/judge.ts';
import type { Finding } from '../../lib/gate/verdict.ts';
import { runOf } from './runs.ts';

describe('a set', () => {
  it('has new items: those that no baseline run has, whoever the program', () => {
    const base = [runOf('exec /bin/a /bin/a 1'), runOf('exec /bin/b /bin/b 1')];
    const head = [runOf('exec /bin/a /bin/b 1', 'exec /bin/c /bin/c 2')];
    const finding = judgeOne({ new_programs: 'error' }, head, base);
    expect(finding).toMatchObject({ status: 'failed', value: 1, limit: 0 });
    expect(finding.reason).toBe('new program: /bin/c');
    expect(finding.items).toMatchObject([
      { subject: '/bin/c', count: 2, evidence: { line: 2, commands: ['make all', 'sh -c x'] } },
    ]);
    expect(finding.items[0]!.evidence!.look).toBe('sed -n 2p run.log');
  });

  it('is told apart by program where the kind needs it', () => {
    const base = [runOf('error /usr/bin/a read EIO 1')];
    const head = [runOf('error /opt/a read EIO 9', 'error /usr/bin/b read EIO 1')];
    expect(judgeOne({ new_errors: 'error' }, head, base).items).toMatchObject([
      { program: '/usr/bin/b', subject: 'read EIO' },
    ]);
  });

  it('is unmeasured as to what is new without a baseline, and fails nobody', () => {
    const head = [runOf('exec /bin/a /bin/a 1')];
    expect(judgeOne({ new_programs: 'error' }, head)).toMatchObject({ status: 'unmeasured' });
    expect(judge({ budget: readyBudget({}), head }).result).toBe('passed');
  });

  it.each([
    [{ allow: ['UNIX*', '* 127.*'] }, ['TCP 10.0.0.1:80']],
    [{ deny: ['* 127.*'] }, ['TCP 127.0.0.1:80']],
    [{ ignore: ['TCP *'] }, ['UNIX-STREAM /run/a/b']],
    [{ allow: ['**'], deny: ['UNIX*'] }, ['UNIX-STREAM /run/a/b']],
    [{}, ['TCP 127.0.0.1:80', 'TCP 10.0.0.1:80', 'UNIX-STREAM /run/a/b']],
  ])('allows, denies and ignores by globs: %j', (options, wrong) => {
    const head = [
      runOf(
        'connect /bin/a TCP 127.0.0.1:80 1',
        'connect /bin/a TCP 10.0.0.1:80 1',
        'connect /bin/a UNIX-STREAM /run/a/b 1',
      ),
    ];
    const { items } = judgeOne({ endpoints: ['error', options] }, head);
    expect(items.map(({ subject }) => subject)).toEqual(wrong);
  });

  it('of paths has globs whose star ends at a slash', () => {
    const head = [runOf('write /bin/a $WORK/a/b 1', 'write /bin/a $WORK/c 1')];
    const { items } = judgeOne({ files_written: ['error', { allow: ['$WORK/*'] }] }, head);
    expect(items.map(({ subject }) => subject)).toEqual(['$WORK/a/b']);
  });

  it('has globs that may be written as names stand in the log', () => {
    const head = [
      runOf('read /bin/a /srv/N/x 1', 'read /bin/a /tmp/job.*/y 1', 'listen /bin/a TCP [::]:* 1'),
    ];
    const paths = ['/srv/20261123/*', '/tmp/job.aB3xY9/**'];
    expect(judgeOne({ files_read: ['error', { allow: paths }] }, head).items).toEqual([]);
    expect(judgeOne({ listeners: ['error', { deny: ['TCP \\[::\\]:40000'] }] }, head).value).toBe(
      1,
    );
    expect(judgeOne({ listeners: ['error', { deny: ['TCP \\[::\\]:80'] }] }, head).value).toBe(0);
  });

  it('may grow as a number', () => {
    const base = [runOf('leak /bin/a /etc/x 1')];
    const head = [runOf('leak /bin/a /etc/x 1', 'leak /bin/a /etc/y 1')];
    const leaked = (options: object) => judgeOne({ leaked_fds: ['error', options] }, head, base);
    expect(leaked({ maxIncrease: 0 })).toMatchObject({ status: 'failed', base: 1, limit: 1 });
    expect(leaked({ maxIncrease: 1 })).toMatchObject({ status: 'passed' });
  });
});

describe('a count', () => {
  const base = [runOf('call /bin/a read 100'), runOf('call /bin/a read 80')];

  it.each([
    [{ max: 99 }, 100, 'failed'],
    [{ max: 100 }, 100, 'passed'],
    [{ min: 101 }, 100, 'failed'],
    [{ maxIncrease: 10 }, 110, 'passed'],
    [{ maxIncrease: 10 }, 111, 'failed'],
    [{ maxRatio: 1.5 }, 150, 'passed'],
    [{ maxRatio: 1.5 }, 151, 'failed'],
    [{ maxRatio: 1.1, maxIncrease: 50 }, 150, 'passed'],
    [{ maxRatio: 2, max: 120 }, 121, 'failed'],
  ])('%j of %i %s', (options, count, status) => {
    const head = [runOf(`call /bin/a read ${count}`)];
    expect(judgeOne({ syscalls_total: ['error', options] }, head, base).status).toBe(status);
  });

  it('says what made it grow, most first', () => {
    const head = [runOf('call /bin/a read 300', 'call /bin/b write 50', 'call /bin/a close 1')];
    const { items } = judgeOne({ syscalls_total: ['warn', { max: 1 }] }, head, base);
    expect(items.map(({ subject, base, count }) => [subject, base, count])).toEqual([
      ['read', 100, 300],
      ['write', 0, 50],
      ['close', 0, 1],
    ]);
  });

  it('has an argument: a system call or a glob of paths', () => {
    const head = [
      runOf('call /bin/a fsync 3', 'call /bin/a read 9', 'bytes_written /bin/a /var/log/x 500'),
    ];
    expect(judgeOne({ 'syscalls:fsync': ['error', { max: 2 }] }, head).value).toBe(3);
    expect(judgeOne({ 'bytes_written:/var/**': ['error', { max: 2 }] }, head).value).toBe(500);
    expect(judgeOne({ 'bytes_written:/etc/**': ['error', { max: 2 }] }, head).value).toBe(0);
  });

  it('counts its items as itself', () => {
    const slept = [runOf('sleep /bin/a nanosleep 301500')];
    const { value, items } = judgeOne({ sleep_ms: ['error', { max: 1 }] }, slept);
    expect([value, items[0]!.count]).toEqual([301.5, 301.5]);
  });

  it('is unmeasured when no run of the baseline tells', () => {
    const longest = { 'max_syscall_ms:read': ['error', { maxRatio: 2 }] };
    const timed = runOf('call /bin/a read 1');
    timed.facts[0]!.maxUs = 7000;
    expect(judgeOne(longest, [timed], base).reason).toBe('the baseline does not tell');
    expect(judgeOne(longest, [timed]).reason).toBe('there is no baseline yet');
  });

  it('is unmeasured when the log does not tell', () => {
    expect(judgeOne({ wall_ms: ['error', { max: 1 }] }, [runOf('call /bin/a read 1')]).status).toBe(
      'unmeasured',
    );
  });
});

describe('several runs', () => {
  const head = [1, 5, 9].map((count) => runOf(`call /bin/a read ${count}`));
  const flaky = [runOf('exec /bin/a /bin/a 1'), runOf(), runOf()];

  it('are judged by the median, and by what most of them do', () => {
    expect(judgeOne({ syscalls_total: ['error', { max: 5 }] }, head).value).toBe(5);
    expect(judgeOne({ new_programs: 'error' }, flaky, [runOf()]).status).toBe('passed');
  });

  it('are judged by all that they do, when the budget wants the union', () => {
    const union = { aggregate: 'union' } as const;
    expect(judgeOne({ syscalls_total: ['error', { max: 5 }] }, head, undefined, union).value).toBe(
      9,
    );
    expect(judgeOne({ new_programs: 'error' }, flaky, [runOf()], union).status).toBe('failed');
  });
});

describe('a scope', () => {
  const head = [
    runOf(
      'call /usr/bin/npm read 5',
      'call /usr/bin/sh read 7',
      'read /usr/bin/npm /etc/a 1',
      'read /usr/bin/sh /srv/b 1',
    ),
  ];

  it.each([
    ['syscalls_total', { executable: 'npm' }, 5],
    ['syscalls_total', { executable: '/usr/bin/*' }, 12],
    ['files_read', { path: '/srv/**' }, 1],
    ['files_read', { executable: 'npm', path: '/srv/**' }, 0],
    ['syscalls_total', { syscall: 'write' }, 0],
  ])('of %s: %j', (name, scope, value) => {
    expect(judgeOne({ [name]: ['warn', { max: 99, scope }] }, head).value).toBe(value);
  });

  it('never has paths that the budget ignores', () => {
    const finding = judgeOne({ files_read: 'error' }, head, undefined, { ignore: ['/srv/**'] });
    expect(finding.items.map(({ subject }) => subject)).toEqual(['/etc/a']);
  });
});

describe('a baseline', () => {
  const runs = [runOf('exec /bin/a /bin/a 1', 'call /bin/a read 3'), runOf('call /bin/a read 4')];
  const baseline = baselineOf(runs.map(({ facts }, i) => ({ name: `run ${i}`, facts })));

  it('is the same after it was written and read, a fact a line', () => {
    const text = printBaseline(baseline);
    expect(parseBaseline(text, 'b.json')).toEqual(baseline);
    expect(text.split('\n').filter((line) => line.startsWith('    ['))).toEqual([
      '    ["call","/bin/a","read",[3,4]],',
      '    ["exec","/bin/a","/bin/a",[1,null]]',
    ]);
    expect(runsOf(baseline)[1]!.facts).toHaveLength(1);
  });

  it.each([
    ['{', 'b.json is damaged'],
    ['{"version": 2}', 'is of version 2, this reads 1'],
    ['{"version": 1, "runs": ["a"], "facts": [["call"]]}', 'fact 1 is ["call"]'],
    ['{"version": 1, "runs": ["a"], "facts": [["call","a","b",[1,2]]]}', 'fact 1 is'],
  ])('that cannot be read says why: %s', (text, message) => {
    expect(() => parseBaseline(text, 'b.json')).toThrow(message);
  });
});

function judgeOne(
  assert: object,
  head: RunFacts[],
  base?: RunFacts[],
  more: Partial<Budget> = {},
): Finding {
  const budget = readyBudget({ assert: { exit_code: 'off', ...assert }, ...more });
  const baseline = base && baselineOf(base.map(({ facts }, i) => ({ name: `base ${i}`, facts })));
  const { findings } = judge({ budget, head, baseline });
  expect(findings).toHaveLength(1);
  return findings[0]!;
}
