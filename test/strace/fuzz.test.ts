import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTestLog } from '../recorded-logs.ts';
import { anyLog } from './any-log.ts';
import { type ParsedLog, parseChunks, parseInRelay, parseLog } from './parsed-log.ts';

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
