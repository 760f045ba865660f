import { expect, it } from 'vitest';
import { readTestLog } from '../recorded-logs.ts';
import { parseLog, type Row } from './parsed-log.ts';

/** A string, or the path or name within a decoration. */
const TEXT = /"((?:[^"\\]|\\.)*)"|((?:\d|AT_FDCWD)<)([/a-z][^<>]*)/g;
const ESCAPE = /\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))|[\s\S]/g;
const LETTERS: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

it.each(['moves_yy.log', 'torture_Y.log', 'torture_inY.log', 'torture_f_tt.log', 'gcc.log'])(
  'tells the same of %s printed in hexadecimal',
  (name) => {
    const log = readTestLog(name);
    const printed = inHexadecimal(log);
    expect(printed.length).toBeGreaterThan(log.length * 1.05);
    expect(parseLog(printed).rows.map(withoutText)).toEqual(parseLog(log).rows.map(withoutText));
  },
);

function inHexadecimal(log: Uint8Array): Buffer {
  const text = Buffer.from(log).toString('latin1');
  const printed = text.replaceAll(TEXT, (_, string, bracket, name) =>
    string === undefined ? bracket + encode(name) : `"${encode(string)}"`,
  );
  return Buffer.from(printed, 'latin1');
}

function encode(text: string): string {
  return text.replaceAll(ESCAPE, (plain, hexadecimal, octal, letter) => {
    const code =
      hexadecimal !== undefined
        ? Number.parseInt(hexadecimal, 16)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : (LETTERS[letter] ?? (letter ?? plain).charCodeAt(0));
    return `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** What stays as it was printed is left out. */
function withoutText({ args, ret_text, stack, data, ...row }: Row): Partial<Row> {
  return row;
}
