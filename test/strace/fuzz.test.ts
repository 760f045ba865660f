import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logNames, readTestLog } from '../recorded-logs.ts';
import { type ParsedLog, parseChunks, parseInRelay, parseLog } from './parsed-log.ts';

const logs = logNames
  .filter((name) => name.startsWith('torture'))
  .map((name) => readTestLog(name).toString('latin1').split('\n'));
/** Every line of every short log, so that each form the tests know is mutated. */
const lines = [...new Set(logs.flat())];
/** What strace's grammar is made of: random bytes alone would never come near it. */
const pieces = [
  ...['1 ', '[pid  2] ', '3<a b> ', '09:31:28.202285 ', '1795426240.000000 ', '     0.000028 '],
  ...['(+     0.000064) ', '[ 257] ', '[????????] ', '[a:b:c] ', 'strace: ', 'Process 2 attached'],
  ...['read(', 'clone(', 'execve(', 'openat(', 'fchdir(', '????(', 'close_range(', 'socketpair('],
  ...['<... read resumed>', '<... clone resumed> ', ' <unfinished ...>', ' <detached ...>'],
  ...['"', '"abc"...', '\\', '\\1', '\\x', '3</etc/passwd>', '4</dev/null<char 1:3>>', '5<'],
  ...['AT_FDCWD</home>', 'AT_FDCWD', '<TCP:[1->2]>', '<UNIX-STREAM:[1,"/s"]>', 'sun_path="x"'],
  ...['{sa_family=AF_INET, ', '[', ']', '{', '}', '(', ')', '/* ', ' */', ', ', ' => ', '='],
  ...[') = ', '0', '0x', '022', '-1 ENOENT (No such file)', '?', ' (INJECTED)', ' <0.000012>'],
  ...['+++ exited with 0 +++', '+++ superseded by execve in pid 3 +++', '--- SIGCHLD {} ---'],
  ...['% time     seconds  usecs/call     calls    errors syscall', '------ ---', ' > /lib/x()'],
  ...[' | 00000  7f', '\n', '\n', '\n', '\r\n', '\0', '\xff', '\xc3\xa9', '99999999999999999999'],
];

const garbage = fc.uint8Array({ maxLength: 400 });
const grammar = fc
  .array(fc.constantFrom(...pieces), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));
const mutated = fc
  .array(fc.tuple(fc.constantFrom(...lines), fc.array(mutation(), { maxLength: 3 })), {
    maxLength: 12,
  })
  .map((picked) => {
    const texts = picked.map(([line, mutations]) =>
      mutations.reduce((text, mutate) => mutate(text), line),
    );
    return Buffer.from(texts.join('\n'), 'latin1');
  });
const anyLog: fc.Arbitrary<Uint8Array> = fc.oneof(
  { arbitrary: garbage, weight: 1 },
  { arbitrary: grammar, weight: 3 },
  { arbitrary: mutated, weight: 4 },
);

describe('whatever is read as a log', () => {
  it('never throws, and accounts for every line', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const parsed = parseLog(log);
        expect(parsed.lines).toBe(countLines(log));
        expect(parsed.bytes).toBe(log.length);
        const counts = Object.values(parsed.census.counts);
        expect(counts.reduce((sum, count) => sum + count)).toBe(parsed.lines);
        expectSoundRows(parsed);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same in pieces of any size', () => {
    fc.assert(
      fc.property(anyLog, fc.array(fc.nat(2000), { maxLength: 20 }), (log, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (log.length + 1)), log.length];
        places.sort((a, b) => a - b);
        const chunks = places.slice(1).map((place, i) => log.slice(places[i], place));
        const whole = parseLog(log);
        const parts = parseChunks(chunks);
        expect(parts).toEqual(whole);
        expect(parts.census.unparsed).toEqual(whole.census.unparsed);
      }),
      { numRuns: 1500 },
    );
  });

  it('is the same from the state of a line as from the lines before it', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        expect(parseInRelay(log)).toEqual(parseLog(log).rows);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same byte by byte', () => {
    for (const name of ['torture_stderr.log', 'torture_Y.log']) {
      const log = readTestLog(name);
      const bytes = Array.from({ length: log.length }, (_, i) => log.subarray(i, i + 1));
      expect(parseChunks(bytes).rows).toEqual(parseLog(log).rows);
    }
  });
});

function expectSoundRows({ rows, lines: count }: ParsedLog): void {
  const seqs = new Set<number>();
  for (const row of rows) {
    expect(row.seq).toBeGreaterThanOrEqual(1);
    expect(row.seq).toBeLessThanOrEqual(count);
    expect(seqs.has(row.seq)).toBe(false);
    seqs.add(row.seq);
    expect(row.kind === 'call').toBe(row.syscall !== null);
    expect(row.path).toBe(row.paths[0] ?? null);
    expect(new Set(row.paths).size).toBe(row.paths.length);
    if (row.duration_ns !== null) expect(BigInt(row.duration_ns)).toBeLessThan(1n << 63n);
    if (row.time_ns !== null) expect(row.time_ns).toBeLessThan(1n << 63n);
    if (row.error_text !== null) expect(row.error).not.toBeNull();
    for (const id of [row.pid, row.process, row.parent, row.fd]) {
      if (id !== null) expect(id).toBeLessThanOrEqual(0x7fffffff);
    }
  }
}

function countLines(log: Uint8Array): number {
  const text = Buffer.from(log).toString('latin1');
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

type Mutation = (text: string) => string;

function mutation(): fc.Arbitrary<Mutation> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const at = (text: string, where: number) => Math.floor(where * text.length);
  return fc.oneof(
    place.map(
      (where): Mutation =>
        (text) =>
          text.slice(0, at(text, where)),
    ),
    place.map(
      (where): Mutation =>
        (text) =>
          text.slice(at(text, where)),
    ),
    fc.tuple(place, place).map(
      ([from, to]): Mutation =>
        (text) => {
          const [start, end] = [at(text, from), at(text, to)].sort((a, b) => a - b);
          return text.slice(0, start) + text.slice(end);
        },
    ),
    fc.tuple(place, fc.constantFrom(...pieces)).map(
      ([where, piece]): Mutation =>
        (text) => {
          return text.slice(0, at(text, where)) + piece + text.slice(at(text, where));
        },
    ),
    fc.tuple(place, fc.nat(255)).map(
      ([where, byte]): Mutation =>
        (text) => {
          const start = at(text, where);
          return text.slice(0, start) + String.fromCharCode(byte) + text.slice(start + 1);
        },
    ),
    fc.constant<Mutation>((text) => `${text}${text}`),
  );
}
