import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTestLog } from '../recorded-logs.ts';
import { parseLog, type Row } from './parsed-log.ts';

const names = [
  ...['torture_f_ttt_T.log', 'torture_nsT.log', 'torture_C.log', 'torture_f_tt.log'],
  ...['torture_inj.log', 'torture_Xraw.log', 'gcc.log'],
];

interface Sample {
  lines: string[];
  /** Rows by the lines they were read from, first and last. */
  rows: { row: Row; begin: number; end: number }[];
}

const samples: Sample[] = names.map((name) => {
  const lines = readTestLog(name).toString('latin1').trimEnd().split('\n').slice(0, 800);
  const { rows } = parseLog(Buffer.from(lines.join('\n'), 'latin1'));
  return { lines, rows: pairRows(lines, rows) };
});

/** What may happen to a line; '' takes it away. */
type Damage = (line: string, where: number) => string[];

const damages: Damage[] = [
  () => [],
  (line) => [line, line],
  (line, where) => [line.slice(0, where)],
  (line, where) => [line.slice(0, where) + line.slice(where + 7)],
  (line, where) => [`${line.slice(0, where)}\xff\0"(<[{${line.slice(where)}`],
  () => ['', 'make: *** [all] Error 1 (ignored)'],
  // a second half that began with a time would be a call of a process without a pid
  (line, where) => [line.slice(0, 30 + where), line.slice(30 + where)],
];

const plan = fc.record({
  log: fc.nat(samples.length - 1),
  hits: fc.array(
    fc.record({ line: fc.nat(799), damage: fc.nat(damages.length - 1), where: fc.nat(60) }),
    { minLength: 1, maxLength: 5 },
  ),
});

it('loses no more than the damaged lines and their other halves', () => {
  fc.assert(
    fc.property(plan, ({ log, hits }) => {
      const { lines, rows } = samples[log];
      const hitAt = new Map(hits.map((hit) => [hit.line % lines.length, hit]));
      const damaged = lines.flatMap((line, i) => {
        const hit = hitAt.get(i);
        // the pid stays: a call under another pid would end what that one had begun
        return hit === undefined ? [line] : damages[hit.damage](line, 7 + hit.where);
      });
      const found = new Set(parseLog(Buffer.from(damaged.join('\n'), 'latin1')).rows.map(print));
      const whole = rows.filter(({ begin, end }) => !hitAt.has(begin) && !hitAt.has(end));
      const lost = whole.map(({ row }) => print(row)).filter((row) => !found.has(row));
      expect(lost).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

it('is led astray by one wrong time for one line only', () => {
  const { lines, rows } = samples[names.indexOf('torture_f_tt.log')];
  for (let at = 1; at < lines.length; at += 7) {
    for (const hour of ['00', '08', '10', '15', '23']) {
      const wrong = lines.with(at, lines[at].replace(/(?<=^\d+ +)09:/, `${hour}:`));
      const found = new Set(parseLog(Buffer.from(wrong.join('\n'), 'latin1')).rows.map(print));
      const others = rows.filter(({ begin, end }) => begin !== at && end !== at);
      const lost = others.map(({ row }) => print(row)).filter((row) => !found.has(row));
      expect(lost).toEqual([]);
    }
  }
});

/** Finds for each row the lines it came from, without the parser: by pid and name. */
function pairRows(lines: string[], rows: Row[]): Sample['rows'] {
  const begun = new Map<string, number>();
  const beginnings = lines.map((line, i) => {
    const [, pid, time, event] = /^(\d+) +([\d.:]+) (.*)$/.exec(line) ?? [];
    if (event?.endsWith(' <unfinished ...>')) begun.set(pid, i);
    if (!event?.startsWith('<... ')) return i;
    const name = / (\w+) resumed/.exec(event)?.[1];
    const begin = begun.get(pid);
    const isOwn = begin !== undefined && lines[begin].includes(` ${name}(`) && time !== undefined;
    return isOwn ? begin : -1;
  });
  return rows
    .map((row) => ({ row, begin: beginnings[row.seq - 1], end: row.seq - 1 }))
    .filter(({ begin }) => begin >= 0);
}

/** What the lines of a row say, without what other lines tell of its process. */
function print({ pid, kind, syscall, args, ret, ret_text, signal, time_ns, duration_ns }: Row) {
  return [pid, kind, syscall, args, ret, ret_text, signal, time_ns, duration_ns].join(' ');
}
