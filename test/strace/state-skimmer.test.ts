import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CallSink } from '../../lib/strace/call.ts';
import { LineReader } from '../../lib/strace/line-reader.ts';
import { LogParser } from '../../lib/strace/log-parser.ts';
import { isSameState, ParserState } from '../../lib/strace/parser-state.ts';
import { StateSkimmer } from '../../lib/strace/state-skimmer.ts';
import { TEST_DAY } from './parsed-log.ts';

const NO_SINK: CallSink = { add() {}, addFrame() {}, addDump() {} };
const CASES = new URL('./cases/', import.meta.url);
const LOGS = new URL('../logs/', import.meta.url);

const files = [
  ...readdirSync(CASES)
    .filter((name) => name.endsWith('.log'))
    .map((name) => new URL(name, CASES)),
  ...readdirSync(LOGS)
    .filter((name) => /\.log(\.gz)?$/.test(name) && !name.startsWith('gcc'))
    .map((name) => new URL(name, LOGS)),
];

function read(file: URL): Uint8Array {
  const bytes = readFileSync(file);
  return file.pathname.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** Lines of a log behind which skimming and parsing disagree on the state. */
function findDisagreements(log: Uint8Array, every: number): number[] {
  const skimmed = new ParserState(TEST_DAY);
  const skimmer = new StateSkimmer(skimmed);
  const parser = new LogParser(NO_SINK, TEST_DAY);
  const lines: number[] = [];
  const reader = new LineReader((bytes, start, end) => {
    skimmer.skimLine(bytes, start, end);
    parser.readLine(bytes, start, end);
    if (parser.lines % every !== 0) return;
    if (!isSameState(skimmed.snapshot(), parser.state.snapshot())) lines.push(parser.lines);
  });
  reader.push(log);
  reader.end();
  return lines;
}

describe('skimming', () => {
  test.each(files)('leaves the state that parsing leaves: %s', (file) => {
    expect(findDisagreements(read(file), 1)).toEqual([]);
  });

  test('leaves the state that parsing leaves on a whole build', () => {
    expect(findDisagreements(read(new URL('gcc.log', LOGS)), 50)).toEqual([]);
  });
});

describe('a snapshot', () => {
  test.each(files)('can be gone on from anywhere: %s', (file) => {
    let parser = new LogParser(NO_SINK, TEST_DAY);
    const whole = new LogParser(NO_SINK, TEST_DAY);
    const reader = new LineReader((bytes, start, end) => {
      const snapshot = structuredClone(parser.state.snapshot());
      parser = new LogParser(NO_SINK, ParserState.restore(TEST_DAY, snapshot));
      parser.readLine(bytes, start, end);
      whole.readLine(bytes, start, end);
    });
    reader.push(read(file).subarray(0, 60_000));
    reader.end();
    expect(parser.state.snapshot()).toEqual(whole.state.snapshot());
  });
});
