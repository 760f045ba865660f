import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadReports } from '../../lib/reports/catalogue.ts';
import { filtersOf } from '../../lib/reports/parameters.ts';
import { sampleRows } from '../reports/fixtures.ts';
import { ReportService } from './report-service.ts';

type Row = Record<string, string | number | null>;
type Condition = [string, string, string | null];

let service: ReportService;

beforeAll(async () => {
  service = await ReportService.start();
  await service.addSession('sample', sampleRows);
});

afterAll(async () => {
  await service.stop();
});

async function ask(report: string, query: Record<string, string> = {}): Promise<Row[]> {
  const answer = await service.send(
    `/sessions/sample/reports/${report}?${new URLSearchParams(query)}`,
  );
  expect(answer.status, answer.text).toBe(200);
  return answer.json.rows;
}

const where = (...conditions: Condition[]) => ({ where: JSON.stringify(conditions) });

describe('where', () => {
  const keeps: [string, Condition, (row: Row) => boolean][] = [
    ['is', ['syscall', 'is', 'openat'], ({ syscall }) => syscall === 'openat'],
    ['is_not', ['syscall', 'is_not', 'openat'], ({ syscall }) => syscall !== 'openat'],
    ['is nothing', ['error', 'is', null], ({ error }) => error === null],
    ['is not nothing', ['error', 'is_not', null], ({ error }) => error !== null],
    ['contains', ['path', 'contains', 'ETC'], ({ path }) => /etc/i.test(String(path))],
    ['at_least', ['seq', 'at_least', '3'], ({ seq }) => Number(seq) >= 3],
    [
      'at_most',
      ['duration_us', 'at_most', '20.5'],
      ({ duration_us: us }) => us !== null && Number(us) <= 20.5,
    ],
    ['is of a number', ['seq', 'is', '2'], ({ seq }) => seq === 2],
    [
      'all columns',
      ['*', 'contains', 'ENOENT'],
      (row) => Object.values(row).some((value) => /enoent/i.test(String(value))),
    ],
    [
      'not in any column',
      ['*', 'contains_not', 'ENOENT'],
      (row) => !Object.values(row).some((value) => /enoent/i.test(String(value))),
    ],
  ];

  it.each(keeps)('gives the rows that fit: %s', async (_, condition, fits) => {
    const all = await ask('search');
    const expected = all.filter(fits);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(all.length);
    expect(await ask('search', where(condition))).toEqual(expected);
  });

  it('joins conditions, and sorts what is left', async () => {
    const all = await ask('search');
    const rows = await ask('search', {
      ...where(['syscall', 'is', 'openat'], ['error', 'is_not', null]),
      sort: '-seq',
    });
    const fits = all.filter(({ syscall, error }) => syscall === 'openat' && error !== null);
    expect(rows).toEqual(fits.reverse());
  });

  it('gives the same rows from kept ones as from none', async () => {
    const query = where(['count', 'at_least', '1']);
    const first = await ask('count_files', query);
    expect(await ask('count_files')).toEqual(first);
    await service.engine.wait('none', 0);
    expect(await ask('count_files', { ...query, sort: 'filepath' })).toHaveLength(first.length);
    expect(
      await ask('count_files', where(['count', 'at_least', '1'], ['filepath', 'is_not', ''])),
    ).toEqual(first);
  });

  it('takes a text as a text', async () => {
    const text = `x' OR '1'='1" -- %_?`;
    expect(await ask('search', where(['args', 'is', text]))).toEqual([]);
    expect(await ask('search', where(['*', 'contains', text]))).toEqual([]);
  });

  const needless = loadReports().filter((report) =>
    filtersOf(report).every((parameter) => parameter.default !== undefined),
  );
  it.each(needless)('goes with every column of $name', async ({ name, columns }) => {
    const all = await ask(name);
    const any = columns.map((column): Condition => [column.name, 'contains_not', '~none~']);
    const rows = await ask(name, where(...any.slice(0, 19), ['*', 'contains_not', '~none~']));
    expect(rows.length).toBe(all.length);
  });
});
