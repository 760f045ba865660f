import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConvertedLog, convertToFolder } from '../../cli/converted-log.ts';
import { findLog } from '../../cli/log-input.ts';
import { loadReports } from '../../lib/reports/catalogue.ts';
import { comparisonOf } from '../../lib/reports/comparison.ts';
import { bindParameters } from '../../lib/reports/parameters.ts';
import type { Report } from '../../lib/reports/report.ts';
import { queryFiles } from '../../local/duckdb-files.ts';
import { CASE_DATE, findCaseLog } from './cases.ts';

const comparisons = loadReports().flatMap((report) => comparisonOf(report) ?? []);
const logs = new Map<string, ConvertedLog>();
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stracelake-'));
  const gcc = await findLog(fileURLToPath(new URL('../logs/gcc.log', import.meta.url)));
  await convert('gcc', gcc!);
  for (const name of ['diff_files', 'diff_files.before'])
    await convert(name, await findCaseLog(name));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(comparisons)('the difference that $name finds', (report) => {
  it('is none between a session and itself', async () => {
    expect((await ask(report, 'gcc', 'gcc')).rows).toEqual([]);
  });

  it('has the columns declared, and all that another session lacks is new', async () => {
    const { columns, rows } = await ask(report, 'gcc', 'diff_files.before');
    expect(columns.map(({ name, type }) => ({ name, type }))).toEqual(
      report.columns.map(({ name, type }) => ({ name, type })),
    );
    const base = columns.findIndex(({ name }) => name === 'base_rows');
    for (const row of rows) expect(row[0] === 'new').toBe(row[base] === 0);
  });
});

it('replaces in paths what diff_files replaces', async () => {
  const files = loadReports().find(({ name }) => name === 'file_summary')!;
  const [summary, own] = [
    comparisonOf(files)!,
    loadReports().find(({ name }) => name === 'diff_files')!,
  ];
  const paths = async (report: Report, given: Record<string, string> = {}) => {
    const { columns, rows } = await ask(report, 'diff_files', 'gcc', given);
    const path = columns.findIndex(({ name }) => name === 'path');
    return new Set(rows.map((row) => String(row[path])));
  };
  const replaced = await paths(own, { uses: '*' });
  expect([...replaced].filter((path) => /[N*]/.test(path)).length).toBeGreaterThan(3);
  const all = await paths(summary);
  for (const path of replaced) expect(all).toContain(path);
});

it('has no columns of one name, and nothing where rows cannot be matched', () => {
  for (const { columns } of comparisons)
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  const gaps = loadReports().find(({ name }) => name === 'gaps')!;
  expect(comparisonOf(gaps)).toBeUndefined();
});

async function convert(session: string, log: NonNullable<Awaited<ReturnType<typeof findLog>>>) {
  const target = join(folder, session);
  mkdirSync(target);
  logs.set(session, await convertToFolder(log, { date: CASE_DATE }, target));
}

async function ask(report: Report, head: string, base: string, given: Record<string, string> = {}) {
  const manifest = { ...logs.get(head)!.manifest, session: head };
  const parameters = bindParameters(
    report,
    new Map([['base', base], ...Object.entries(given)]),
    manifest,
  );
  const sources = [...new Set([head, base])].map((session) => ({
    session,
    files: logs.get(session)!.files.map(({ path }) => path),
  }));
  return await queryFiles(sources, { sql: report.sql, parameters });
}
