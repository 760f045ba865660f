import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ArgumentScan, scanArguments } from '../../lib/strace/arguments.ts';
import { readTestLog } from '../recorded-logs.ts';
import { parseLog, type Row } from './parsed-log.ts';

const CALL = /^(?:\[pid +\d+(?:<.*?>)?\] |\d+(?:<.*?>)? +)?(?:[\d:.]+ )?[a-z_0-9]+\(/;
const logs = ['torture_f.log', 'torture_Y.log', 'torture_Xraw.log', 'moves_yy.log', 'gcc.log'];
const cases = [
  'newer-calls',
  'clone-numbers',
  'passed-descriptors',
  'sockets-numbered',
  'sockets-pair',
];

describe('argument names, as -N of strace 6.16 prints them', () => {
  it.each([
    ...logs.map((name): [string, Buffer] => [name, Buffer.from(readTestLog(name))]),
    ...cases.map((name): [string, Buffer] => [name, readCase(name)]),
  ])('change nothing but the arguments: %s', (_name, log) => {
    const named = addNames(log);
    expect(named.equals(log)).toBe(false);
    expect(withoutArguments(named)).toEqual(withoutArguments(log));
  });
});

function readCase(name: string): Buffer {
  return readFileSync(new URL(`cases/${name}.log`, import.meta.url));
}

function withoutArguments(log: Buffer): Omit<Row, 'args' | 'data'>[] {
  return parseLog(log).rows.map(({ args, data, ...row }) => row);
}

/** The log with `word_N=` before each of the first 8 arguments of a call. */
function addNames(log: Buffer): Buffer {
  const scan = new ArgumentScan();
  const lines = log
    .toString('latin1')
    .split('\n')
    .map((line) => {
      const start = CALL.exec(line)?.[0].length;
      if (start === undefined) return line;
      scanArguments(Buffer.from(line, 'latin1'), start, line.length, scan);
      const starts = [...scan.argumentStarts.subarray(0, scan.argumentCount)];
      const texts = starts.map((at, i) => line.slice(at, starts[i + 1]));
      const named = texts.map((text) =>
        text.replace(/^( ?)(?![<)]| <|\.\.\.| \.\.\.)/, '$1word_n='),
      );
      return line.slice(0, start) + named.join('');
    });
  return Buffer.from(lines.join('\n'), 'latin1');
}
