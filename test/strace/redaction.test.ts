import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRedaction, redactionOf } from '../../lib/lake/redaction-setting.ts';
import { Redactor } from '../../lib/strace/redaction.ts';
import { secretHint, secretRules } from '../../lib/strace/secret-rules.ts';

const LOG = readFileSync(
  new URL('../reports/cases/secrets_scan/log.strace', import.meta.url),
  'utf8',
);
const SECRETS = [
  'abcdefghijklmnop',
  'hunter22',
  'AKIAIOSFODNN7EXAMPLE',
  'wJalrXUtnFEMI',
  'b3BlbnNzaC1rZXk',
  '12345678901234567890',
  'swordfish',
  'tokentokentoken',
  'opensesame1',
  '0123456789abcdefghijABCDEFGHIJ012345',
  'dozjgNryP4J3jVmNHl0w5N',
  'client_secret=abcdefgh',
  'sk_test',
  'xoxb',
  'glpat',
  '00112233445566778899aabbccddeeff',
];

function redact(text: string, rules: string): { text: string; counts: Record<string, number> } {
  const redactor = new Redactor(redactionOf(rules));
  return { text: redactor.redact(text), counts: redactor.counts };
}

describe('patterns', () => {
  const { text, counts } = redact(LOG, 'secrets');

  it.each(SECRETS)('take out %s', (secret) => {
    expect(LOG).toContain(secret);
    expect(text).not.toContain(secret);
  });

  it('leave everything else as it was', () => {
    const parts = text.split(/\[redacted:\w+\]/);
    let at = 0;
    for (const part of parts) {
      at = LOG.indexOf(part, at);
      expect(at).not.toBe(-1);
      at += part.length;
    }
    expect(text.split('\n')[9]).toBe(LOG.split('\n')[9]);
  });

  it('find nothing in what they redacted, and count what they replaced', () => {
    expect(redact(text, 'secrets').text).toBe(text);
    const marks = text.match(/\[redacted:\w+\]/g)!;
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(marks.length);
    expect(counts).toMatchObject({ github_token: 1, password: 1, key: 2, token: 0 });
  });

  it('are each tried on the log, and hinted at by the expression for all', () => {
    const lines = LOG.split('\n');
    for (const { name, pattern } of secretRules) {
      const found = lines.filter((line) => new RegExp(pattern).test(line));
      if (name !== 'github_token') expect(found.length, name).toBeGreaterThan(0);
      for (const line of found) expect(line).toMatch(new RegExp(secretHint));
    }
  });

  it('can be asked for one by one', () => {
    const one = redact(LOG, 'password_argument');
    expect(one.counts).toEqual({ password_argument: 1 });
    expect(one.text).toBe(LOG.replace('swordfish', '[redacted:password_argument]'));
  });

  it('speak of nothing that the engines read differently', () => {
    for (const { pattern } of secretRules) expect(pattern).not.toMatch(/[?]|\n|\(\?/);
  });
});

describe('fields', () => {
  it.each([
    ['read(3</a b>, "x \\"y\\""..., 9) = 9', 'read(3</a b>, "[redacted:buffers]", 9) = 9'],
    [
      '<... recvfrom resumed>"x", 1, 0, NULL, NULL) = 1',
      '<... recvfrom resumed>"[redacted:buffers]", 1, 0, NULL, NULL) = 1',
    ],
    [
      'writev(1, [{iov_base="a", iov_len=1}, {iov_base="b", iov_len=1}], 2) = 2',
      'writev(1, [{iov_base="[redacted:buffers]", iov_len=1}, {iov_base="[redacted:buffers]", iov_len=1}], 2) = 2',
    ],
    [
      'sendto(3, "x", 1, 0, {sa_family=AF_UNIX, sun_path="/run/s"}, 9) = 1',
      'sendto(3, "[redacted:buffers]", 1, 0, {sa_family=AF_UNIX, sun_path="/run/s"}, 9) = 1',
    ],
    ['readlink("/a", "b", 9) = 1', 'readlink("/a", "b", 9) = 1'],
    ['openat(AT_FDCWD, "a", O_RDONLY) = 3', 'openat(AT_FDCWD, "a", O_RDONLY) = 3'],
  ])('buffers: %s', (line, expected) => {
    expect(redact(line, 'buffers').text).toBe(expected);
  });

  it('environment: names of variables stay', () => {
    const line = 'execve("/bin/env", ["env", "A=b"], ["HOME=/root", "X=a\\"b"]) = 0';
    const { text, counts } = redact(line, 'environment');
    const mark = '[redacted:environment]';
    expect(text).toBe(
      `execve("/bin/env", ["env", "A=${mark}"], ["HOME=${mark}", "X=${mark}"]) = 0`,
    );
    expect(counts).toEqual({ environment: 3 });
  });
});

describe('names of rules', () => {
  it('are read, sorted, each once', () => {
    expect(readRedaction('secrets, buffers,secrets')).toEqual(['buffers', 'secrets']);
  });

  it.each(['', 'all', 'secrets,', 'Secrets'])('are not %j', (text) => {
    expect(readRedaction(text)).toBeUndefined();
  });

  it('of a setting that is not made are none', () => {
    expect(redactionOf(undefined)).toEqual([]);
    expect(redactionOf('')).toEqual([]);
    expect(() => redactionOf('everything')).toThrow('redaction is not names separated by commas');
  });
});
