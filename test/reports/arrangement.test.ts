import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCatalogue, loadReports } from '../../lib/reports/catalogue.ts';
import { startWebStack, type WebStack } from '../web/web-stack.ts';

type Row = Record<string, unknown>;

const reports = [...createCatalogue(loadReports()).values()];
let stack: WebStack;

beforeAll(async () => {
  stack = await startWebStack();
});

afterAll(() => stack.stop());

/** Rows of a report on the sample; undefined when it needs more than a session. */
async function rowsOf(name: string, query: string): Promise<Row[] | undefined> {
  const path = `/sessions/sample/reports/${name}?limit=10000${query}`;
  const answer = await fetch(stack.url + path);
  if (answer.status === 400 || answer.status === 404) return undefined;
  expect(answer.status, name).toBe(200);
  return ((await answer.json()) as { rows: Row[] }).rows;
}

/** Columns of the last ORDER BY; undefined when one of its terms is no column of the answer. */
function orderOf(sql: string, columns: readonly { name: string }[]): string[] | undefined {
  const terms = sql.slice(sql.lastIndexOf('\nORDER BY ') + 10).split(',');
  const names = terms.map((term) => /^\s*(\w+)/.exec(term)?.[1] ?? '');
  return names.every((name) => columns.some((each) => each.name === name)) ? names : undefined;
}

it('leaves the order of a report as it is, and that order is total', async () => {
  const everything = `&where=${encodeURIComponent('[["*","contains",""]]')}`;
  let compared = 0;
  for (const { name, sql, columns } of reports) {
    const rows = await rowsOf(name, '');
    if (rows === undefined) continue;
    const order = orderOf(sql, columns);
    if (order === undefined) continue;
    const keys = rows.map((row) => JSON.stringify(order.map((column) => row[column])));
    expect(new Set(keys).size, name).toBe(keys.length);
    expect(await rowsOf(name, everything), name).toEqual(rows);
    compared++;
  }
  expect(compared).toBeGreaterThan(20);
}, 120_000);

it('breaks ties of another order by its own', async () => {
  const rows = (await rowsOf('search', '&sort=-syscall'))!;
  expect(rows.length).toBeGreaterThan(2000);
  const isInOrder = rows.slice(1).every((row, i) => {
    const before = rows[i]!;
    if (before.syscall !== row.syscall)
      return row.syscall === null || before.syscall! > row.syscall!;
    return Number(before.seq) < Number(row.seq);
  });
  expect(isInOrder).toBe(true);
});

/** A cell as an engine writes it out. */
function textOf(cell: unknown, type: string): string | undefined {
  if (cell === null) return undefined;
  if (Array.isArray(cell)) return cell.join(', ');
  return type === 'double' && Number.isInteger(cell) ? `${cell}.0` : String(cell);
}

it('finds a text in every column that holds it, numbers and times of day too', async () => {
  const found = new Map<string, number>();
  const [first] = (await rowsOf('search', ''))!;
  const values = ['EnOeNt', '10', '-1', '.5', String(first!.timestamp).slice(4, 10)];
  for (const { name, columns } of reports) {
    const rows = await rowsOf(name, '');
    if (rows === undefined) continue;
    for (const value of values) {
      const holds = (row: Row) =>
        columns.some((column) =>
          textOf(row[column.name], column.type)?.toLowerCase().includes(value.toLowerCase()),
        );
      for (const kind of ['contains', 'contains_not']) {
        const where = encodeURIComponent(JSON.stringify([['*', kind, value]]));
        const asked = (await rowsOf(name, `&where=${where}`))!;
        const expected = rows.filter((row) => holds(row) === (kind === 'contains'));
        expect(asked.length, `${name} ${kind} ${value}`).toBe(expected.length);
        expect(new Set(asked.map((row) => JSON.stringify(row)))).toEqual(
          new Set(expected.map((row) => JSON.stringify(row))),
        );
        if (kind === 'contains') found.set(value, (found.get(value) ?? 0) + asked.length);
      }
    }
  }
  expect([...found].filter(([, rows]) => rows === 0)).toEqual([]);
}, 120_000);
