import { describe, expect, it } from 'vitest';
import { readTestLog } from '../recorded-logs.ts';
import { parseLog, type Row } from './parsed-log.ts';

/** Lines of each kind, each the last one of a log that is cut off behind any of its bytes. */
const kinds: Record<string, RegExp> = {
  'a value': / = \d+( <[\d.]+>)?$/,
  'an error': / = -1 E/,
  'a pointer': / = 0x/,
  'flags behind the value': / = 0x\d+ \(flags/,
  'a decorated descriptor': / = \d+</,
  'an explanation': / = \d+ \(/,
  'no value': / = \?/,
  'an exec': / execve\(.* = 0/,
  'a clone': /clone.* = \d\d/,
  'a first half': /<unfinished \.\.\.>$/,
  'a second half': /<\.\.\. \w+ resumed>/,
  'a signal': /--- SIG/,
  'an end': /\+\+\+ /,
  'a frame': /^ > /,
  'a dump': /^ \| /,
  'a row of a table': /^ *\d+\.\d+ .* \w+$/,
  'a message': /attached$/,
  'strings that look like lines': /write\(.*unfinishe/,
};
const names = [
  ...['torture_f_ttt_T.log', 'torture_f_tt.log', 'torture_plain.log', 'torture_Y.log', 'gcc.log'],
  ...['torture_inY.log', 'torture_k.log', 'torture_dump.log', 'torture_C.log', 'torture_raw.log'],
  ...['torture_stderr.log', 'torture_inj.log', 'torture_Xverb.log', 'torture_f_r.log'],
];
/** Lines before the cut one that are read with it. */
const CONTEXT = 12;
const PER_KIND = 2;

describe.each(names)('%s, cut off anywhere', (name) => {
  const lines = readTestLog(name).toString('latin1').trimEnd().split('\n');
  const places = Object.entries(kinds).flatMap(([kind, form]) =>
    [...lines.entries()]
      .filter(([, line]) => form.test(line))
      .filter((_, i, all) => i % Math.ceil(all.length / PER_KIND) === 0)
      .map(([at, line]) => ({ kind, at, line })),
  );

  it.each(places)('tells nothing but the truth of $kind: $line', ({ at, line }) => {
    const before = lines.slice(Math.max(0, at - CONTEXT), at).map((each) => `${each}\n`);
    const head = before.join('');
    const without = parse(head);
    const whole = parse(`${head}${line}\n`);
    for (let length = 1; length <= line.length; length++) {
      const cut = parse(head + line.slice(0, length));
      for (const row of cut) {
        const truths = [...whole, ...without].filter(({ pid, kind }) => {
          return pid === row.pid && kind === row.kind;
        });
        const isTrue = truths.some((truth) => isNothingBut(row, truth));
        expect(isTrue ? undefined : { cut: line.slice(0, length), row, truths }).toBeUndefined();
      }
    }
  });
});

function parse(log: string): Row[] {
  const { rows, lines, census } = parseLog(Buffer.from(log, 'latin1'));
  const counts = Object.values(census.counts);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(lines);
  return rows;
}

/** Whether each value of a row is that of the other, or missing. */
function isNothingBut(row: Row, truth: Row): boolean {
  return Object.entries(row).every(([name, value]) => {
    const other = truth[name as keyof Row];
    if (Array.isArray(value)) return value.every((each) => (other as string[]).includes(each));
    return value === null || value === other;
  });
}
