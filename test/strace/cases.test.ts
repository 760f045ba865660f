import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type ParsedLog, parseLog, type Row } from './parsed-log.ts';

const folder = new URL('cases/', import.meta.url);
const cases = readdirSync(folder).filter((name) => name.endsWith('.log'));

it.each(cases)('reads %s', (name) => {
  const expected = new URL(name.replace(/log$/, 'expected'), folder);
  const printed = print(parseLog(readFileSync(new URL(name, folder))));
  if (process.env.UPDATE) writeFileSync(expected, printed);
  expect(printed).toBe(readFileSync(expected, 'utf8'));
});

/** The counts of the lines, then a row a line; what is NULL is left out. */
function print({ rows, lines, census }: ParsedLog): string {
  const counts = Object.entries(census.counts).filter(([, count]) => count > 0);
  const unparsed = census.unparsed.flatMap(({ reason, samples }) =>
    samples.map(({ line }) => `${line}: ${reason}`),
  );
  const head = { lines, ...Object.fromEntries(counts), ...(unparsed.length > 0 && { unparsed }) };
  return `${[JSON.stringify(head), ...rows.map(printRow)].join('\n')}\n`;
}

/** `path` is the first of `paths`; classes and bytes follow from the call, and are tested elsewhere. */
function printRow({ time_ns, path, ret, classes, bytes, direction, ...row }: Row): string {
  expect(path).toBe(row.paths[0] ?? null);
  const time = time_ns === null ? null : isoTime(time_ns);
  return JSON.stringify({ ...row, time, ret }, (_, value) => {
    if (typeof value === 'bigint') return String(value);
    return value === null || (Array.isArray(value) && value.length === 0) ? undefined : value;
  });
}

function isoTime(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
}
