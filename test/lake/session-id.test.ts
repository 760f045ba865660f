import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSessionId, sessionIdOf, splitMemberOf } from '../../lib/lake/session-id.ts';

const goldens: [key: string, session: string][] = [
  ['logs/strace_firefox.log', 'strace_firefox'],
  ['logs/a-b_C.log', 'a-b_C'],
  ['logs/ci/42/app.log.gz', 'ci.42.app'],
  ['logs/run/t.1234', 'run.t.ff'],
  ['logs/run/t.1235.zst', 'run.t.ff'],
  ['logs/run/app.log.1234', 'run.app.log.ff'],
  ['logs/t.1', 't.ff'],
  // Everything below would be ambiguous without its hash.
  ['logs/ci/42/app.log', 'ci.42.app-5a45415b'],
  ['logs/app.log.gz', 'app-7b315031'],
  ['logs/app.txt', 'app-0eea7c0c'],
  ['logs/app', 'app-e23ca216'],
  ['logs/my app.log', 'my_app-a94a5490'],
  ['logs/ümläut.log', 'ml_ut-de9376b7'],
  ['logs/v1.2.log', 'v1.2-6a8c8a95'],
  ['logs/run/ff.log.gz', 'run.ff-db204c6c'],
  ['logs/log.log', 'log-1e6dd799'],
  ['logs/run/log.1', 'run.log.ff-a51f3917'],
  ['logs/run/my app.77', 'run.my_app.ff-017287c2'],
  ['logs/app-0123abcd.log', 'app-0123abcd-b3015323'],
  ['logs/app.20261123', 'app.20261123-5ba9e5dd'],
  ['logs/../secret.log', 'secret-66dd788c'],
  ['logs/-rf.log', 'rf-e00c811d'],
  ['logs/???.log', 'log-b6f0d6a4'],
  ['elsewhere/app.log', 'elsewhere.app-51eba7a7'],
];

describe('sessionIdOf', () => {
  it.each(goldens)('%s -> %s', (key, session) => {
    expect(sessionIdOf(key)).toBe(session);
  });

  it('gives long keys an id of at most 100 characters', () => {
    const key = `logs/${'x'.repeat(300)}.log`;
    expect(isSessionId(sessionIdOf(key))).toBe(true);
  });

  it('never gives two logs the same session, and always a valid one', () => {
    // Short words from a small set, so that keys come close to each other.
    const word = fc.constantFrom(
      'a',
      'b',
      'ff',
      'log',
      'a-b',
      '1',
      '22',
      'a b',
      'ü',
      '',
      'a.b',
      '?',
    );
    const ending = fc.constantFrom(
      '',
      '.log',
      '.log.gz',
      '.gz',
      '.txt',
      '.ff',
      '.1',
      '.22.gz',
      '.log.7',
    );
    const key = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 4 }), fc.constantFrom('/', '.', '-'), ending)
      .map(([words, separator, end]) => `logs/${words.join(separator)}${end}`);
    const owner = (each: string) => splitMemberOf(each)?.group ?? each;
    const kind = (each: string) => (splitMemberOf(each) ? 'ff' : 'log');
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 2, maxLength: 40 }), (keys) => {
        const owners = new Map<string, string>();
        for (const each of keys) {
          const session = sessionIdOf(each);
          expect(isSessionId(session)).toBe(true);
          const name = `${kind(each)} ${owner(each)}`;
          expect(owners.get(session) ?? name).toBe(name);
          owners.set(session, name);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives any two random keys different sessions', () => {
    const key = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .map((name) => `logs/${name}`);
    fc.assert(
      fc.property(key, key, (a, b) => {
        const isSame = (splitMemberOf(a)?.group ?? a) === (splitMemberOf(b)?.group ?? b);
        fc.pre(!isSame);
        expect(sessionIdOf(a)).not.toBe(sessionIdOf(b));
        expect(isSessionId(sessionIdOf(a))).toBe(true);
      }),
    );
  });
});

describe('splitMemberOf', () => {
  it.each([
    ['logs/run/t.1234', { group: 'logs/run/t', pid: 1234 }],
    ['logs/t.log.9.xz', { group: 'logs/t.log', pid: 9 }],
    ['logs/t.0123', undefined],
    ['logs/t.12345678', undefined],
    ['logs/t.log', undefined],
    ['logs/run/.77', undefined],
  ])('%s', (key, member) => {
    expect(splitMemberOf(key)).toEqual(member);
  });
});
