import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { mergeSplitLogs } from '../../lib/strace/split-logs.ts';
import { readTestLog } from '../recorded-logs.ts';
import { parseChunks, parseLog, type Row } from './parsed-log.ts';

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

it('tells nothing but the truth of an -ff run of which any file is cut off anywhere', async () => {
  const files = await readSplitLogs();
  const truth = await parseSplit(files);
  const cut = fc.tuple(fc.nat(files.length - 1), fc.double({ min: 0, max: 1, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 3 }), async (cuts) => {
      const lengths = new Map(cuts.map(([i, share]) => [i, share * files[i].text.length]));
      const rows = await parseSplit(
        files.map(({ pid, text }, i) => ({ pid, text: text.slice(0, lengths.get(i)) })),
      );
      for (const row of rows) {
        // what other lines tell may be missing (the pid too: of an exec from a thread), seq begins anew
        const known = {
          ...row,
          seq: null,
          pid: null,
          process: null,
          parent: null,
          executable: null,
        };
        const isTrue = truth.some((other) => isNothingBut({ ...known, ...EMPTY }, other));
        expect(isTrue ? undefined : row).toBeUndefined();
      }
    }),
    { numRuns: 60 },
  );
});

const EMPTY = { path: null, paths: [], fd_kind: null };

interface SplitText {
  pid: number;
  text: string;
}

async function readSplitLogs(): Promise<SplitText[]> {
  const archive = extract();
  archive.end(readTestLog('torture_ff.tar'));
  const files: SplitText[] = [];
  for await (const entry of archive) {
    const text = (await buffer(entry)).toString('latin1');
    const pid = Number(/\.(\d+)$/.exec(entry.header.name)?.[1]);
    if (pid > 0) files.push({ pid, text });
  }
  return files;
}

async function parseSplit(files: SplitText[]): Promise<Row[]> {
  const merged: Uint8Array[] = [];
  const logs = files.map(({ pid, text }) => ({
    pid,
    async *open() {
      yield Buffer.from(text, 'latin1');
    },
  }));
  for await (const chunk of mergeSplitLogs(logs)) merged.push(chunk);
  return parseChunks(merged).rows;
}

function parse(log: string): Row[] {
  const { rows, lines, census } = parseLog(Buffer.from(log, 'latin1'));
  const counts = Object.values(census.counts);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(lines);
  return rows;
}

/** Whether each value of a row is that of the other, or missing. */
function isNothingBut(row: object, truth: Row): boolean {
  return Object.entries(row).every(([name, value]) => {
    const other = truth[name as keyof Row];
    if (Array.isArray(value)) return value.every((each) => (other as string[]).includes(each));
    return value === null || value === other;
  });
}
