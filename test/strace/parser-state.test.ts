import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { noSink } from '../../lib/strace/call.ts';
import { LineReader } from '../../lib/strace/line-reader.ts';
import { LogParser } from '../../lib/strace/log-parser.ts';
import { ParserState } from '../../lib/strace/parser-state.ts';
import { TEST_DAY } from './parsed-log.ts';

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

describe('a snapshot', () => {
  test.each(files)('can be gone on from anywhere: %s', (file) => {
    let parser = new LogParser(noSink, TEST_DAY);
    const whole = new LogParser(noSink, TEST_DAY);
    const reader = new LineReader((bytes, start, end) => {
      const snapshot = structuredClone(parser.state.snapshot());
      parser = new LogParser(noSink, ParserState.restore(TEST_DAY, snapshot));
      parser.readLine(bytes, start, end);
      whole.readLine(bytes, start, end);
    });
    reader.push(read(file).subarray(0, 60_000));
    reader.end();
    expect(parser.state.snapshot()).toEqual(whole.state.snapshot());
  });
});
